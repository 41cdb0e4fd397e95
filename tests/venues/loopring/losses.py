"""What this dialect has no words for, as the conformance suite is told."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any
from zlib import crc32

from hypothesis import strategies as st
from tests.venues.conformance.losses import Losses
from tests.venues.conformance.terms import changed
from tests.venues.desk import START_NS, Desk
from tests.venues.loopring import textbook
from tests.venues.loopring.floor import ACCOUNTS, ETH, EXCHANGE, LRC, USDT

from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    SelfTradePrevention,
    Side,
    Slot,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.wire.operation import Operation

MAX_FEE_BIPS = 63
S = 10**9
# As `demo.toml` has them: a token's id, its decimals, and the least an order may sell.
TOKENS = {"ETH": (ETH, 18, 10**8), "LRC": (LRC, 18, 10**9), "USDT": (USDT, 6, 1)}


def completed(desk: Desk, order: NewOrder) -> NewOrder:
    """
    Return the order with what this venue wants to know besides: whole volumes that are large
    enough, a storage id, and its hash for a name.
    """
    terms = order.terms
    storage_id = 2 * (crc32(order.cl_ord_id.encode()) >> 1)
    until_s = terms.expire_ns // S or START_NS // S + 30 * 24 * 3600
    is_buy = terms.side is Side.BUY
    lots, sold, bought = _whole(desk, order)
    takes = terms.time_in_force in (TimeInForce.IOC, TimeInForce.FOK)
    numbers = [storage_id, sold[1], bought[1], until_s, MAX_FEE_BIPS, is_buy]
    text = json.dumps([*numbers, _order_type(terms, takes=takes), "MIXED"], separators=(",", ":"))
    owner = desk.directory.accounts[order.account_id].owner
    hashed = textbook.poseidon(
        [
            int(EXCHANGE, 16), storage_id, ACCOUNTS[owner], sold[0], bought[0], sold[1], bought[1],
            until_s, MAX_FEE_BIPS, is_buy, 0,
        ],
        12, 6, 53,
    )  # fmt: skip
    return changed(
        order,
        cl_ord_id=f"0x{hashed:064x}",
        secondary_cl_ord_id=order.cl_ord_id,
        order_qty_lots=lots,
        time_in_force=TimeInForce.IOC if takes else TimeInForce.GTD,
        expire_ns=0 if takes else until_s * S,
        text=text,
        slot=Slot(storage_id % 16_384, storage_id + 1),
    )


def _order_type(terms: OrderTerms, *, takes: bool) -> str:
    if takes:
        return "TAKER_ONLY"
    return "MAKER_ONLY" if terms.exec_inst & ExecInst.POST_ONLY else "LIMIT_ORDER"


def _whole(desk: Desk, order: NewOrder) -> tuple[int, tuple[int, int], tuple[int, int]]:
    # As many lots or more, and the id and the volume of the tokens sold and bought.
    market, terms = desk.directory.instruments[order.instrument_id], order.terms
    (base, base_digits, base_min), (quote, quote_digits, quote_min) = (
        TOKENS[symbol] for symbol in market.symbol.split("-")
    )
    per_lot = Fraction(market.lot_units, 10**market.qty_scale)
    price = Fraction(terms.price_ticks * market.tick_units, 10**market.price_scale)
    base_of, quote_of = per_lot * 10**base_digits, price * per_lot * 10**quote_digits
    is_buy = terms.side is Side.BUY
    sold_of, least = (quote_of, quote_min) if is_buy else (base_of, base_min)
    lots = -(-terms.order_qty_lots // quote_of.denominator) * quote_of.denominator
    while 0 < sold_of * lots < least:
        lots *= 10
    volumes = (base, int(base_of * lots)), (quote, int(quote_of * lots))
    return lots, *(volumes[::-1] if is_buy else volumes)


def shows(report: Any) -> bool:
    """Return whether an answer tells of it: a token that is not held is left out."""
    return not hasattr(report, "total_minor") or bool(report.total_minor or report.hold_minor)


_NO_ID = frozenset({"order_id"})
_ROUNDED = frozenset({"cum_notional_minor", "fee_minor"})

LOSSES = Losses(
    lacks=frozenset(
        {
            # A key has one account, which holds tokens and no positions.
            Operation.LIST_ACCOUNTS,
            Operation.LIST_POSITIONS,
            Operation.REPLACE_ORDER,
            # Several are canceled by their names, and all by none.
            Operation.MASS_CANCEL,
        }
    ),
    # A trade does not say what its order was, and a market not on which grid it trades.
    pieced=frozenset({Operation.LIST_FILLS, Operation.LIST_INSTRUMENTS, Operation.GET_QUOTE}),
    given={"stp": SelfTradePrevention.NONE},
    # An order has its hash and no other id.
    untold={
        Operation.GET_ORDER: _NO_ID,
        Operation.LIST_ORDERS: _NO_ID,
        Operation.LIST_FILLS: _NO_ID | {"is_maker"},
        Operation.GET_QUOTE: frozenset({"mark_price_ticks"}),
    },
    # Amounts are floored to the digits of their tokens.
    rounded={
        Operation.GET_ORDER: _ROUNDED,
        Operation.LIST_ORDERS: _ROUNDED,
        Operation.LIST_BALANCES: frozenset({"total_minor", "hold_minor"}),
    },
    caseless=frozenset({b"x-api-sig"}),
    completed=completed,
    names=st.integers(0, 2**254).map(lambda number: f"0x{number:064x}"),
    lists_all=True,
    shows=shows,
    # It has failed.
    otherwise=frozenset({CancelReason.NOT_LET_IN}),
)
