"""A newcomer: our client with a key and nothing else, which learns all names over the wire."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec.structs import replace
from tests.venues.conformance.losses import losses
from tests.venues.conformance.terms import changed
from tests.venues.desk import Desk

from countermand.client.call import prepared, single
from countermand.client.flow import run_sync
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, SelfTradePrevention, Side, TimeInForce
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import ReferenceData
from countermand.wire import asks, codec
from countermand.wire.context import Context
from countermand.wire.conversation import Step
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.http import Request, Response
from countermand.wire.ids import anyones
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged
from countermand.wire.venue import Venue

Send = Callable[[Request], Response]


class Newcomer:
    """A client that has learned what a venue tells of itself, in the name of its key."""

    def __init__(
        self, venue: Venue, credential: Credential, send: Send, now_ns: Callable[[], int]
    ) -> None:
        assert venue.client is not None, f"{venue.name}: give it a client's end (client.py)"
        self.venue, self.end, self.credential = venue, venue.client, credential
        self.send, self.now_ns = send, now_ns
        self.directory = Directory(venue.name, ReferenceData((), (), ()))
        self.settings: Any = venue.settings()
        if self.end.log_in is not None:
            self.credential = self.flow(partial(self.end.log_in, credential))
        learned = self.flow(partial(self.end.learn, self.credential))
        self.directory, self.settings = Directory(venue.name, learned.data), learned.settings

    @property
    def context(self) -> Context[Any, Any]:
        """Return the context of the client."""
        principal = self.venue.auth.principal(self.credential)
        return Context(self.directory, self.settings, principal, self.now_ns(), read_id=anyones)

    @property
    def account_id(self) -> Any:
        """The default account of the key."""
        owned = asks.default_account(self.context)
        assert owned is not None
        return owned.account_id

    def flow(self, begin: Callable[[Any], Any]) -> Any:
        """Return what a flow reports."""
        ctx = self.context
        return run_sync(self.venue.name, begin(ctx), partial(self._exchange, ctx))

    def ask(self, operation: Operation, question: Any) -> Any:
        """Call the venue."""
        asked = self.venue.flows.get(operation) or single(self.venue, operation)
        return self.flow(lambda ctx: asked(question, self.credential, ctx))

    def _exchange(self, ctx: Any, step: Step) -> Any:
        route, request = prepared(self.venue, step, ctx, self.credential)
        response = self.send(request)
        if response.status >= 300:
            raise self.venue.refusals.interpret(response)
        return codec.decode_reply(route, response)

    def order(self, market: Instrument, side: Side, qty_lots: int, ticks: int) -> NewOrder:
        """Return an order of the venue's kind."""
        terms = OrderTerms(
            side, OrdType.LIMIT, TimeInForce.GTC, qty_lots, ticks, stp=SelfTradePrevention.BOTH
        )
        order = NewOrder(self.account_id, market.instrument_id, f"n{ticks}", terms)
        if "cl_ord_id" in self.end.given:
            order = replace(order, cl_ord_id="")
        return changed(order, **self.end.given | _times(self.venue))

    def place(self, market: Instrument, side: Side, qty_lots: int, ticks: int) -> Any:
        """Place an order and return it as the venue shows it."""
        told = self.ask(Operation.PLACE_ORDER, self.order(market, side, qty_lots, ticks))
        if not isinstance(told, Acknowledged):
            return told
        ids = [GetOrder(self.account_id, one) for one in told.order_ids]
        ids += [GetOrder(self.account_id, OrderId(0), name) for name in told.cl_ord_ids]
        return self.ask(Operation.GET_ORDER, ids[0])


def _times(venue: Venue) -> dict[str, Any]:
    declared = losses(_Of(venue)).given  # type: ignore[arg-type]  # its venue is all that is read
    return {k: v for k, v in declared.items() if k in ("time_in_force", "expire_ns")}


class _Of:
    def __init__(self, venue: Venue) -> None:
        self.venue = venue


def at_desk(desk: Desk, owner: str = "alice") -> Newcomer:
    """Return a newcomer at a desk, in process."""
    return Newcomer(desk.venue, desk.credential(owner), desk.answer, desk.clock.now_ns)


def over_socket(port: int) -> Send:
    """Return what sends requests to a port of this machine, each on a connection of its own."""

    def send(request: Request) -> Response:
        target = request.path + (b"?" + request.query if request.query else b"")
        headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            line.request(request.method, target.decode(), request.body, headers)
            answer = line.getresponse()
            return Response(answer.status, answer.read())
        finally:
            line.close()

    return send
