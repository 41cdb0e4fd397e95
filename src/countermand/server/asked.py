"""
Asked: what a request is about, in the exchange's words, found without carrying it out.

Its conversation is run on the exchange as it stands, up to its first command, which is looked at
and not given. So an order is recognized however a dialect names it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any

from countermand.server.pipeline import Pipeline
from countermand.vocabulary.commands import MassCancel
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.queries import GetOrder, ListOpenOrders, Query
from countermand.vocabulary.reports import OrderReport
from countermand.wire import codec
from countermand.wire.context import Context
from countermand.wire.conversation import Serving
from countermand.wire.credential import ANYONE, Principal
from countermand.wire.errors import WireError
from countermand.wire.http import Request
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Params, Route

View = Callable[[Query], Any]


class AskedOf:
    """A request that came to a pipeline."""

    def __init__(self, pipeline: Pipeline, request: Request) -> None:
        self._pipeline, self._request = pipeline, request

    @property
    def venue(self) -> str:
        """The venue it came to."""
        return self._pipeline.venue.name

    @property
    def operation(self) -> Operation | None:
        """The operation of the row that takes the request, None where no row does."""
        return None if self._matched is None else self._matched[0].operation

    @property
    def owner(self) -> str:
        """The owner of the key, empty when it is not proven."""
        return self._principal.owner

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts it is about, as `owner/name`."""
        known = self._pipeline.directory.accounts
        named = [known[each] for each in self._subjects.account_ids if each in known]
        return frozenset(f"{each.owner}/{each.name}" for each in named)

    @property
    def order_ids(self) -> frozenset[OrderId]:
        """The orders it is about."""
        return frozenset(self._subjects.order_ids)

    @cached_property
    def _subjects(self) -> Subjects:
        subjects = Subjects(self._pipeline.engine.view)
        if self._matched is None:
            return subjects
        route, params = self._matched
        if self._principal is ANYONE and route.access is not Access.PUBLIC:
            return subjects
        pipeline, request = self._pipeline, self._request
        context = Context(
            pipeline.directory, pipeline.settings, self._principal, pipeline.clock.now_ns(), request
        )
        # A refusal here comes again when the request is carried out.
        with suppress(WireError):
            message = codec.decode_request(route, request, params)
            subjects.read(route.op.serve(message, context))
        return subjects

    @cached_property
    def _matched(self) -> tuple[Route, Params] | None:
        request = self._request
        try:
            return self._pipeline.venue.routes.match(
                request.method, request.path, is_offer=request.offers_websocket
            )
        except WireError:
            return None

    @cached_property
    def _principal(self) -> Principal:
        try:
            return self._pipeline.check(self._request, self._pipeline.proof_clock.now_ns())
        except WireError:
            return ANYONE


class Subjects:
    """The accounts and orders that a conversation asks about, up to its first command, and it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.account_ids: set[AccountId] = set()
        self.order_ids: set[OrderId] = set()

    def read(self, steps: Serving[Any]) -> None:
        """Run a conversation so far. Raises what it raises."""
        try:
            ask = next(steps)
            while isinstance(ask, Query):
                self._look_at(ask)
                seen = self._view(ask)
                if isinstance(seen, OrderReport):
                    self.order_ids.add(seen.order_id)
                ask = steps.send(seen)
        except StopIteration:
            return
        for command in ask if isinstance(ask, tuple) else (ask,):
            self._look_at(command)
            if isinstance(command, MassCancel):
                query = ListOpenOrders(
                    (AccountId(command.account_id),), command.instrument_ids, command.side
                )
                self.order_ids.update(order.order_id for order in self._view(query))
            elif (found := named_by(command, self._view)) is not None:
                self.order_ids.add(found.order_id)
        steps.close()

    def _look_at(self, ask: Any) -> None:
        for account_id in (getattr(ask, "account_id", None), *getattr(ask, "account_ids", ())):
            if account_id:
                self.account_ids.add(account_id)


def named_by(command: Any, view: View) -> OrderReport | None:
    """Return the order that a command names, None for one that names none there is."""
    account_id = getattr(command, "account_id", None)
    order_id = getattr(command, "order_id", None)
    if account_id is None or order_id is None:
        return None
    cl_ord_id = getattr(command, "cl_ord_id", "")
    secondary = getattr(command, "secondary_cl_ord_id", "")
    found: OrderReport | None = view(GetOrder(account_id, order_id, cl_ord_id, secondary))
    return found
