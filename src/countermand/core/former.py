"""
Former rules: the images that earlier versions left, as images of this one.

A version whose rules differ starts from the snapshot of a clean stop, and from nothing else. An
image is turned into ours value by value; what ours does not know of it stays behind, and what it
does not tell is what it could only have been.
"""

from collections.abc import Callable
from typing import Any

from msgspec import json

from countermand.vocabulary.order import ExecInst, OrdType, Standing

# An order's terms as arrays, in the order of `OrderTerms`.
_TERMS = (
    "side", "ord_type", "time_in_force", "order_qty_lots", "price_ticks", "expire_ns", "exec_inst",
    "stp", "cash", "position_effect", "text", "secondary_cl_ord_id", "slot",
)  # fmt: skip

# Where an account's image has them.
_FILLS, _STAGED = 11, 12


def from_rules_2(dump: bytes) -> bytes:
    """
    Return the image of rules 2 as one of ours: an order had its terms beside its other fields, a
    fill had some of them, and a staged order was a command.

    Raises: msgspec.DecodeError, or LookupError, TypeError or ValueError, for bytes that are none.
    """
    seq, ts_ns, assets, markets, accounts, orders = json.decode(dump)
    known = {order["order_id"]: order for order in orders}
    for account in accounts:
        account[_FILLS] = [_fill(fill, known.get(fill[1])) for fill in account[_FILLS]]
        account[_STAGED] = [_staged(staged) for staged in account[_STAGED]]
    ours = [_order(order) for order in orders]
    return json.encode([seq, ts_ns, assets, markets, accounts, ours])


# What turns the image of each of the former rules into ours. Rules that are not here left none
# that this version understands.
FORMER: dict[int, Callable[[bytes], bytes]] = {2: from_rules_2}


def _terms(known: dict[str, Any]) -> list[Any]:
    cash_minor = known.get("cash_qty_minor", 0)
    # Whose money it was is over with the order's first moment.
    told = known | {"cash": [cash_minor, 1] if cash_minor else None, "slot": None}
    return [told[name] for name in _TERMS]


def _order(order: dict[str, Any]) -> list[Any]:
    standing = Standing.CLOSED
    if order["leaves_qty_lots"]:
        whole = order["exec_inst"] & ExecInst.ALL_OR_NONE
        standing = Standing.WAITING if whole else Standing.RESTING
    now = [
        order["order_id"],
        order["account_id"],
        order["instrument_id"],
        order["cl_ord_id"],
        _terms(order),
        standing,
        order["ord_status"],
        order["exec_type"],
        order["leaves_qty_lots"],
        order["cum_qty_lots"],
        order["cum_notional_minor"],
        order["fee_minor"],
        order["hold_minor"],
        order["submit_ns"],
        order["transact_ns"],
        order["cancel_reason"],
        order["reject_reason"],
        0,
    ]
    return [now, order["priority_seq"], order["fee_accrued"], order["retired_cl_ord_ids"]]


def _fill(fill: list[Any], order: dict[str, Any] | None) -> list[Any]:
    match_id, order_id, account_id, instrument_id, cl_ord_id, side, tif, stp, is_maker = fill[:9]
    px_ticks, qty_lots, fee_minor, price_ticks, order_qty_lots, cum_qty, cum_notional = fill[9:16]
    expire_ns, ts_ns, text = fill[16:]
    # Of an order that is forgotten only this much is known.
    base = order or {
        "ord_type": OrdType.LIMIT,
        "exec_inst": 0,
        "position_effect": 0,
        "secondary_cl_ord_id": "",
    }
    terms = _terms(
        base
        | {
            "side": side,
            "time_in_force": tif,
            "stp": stp,
            "price_ticks": price_ticks,
            "order_qty_lots": order_qty_lots,
            "expire_ns": expire_ns,
            "text": text,
        }
    )
    whose = [match_id, order_id, account_id, instrument_id, cl_ord_id, terms, is_maker]
    return [*whose, px_ticks, qty_lots, fee_minor, cum_qty, cum_notional, ts_ns]


def _staged(staged: list[Any]) -> list[Any]:
    order_id, submit_ns, due_ns, (_, account_id, instrument_id, cl_ord_id, *rest) = staged
    side, ord_type, tif, qty_lots, price_ticks, expire_ns, exec_inst, stp = rest[:8]
    text, secondary, cash_minor, keeps, effect, slot, number, at_complement = rest[8:]
    cash = [cash_minor, 2 if at_complement else 1] if cash_minor else None
    terms = [side, ord_type, tif, qty_lots, price_ticks, expire_ns, exec_inst, stp]
    terms += [cash, effect, text, secondary, [slot, number] if number else None]
    names = [order_id, account_id, instrument_id, cl_ord_id, terms, Standing.STAGED]
    nothing_yet = [0, 0, 0, 0, 0, 0, 0]
    return [[*names, *nothing_yet, submit_ns, submit_ns, 0, None, due_ns], keeps]
