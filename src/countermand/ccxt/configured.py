"""
Configured: an exchange of ccxt's before anything is sent: its fields, its markets, its words.

    {"sandbox": True}                        the exchange that runs on this machine, its first user
    {"apiKey": …, "secret": …}               the venue itself; `urls["api"]` says where
    {"options": {"credentials": {…}}}        what the venue's own SDK takes, in its names

`options` may also have `user`, `account`, `ledger` and `prompt`: see `countermand.connect`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from countermand.ccxt import errors, offered, times, wording
from countermand.ccxt.markets import Markets, Structure
from countermand.ccxt.numbers import Say, plain, said
from countermand.client.accounts import Market
from countermand.client.connect import credential_of, local, origin
from countermand.client.session import client_end
from countermand.wire.venue import Venue

CREDENTIALS = (
    *("apiKey", "secret", "uid", "accountId", "login", "password", "twofa"),
    *("privateKey", "walletAddress", "token"),
)
# How precision is told: as the size of a step.
TICK_SIZE = 4

# Where the sandbox is.
LOCAL = "local"

_CAPITALS = re.compile(r"[A-Z]+")
_VERBS = ("fetch", "create", "edit", "cancel", "watch", "set", "add", "transfer", "withdraw")
_OPTIONS = ("user", "account", "ledger", "prompt")


class Configured:
    """One exchange of ccxt's: `config` sets its fields, those that are dicts in part."""

    id: ClassVar[str]
    venue: ClassVar[Venue]
    # It always trades at the exchange on this machine, also where its config has keys of a venue.
    is_practice: ClassVar[bool] = False

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self._end = client_end(self.venue)
        self.name = self.venue.name
        self.countries: list[str] = []
        self.rateLimit = offered.request_ms(self.venue)
        self.enableRateLimit, self.timeout, self.verbose = True, 10000, False
        self.has = offered.offered(self.venue)
        self.urls: dict[str, Any] = {"api": self._end.homes.get("production", ""), "test": LOCAL}
        self.options: dict[str, Any] = {}
        self.requiredCredentials = {name: name in self._end.config for name in CREDENTIALS}
        self.number: Any = float
        self.precisionMode, self.timeframes = TICK_SIZE, None
        self.trust_env, self.isSandboxModeEnabled = False, False
        self._markets: Markets | None = None
        for name in CREDENTIALS:
            setattr(self, name, "")
        self._take(config or {})

    def __repr__(self) -> str:
        return f"countermand.ccxt.{self.id}()"

    def __str__(self) -> str:
        return self.name

    def __getattr__(self, name: str) -> Any:
        # Called for missing attributes alone: ccxt's other spelling, or a method that we do not
        # have.
        if (snake := _snake(name)) != name and hasattr(type(self), snake):
            return getattr(self, snake)
        if snake.split("_")[0] in _VERBS and "_" in snake:
            return self._unsupported(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _unsupported(self, name: str) -> Any:
        # A method of ccxt's that we do not have exists, and raises when it is called.
        def refuse(*_: Any, **__: Any) -> Any:
            raise errors.NotSupported(f"{self.id} {name}() is not supported")

        return refuse

    def _take(self, config: Mapping[str, Any]) -> None:
        for name, value in config.items():
            if name == "sandbox":
                continue
            now = self.__dict__.get(name)
            is_part = isinstance(now, dict) and isinstance(value, Mapping)
            setattr(self, name, {**now, **value} if is_part and now is not None else value)
        if self.is_practice or config.get("sandbox") or self.options.get("sandbox"):
            self.set_sandbox_mode(True)

    @property
    def say(self) -> Say:
        """How decimals are told: as floats, or as `number` makes them."""
        return said(self.number)

    # --- Where, and as whom

    def set_sandbox_mode(self, enabled: bool) -> None:
        """Trade at the exchange that runs on this machine, or back at the venue."""
        if enabled and not self.isSandboxModeEnabled:
            self.urls = {**self.urls, "apiBackup": self.urls["api"], "api": self.urls["test"]}
        elif not enabled and self.isSandboxModeEnabled:
            self.urls["api"] = self.urls.pop("apiBackup")
        self.isSandboxModeEnabled = enabled

    def check_required_credentials(self, error: bool = True) -> bool:
        """Return whether there are credentials. Raises AuthenticationError unless told not to."""
        if self.options.get("credentials") or self.is_practice or self.urls["api"] == LOCAL:
            return True
        for name in self._end.config:
            if not getattr(self, name):
                if error:
                    text = f'{self.id} requires "{name}" credential'
                    raise errors.AuthenticationError(text)
                return False
        return True

    def connection(self) -> tuple[str, Mapping[str, Any], dict[str, Any]]:
        """
        Return the base URL, the credentials and the options of a client.

        Raises: AuthenticationError, ExchangeNotAvailable where no exchange runs on this machine,
                BadRequest for a URL that is none.
        """
        self.check_required_credentials()
        where = {url: name for name, url in self._end.homes.items()}
        api = LOCAL if self.is_practice else str(self.urls["api"])
        base_url, credentials = where.get(api, api), self._credentials()
        if api == LOCAL:
            base_url, credentials = self._local(credentials)
        options = {name: self.options[name] for name in _OPTIONS if name in self.options}
        options.pop("user", None)
        keep = self.enableRateLimit and not self.isSandboxModeEnabled
        self._check(base_url, credentials)
        return base_url, credentials, options | {"keep_limits": keep, "trust_env": self.trust_env}

    def _credentials(self) -> Mapping[str, Any]:
        if self.is_practice:
            return {}
        given = {name: getattr(self, name) for name in self._end.config}
        own = {theirs: given[name] for name, theirs in self._end.config.items() if given[name]}
        return {**own, **self.options.get("credentials", {})}

    def _local(self, credentials: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        try:
            base_url, users = local(self.venue.name, self.options.get("user"))
        except ValueError as error:
            raise errors.ExchangeNotAvailable(f"{self.id} {error}") from None
        return base_url, credentials or users

    def _check(self, base_url: str, credentials: Mapping[str, Any]) -> None:
        if not base_url or not origin(self.venue.name, base_url).startswith("http"):
            raise errors.BadRequest(f'{self.id} urls["api"]: {base_url!r} is no URL of the venue')
        try:
            credential_of(self.venue.name, credentials, base_url)
        except ValueError as error:
            raise errors.AuthenticationError(f"{self.id} {error}") from None

    # --- Markets

    @property
    def markets(self) -> Structure | None:
        """The markets by ccxt's symbols, None before they are loaded."""
        return None if self._markets is None else self._markets.by_symbol

    @property
    def markets_by_id(self) -> dict[str, list[Structure]] | None:
        """The markets by the venue's symbols."""
        return None if self._markets is None else self._markets.by_id

    @property
    def symbols(self) -> list[str] | None:
        """Ccxt's symbols."""
        return None if self._markets is None else sorted(self._markets.by_symbol)

    @property
    def ids(self) -> list[str] | None:
        """The venue's symbols."""
        return None if self._markets is None else sorted(self._markets.by_id)

    @property
    def currencies(self) -> Structure:
        """The currencies of the markets, by code."""
        return {} if self._markets is None else self._markets.currencies()

    def take_markets(self, listed: Iterable[Market]) -> None:
        """Take what the client learned of the venue."""
        self._markets = Markets(self.id, self.say, listed)

    def loaded(self) -> Markets:
        """Return the markets. Raises ExchangeError before they are loaded."""
        if self._markets is None:
            raise errors.ExchangeError(f"{self.id} markets not loaded")
        return self._markets

    def market(self, symbol: str) -> Structure:
        """Return a market by ccxt's symbol for it, or the venue's. Raises BadSymbol."""
        return self.loaded().market(symbol)

    def market_id(self, symbol: str) -> str:
        """Return the venue's symbol. Raises BadSymbol."""
        found: str = self.market(symbol)["id"]
        return found

    def amount_to_precision(self, symbol: str, amount: Any) -> str | None:
        """Return an amount cut down to whole lots, as text. Raises InvalidOrder below one."""
        if amount is None:
            return None
        return plain(wording.amount_of(self.id, self.loaded().exact(symbol), amount))

    def price_to_precision(self, symbol: str, price: Any) -> str | None:
        """Return a price rounded to the nearest tick, as text. Raises InvalidOrder for none."""
        if price is None:
            return None
        return plain(wording.price_of(self.id, self.loaded().exact(symbol), price))

    # --- Time

    milliseconds = staticmethod(times.milliseconds)
    iso8601 = staticmethod(times.iso8601)
    parse8601 = staticmethod(times.parse8601)

    @staticmethod
    def seconds() -> int:
        """Return the time. Units: seconds since the Unix epoch."""
        return times.milliseconds() // 1000


def _snake(name: str) -> str:
    return _CAPITALS.sub(lambda found: f"_{found[0].lower()}", name)
