"""What this dialect has no words for, as the conformance suite is told."""

from __future__ import annotations

from math import gcd
from typing import Any
from zlib import crc32

from hypothesis import strategies as st
from tests.venues.conformance.losses import Losses
from tests.venues.conformance.terms import changed
from tests.venues.desk import Desk

from countermand.venues.loopring.auth import SIGNATURE, AuthCode, Unproven
from countermand.venues.loopring.translate import grid, resolve
from countermand.venues.loopring.translate.placing import completed as named
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import SelfTradePrevention, Side
from countermand.wire.errors import RateLimited, Unauthorized, WireError
from countermand.wire.operation import Operation

MAX_FEE_BIPS = 63


def read_as(error: WireError) -> WireError:
    """Return what is left of a refusal: no limit; of who is not proven, that a number says why."""
    match error:
        case Unauthorized():
            return Unproven(AuthCode.WRONG_SIGNATURE, error.text)
        case RateLimited():
            return RateLimited(0)
        case _:
            return error


def completed(desk: Desk, order: NewOrder) -> NewOrder:
    """Return the order with as many lots more as make its volumes whole and large enough."""
    ctx = desk.context()
    pair = resolve.pair(desk.directory.instruments[order.instrument_id], ctx)
    assert pair is not None
    lots = order.terms.order_qty_lots
    if order.terms.price_ticks:
        unit = pair.quote.minor_per_unit
        step = unit // gcd(unit, order.terms.price_ticks * pair.instrument.notional_minor)
        lots = -(-lots // step) * step
        sold = pair.base if order.terms.side is Side.SELL else pair.quote
        while _sold(pair, order, lots) < int(sold.token.minimum):
            lots *= 10
    storage_id = 2 * (crc32(order.cl_ord_id.encode()) >> 1)
    return named(changed(order, order_qty_lots=lots), storage_id, MAX_FEE_BIPS, ctx)


def _sold(pair: resolve.Pair, order: NewOrder, lots: int) -> int:
    base, quote = grid.volumes(pair, order.terms.price_ticks, lots)
    return base if order.terms.side is Side.SELL else quote


def shows(report: Any) -> bool:
    """Return whether an answer tells of it: a token nobody has is left out."""
    return not hasattr(report, "total_minor") or bool(report.total_minor or report.hold_minor)


_ROUNDED = frozenset({"order_id", "cum_notional_minor", "fee_minor"})

LOSSES = Losses(
    lacks=frozenset(
        {
            # A key has one account, which holds tokens and no positions.
            Operation.LIST_ACCOUNTS,
            Operation.LIST_POSITIONS,
            Operation.REPLACE_ORDER,
            # Several are canceled by their names, and all by none.
            Operation.MASS_CANCEL,
            # A trade does not say what its order was, and a market not on which grid it trades.
            Operation.LIST_FILLS,
            Operation.LIST_INSTRUMENTS,
            Operation.GET_QUOTE,
        }
    ),
    given={"stp": SelfTradePrevention.NONE},
    # An order has its hash and no other id; amounts are floored to the digits of their tokens.
    untold={
        Operation.GET_ORDER: _ROUNDED,
        Operation.LIST_ORDERS: _ROUNDED,
        Operation.LIST_BALANCES: frozenset({"total_minor", "hold_minor"}),
    },
    read_as=read_as,
    caseless=frozenset({SIGNATURE}),
    completed=completed,
    names=st.integers(0, 2**254).map(lambda number: f"0x{number:064x}"),
    lists_all=True,
    shows=shows,
)
