"""
The session: what a client knows while it is connected, and the words of its venue.

It does no I/O and looks at no clock: it is the state that the core's generators share.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from msgspec import Struct

from countermand.client.budget import Budget
from countermand.client.call import prepared, single
from countermand.client.clock import ClockOffset
from countermand.client.deadline import PATIENT, Patience, S
from countermand.client.heard import Endings
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import AccountReport, ReferenceData
from countermand.wire import asks
from countermand.wire.client_end import ClientEnd, Learned
from countermand.wire.context import Context
from countermand.wire.conversation import AnyContext
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.errors import NotExpressible
from countermand.wire.ids import anyones
from countermand.wire.operation import Access, Operation
from countermand.wire.venue import Venue

# The number of orders that are remembered, the newest.
PLACED_MAX = 10_000


class Placed(Struct, frozen=True, gc=False):
    """The market of an order, and a time at which the venue had it."""

    instrument_id: InstrumentId
    since_ns: int


class Session:
    """
    One key at one venue.

    Shape:  `host` is the name requests are sent to, `public_host` where those that anyone may make
            have another; `account` the venue's account that is acted
            for, by its name, or the key's default one; `seed` makes the names of its orders
            other than those of any other session. In a dry run nothing is sent that could change
            something.
    """

    def __init__(
        self,
        venue: Venue,
        credential: Credential,
        *,
        host: str = "",
        public_host: str = "",
        account: str | None = None,
        patience: Patience = PATIENT,
        keep_limits: bool = True,
        seed: bytes = b"",
        is_dry_run: bool = False,
    ) -> None:
        self.venue, self.credential = venue, credential
        self.host, self.public_host = host, public_host or host
        self.patience, self.is_dry_run = patience, is_dry_run
        self._login_over_ns = 0
        self.end = client_end(venue)
        self.budget = Budget(self.end.limits if keep_limits else ())
        self.clock = ClockOffset()
        self._account, self._seed, self._named = account, seed, 0
        self._settings = venue.settings()
        self.directory = Directory(venue.name, ReferenceData((), (), ()))
        # Orders that this session placed, by the venue's text: their markets, and when they were
        # there at the latest. None of them is taken for another.
        self.placed: dict[str, Placed] = {}
        self.endings = Endings()
        # Whether a cancel names its market here, as the last one did.
        self.says_market = False

    def __repr__(self) -> str:
        # At some venues the key's name is all that it takes.
        return f"{type(self).__name__}({self.venue.name!r}, {self.host!r})"

    def context(self, now_ns: int) -> AnyContext:
        """Return the context of a request that is made now, by the venue's clock."""
        principal = self.venue.auth.principal(self.credential)
        settings: Any = self._settings
        now_ns += self.clock.ns
        return Context(self.directory, settings, principal, now_ns, read_id=anyones)

    def learn(self, learned: Learned) -> None:
        """Take what the venue told of itself."""
        self._settings = learned.settings
        self.directory = Directory(self.venue.name, learned.data)

    def is_public(self, operation: Operation) -> bool:
        """Return whether anyone may ask for an operation."""
        try:
            return self.venue.routes.of(operation).access is Access.PUBLIC
        except KeyError:
            return False

    def take_login(self, credential: Credential, now_ns: int) -> None:
        """Act with what a login brought, for as long as one lasts."""
        self.credential = credential
        lasts_ns = self.end.session_s * S
        self._login_over_ns = now_ns + lasts_ns - lasts_ns // 10 if lasts_ns else 0

    def is_login_over(self, now_ns: int) -> bool:
        """Return whether it is time to log in again; a tenth of the time is kept to spare."""
        return 0 < self._login_over_ns <= now_ns

    def account(self) -> AccountReport:
        """Return the account that is acted for. Raises NotExpressible when the key has none."""
        owned = asks.accounts(self.context(0))
        if self._account is None:
            found = asks.default_of(owned)
        else:
            found = next((one for one in owned if one.name == self._account), None)
        if found is None:
            raise NotExpressible(f"account {self._account or ''} is none of this key's")
        return found

    def remember(self, order_id: str, instrument_id: InstrumentId, since_ns: int) -> None:
        """Keep which market an order of this session is in, and when it was there."""
        self.placed[order_id] = Placed(instrument_id, since_ns)
        if len(self.placed) > PLACED_MAX:
            del self.placed[next(iter(self.placed))]

    def next_name(self, now_ns: int) -> str:
        """Return a name for an order that its owner did not name: twenty letters, never twice."""
        self._named += 1
        told = b"%b %d %d" % (self._seed, now_ns, self._named)
        return f"cm-{blake2b(told, digest_size=8).hexdigest()}"

    def check_can_say(self, operation: Operation, question: Any, now_ns: int = 0) -> None:
        """
        See that the venue has words for a question, asked now. Raises NotExpressible.

        Units: `now_ns` may be left out where the question has no time in it.
        """
        ctx = self.context(now_ns)
        flow = self.venue.flows.get(operation) or single(self.venue, operation)
        step = next(flow(question, self.credential, ctx))
        prepared(self.venue, step, ctx, None)

    def can_say(self, operation: Operation, question: Any, now_ns: int = 0) -> bool:
        """Return whether the venue has words for a question, as `check_can_say` looks."""
        try:
            self.check_can_say(operation, question, now_ns)
        except NotExpressible:
            return False
        return True

    @property
    def account_id(self) -> AccountId:
        """The id of the account that is acted for, as the codecs have it."""
        return self.account().account_id

    @property
    def account_mark(self) -> str:
        """What tells the account from every other at the venue, in the ledger: no id, no secret."""
        return blake2b(str(self.account_id).encode(), digest_size=8).hexdigest()

    def instrument(self, symbol: str) -> Instrument:
        """Return a market by its symbol. Raises NotExpressible when there is none."""
        found = isinstance(symbol, str) and self.directory.instrument_by_symbol(symbol)
        if not found:
            raise NotExpressible(f"{self.venue.name} has no market {symbol}")
        return found


def client_end(venue: Venue) -> ClientEnd:
    """Return what only a client asks of a venue. Raises NotExpressible when it has none."""
    if venue.client is None:
        raise NotExpressible(f"{venue.name} has no client's end")
    return venue.client
