"""A trader: a client of ours at a desk, which asks the venue over its own bytes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.conformance.asking import GIVEN, check_asks
from tests.venues.conformance.losses import losses
from tests.venues.conformance.terms import changed
from tests.venues.desk import Desk

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.vocabulary.commands import CancelOrder, MassCancel, NewOrder, ReplaceOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    OrderTerms,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.queries import GetOrder, ListOpenOrders, ListOrders
from countermand.vocabulary.reasons import CxlRejReason
from countermand.wire.errors import CancelRefused, NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged


class Trader:
    """A user of the demo world with our client, on the market they trade."""

    def __init__(self, desk: Desk, owner: str = "alice", key: int = 0) -> None:
        self.desk, self.owner = desk, owner
        self.account_id = desk.accounts(owner)[0].account_id
        self.credential = desk.credential(owner, key)
        markets = list(desk.directory.instruments.values())
        self.market = next((i for i in markets if i.has_positions), markets[0])
        # What the venue itself answered the last command with.
        self.answered: Any = None

    def ask(self, operation: Operation, question: Any) -> Any:
        """Call the venue."""
        check_asks(self.desk, operation)
        return asyncio.run(
            call(
                self.desk.venue,
                operation,
                question,
                context=self.desk.context(self.owner),
                credential=self.credential,
                transport=InProcessTransport(self.desk.pipeline.handle),
            )
        )

    def tell(self, operation: Operation, command: Any) -> Any:
        """Give a command, and read the orders it was about where the answer does not show them."""
        told = self.answered = self.ask(operation, command)
        if not isinstance(told, Acknowledged):
            return told
        read = tuple(self.read(order_id) for order_id in told.order_ids)
        read += tuple(self.read_named(name) for name in told.cl_ord_ids)
        return read if operation is Operation.MASS_CANCEL else read[0]

    def read(self, order_id: OrderId) -> Any:
        """Return an order as the venue shows it."""
        if self.goes_by_names:
            return self.read_named(core_view(self, order_id).cl_ord_id)
        return self.ask(Operation.GET_ORDER, GetOrder(self.account_id, order_id))

    @property
    def goes_by_names(self) -> bool:
        """Whether the venue has no ids of its own for orders."""
        return losses(self.desk).names is not None

    def read_named(self, name: str) -> Any:
        """Return an order as the venue shows it, with the id that only the exchange knows."""
        query = GetOrder(self.account_id, OrderId(0), name)
        known = self.desk.engine.exchange.query(query)
        return replace(self.ask(Operation.GET_ORDER, query), order_id=known.order_id)

    def cancel(self, order: Any) -> Any:
        """Cancel an order with the request that the venue has for it."""
        if self.goes_by_names:
            by_name = CancelOrder(self.account_id, OrderId(0), order.cl_ord_id)
            return self.tell(Operation.CANCEL_ORDER, by_name)
        by_id = CancelOrder(self.account_id, order.order_id)
        try:
            return self.tell(Operation.CANCEL_ORDER, by_id)
        except NotExpressible:
            bound = replace(by_id, instrument_id=order.instrument_id)
        try:
            return self.tell(Operation.CANCEL_ORDER, bound)
        except NotExpressible as error:
            why = str(error)
        pytest.fail(f"{self.desk.venue.name} cannot say {why}; see cancel.py")

    def listed(self) -> Any:
        """Return the open orders; where they are listed by market, those of this one."""
        if losses(self.desk).lists_all:
            is_open = (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)
            page = ListOrders((self.account_id,), ord_statuses=is_open, limit=50)
            listed = self.ask(Operation.LIST_ORDERS, page).orders
            return tuple(self.read_named(order.cl_ord_id) for order in listed)
        every = ListOpenOrders((self.account_id,))
        try:
            return self.ask(Operation.LIST_ORDERS, every)
        except NotExpressible:
            here = replace(every, instrument_ids=(self.market.instrument_id,))
            return self.ask(Operation.LIST_ORDERS, here)

    def cancel_many(self, command: MassCancel) -> Any:
        """Cancel many, where finding none may be refused."""
        try:
            return self.tell(Operation.MASS_CANCEL, command)
        except CancelRefused as refused:
            is_empty = refused.cxl_rej_reason is CxlRejReason.UNKNOWN_ORDER
            if not (is_empty and losses(self.desk).refuses_nothing):
                raise
            return ()

    def order(self, cl_ord_id: str, side: Side, qty_lots: int) -> NewOrder:
        """Return an order at the reference price."""
        order = NewOrder(
            self.account_id,
            self.market.instrument_id,
            cl_ord_id,
            OrderTerms(
                side,
                OrdType.LIMIT,
                TimeInForce.GTC,
                qty_lots,
                self.market.reference_price_ticks,
                stp=SelfTradePrevention.BOTH,
            ),
        )
        return changed(order, **losses(self.desk).given)

    def place(self, cl_ord_id: str, side: Side, qty_lots: int) -> Any:
        """Place it."""
        order = self.order(cl_ord_id, side, qty_lots)
        try:
            return self.tell(Operation.PLACE_ORDER, order)
        except NotExpressible as error:
            why = str(error)
        pytest.fail(f"{self.desk.venue.name} cannot say {why}; {GIVEN}")

    def replacement(self, order_id: OrderId, qty_lots: int) -> ReplaceOrder:
        """Return the replacement of an order's quantity, under the name `two` where it has one."""
        name = "two" if losses(self.desk).has_client_ids else ""
        return ReplaceOrder(
            self.account_id, self.market.instrument_id, order_id, "", name,
            order_qty_lots=qty_lots, **losses(self.desk).replacing,
        )  # fmt: skip


def core_view(trader: Trader, order_id: int) -> Any:
    """Return the order as the exchange itself has it."""
    query = GetOrder(trader.account_id, OrderId(order_id))
    return trader.desk.engine.exchange.query(query)
