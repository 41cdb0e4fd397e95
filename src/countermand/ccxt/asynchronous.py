"""The asynchronous exchange: each verb done on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from countermand.ccxt import looking, offered, refusals, shorthand, verbs
from countermand.ccxt.configured import Configured
from countermand.client.asynchronous import Client
from countermand.client.connect import connect

P = ParamSpec("P")
T = TypeVar("T")


def _done(
    verb: Callable[Concatenate[Configured, P], verbs.Talk[T]],
) -> Callable[Concatenate[Exchange, P], Coroutine[Any, Any, T]]:
    @wraps(verb)
    async def method(self: Exchange, /, *args: P.args, **named: P.kwargs) -> T:
        return await self.do(verb(self, *args, **named))

    return method


class Exchange(Configured):
    """An exchange of ccxt's over our client; it connects when it is first asked for something."""

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self._client: Client | None = None
        self._connecting = asyncio.Lock()
        super().__init__(config)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; a later call opens others."""
        async with self._connecting:
            client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def do(self, talk: verbs.Talk[T]) -> T:
        """Do a verb. Raises the errors of ccxt."""
        try:
            call = next(talk)
            while True:
                call = talk.send(await self._call(call))
        except StopIteration as end:
            result: T = end.value
            return result

    async def _call(self, call: verbs.Call) -> Any:
        try:
            client = await self._connected()
            return await getattr(client, call.method)(*call.arguments, **call.named)
        except refusals.RAISED as error:
            raise refusals.of_error(self.id, error, call.inexpressible) from error

    async def _connected(self) -> Client:
        async with self._connecting:
            if self._client is None:
                base_url, credentials, options = self.connection()
                self._client = await _begun(
                    connect(self.venue.name, base_url, credentials, **options)
                )
                self.has |= offered.worded(self._client.session)
            return self._client

    def _unsupported(self, name: str) -> Any:
        refuse = super()._unsupported(name)

        async def refused(*_: Any, **__: Any) -> Any:
            refuse()

        return refused

    @staticmethod
    async def sleep(duration: float) -> None:
        """Wait. Units: milliseconds."""
        await asyncio.sleep(duration / 1000)

    load_markets = _done(verbs.load_markets)
    fetch_markets = _done(verbs.fetch_markets)
    fetch_currencies = _done(verbs.fetch_currencies)
    create_order = _done(verbs.create_order)
    edit_order = _done(verbs.edit_order)
    cancel_order = _done(verbs.cancel_order)
    cancel_orders = _done(verbs.cancel_orders)
    cancel_all_orders = _done(verbs.cancel_all_orders)
    fetch_order = _done(looking.fetch_order)
    fetch_order_status = _done(looking.fetch_order_status)
    fetch_open_orders = _done(looking.fetch_open_orders)
    fetch_my_trades = _done(looking.fetch_my_trades)
    fetch_order_trades = _done(looking.fetch_order_trades)
    fetch_balance = _done(looking.fetch_balance)
    fetch_positions = _done(looking.fetch_positions)
    fetch_order_book = _done(looking.fetch_order_book)
    fetch_ticker = _done(looking.fetch_ticker)
    create_limit_order = _done(shorthand.create_limit_order)
    create_limit_buy_order = _done(shorthand.create_limit_buy_order)
    create_limit_sell_order = _done(shorthand.create_limit_sell_order)
    create_market_order = _done(shorthand.create_market_order)
    create_market_buy_order = _done(shorthand.create_market_buy_order)
    create_market_sell_order = _done(shorthand.create_market_sell_order)
    create_post_only_order = _done(shorthand.create_post_only_order)
    create_reduce_only_order = _done(shorthand.create_reduce_only_order)
    fetch_free_balance = _done(shorthand.fetch_free_balance)
    fetch_used_balance = _done(shorthand.fetch_used_balance)
    fetch_total_balance = _done(shorthand.fetch_total_balance)
    fetch_l2_order_book = fetch_order_book


async def _begun(client: Client) -> Client:
    try:
        begun: Client = await client
    except BaseException:
        await client.close()
        raise
    return begun
