"""
Migration: a state that former rules dumped, made into today's.

Rules 2 kept an order as one flat record, took "open" for "in the book", and repeated some of its
terms in every fill. They did not keep four things. When a balance last changed stays unknown. Three
are assumed: a placed order's cash is of YES; an order whose slot another one took had no slot; a
fill whose order is forgotten is of a limit order without instructions.
"""

from collections.abc import Callable
from typing import Any

from msgspec import json, to_builtins
from msgspec.structs import replace

from countermand.core.former import (
    FormerAccount,
    FormerBalance,
    FormerFill,
    FormerImage,
    FormerOrder,
    FormerStaged,
)
from countermand.core.order import Order, Staged
from countermand.core.state import PRIORITY_BITS, Balance
from countermand.core.whole import Migrated, WholeAccount, WholeImage, packed
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrderTerms,
    OrdType,
    Outcome,
    Slot,
    Standing,
)
from countermand.vocabulary.reports import Fill, OrderReport


def from_rules_2(dump: bytes) -> Migrated:
    """
    Return the state that rules 2 dumped, as today's would dump it, and the records it had.

    Raises: msgspec.DecodeError for bytes that are no such dump; ValueError for one that holds what
    is not read here.
    """
    image = json.decode(dump, type=FormerImage)
    if not _says_no_more(json.decode(dump), to_builtins(image)):
        raise ValueError("it holds more than rules 2 had")
    uses = [use for account in image.accounts for _, slots in account.slots for use in slots]
    slots = {use.order_id: Slot(use.slot, use.number) for use in uses}
    orders = [_order(order, slots.get(order.order_id)) for order in image.orders]
    known = {order.now.order_id: order.now.terms for order in orders}
    accounts = [_account(account, known) for account in image.accounts]
    place = (image.seq, image.ts_ns, image.assets, image.markets)
    return packed(WholeImage(*place, accounts, orders))


def from_rules_3(dump: bytes) -> Migrated:
    """
    Return the state that rules 3 dumped, as today's would dump it, and the records it had.

    They had the records of rules 4, with fewer fields at the end of each, and an order's priority
    was the number of an entry. Raises: as `from_rules_2`.
    """
    image = _read(dump, 3)
    orders = [
        Order(o.now, o.priority << PRIORITY_BITS, o.fee_accrued, o.retired_cl_ord_ids)
        for o in image.orders
    ]
    return packed(replace(image, orders=orders))


def from_rules_4(dump: bytes) -> Migrated:
    """
    Return the state that rules 4 dumped, as today's would dump it, and the records it had.

    They kept closed orders whole, and fills. Raises: as `from_rules_2`.
    """
    return packed(_read(dump, 4))


def _read(dump: bytes, rules: int) -> WholeImage:
    image = json.decode(dump, type=WholeImage)
    if not _says_no_more(json.decode(dump), to_builtins(image)):
        raise ValueError(f"it holds more than rules {rules} had")
    return image


def _says_no_more(told: Any, read: Any) -> bool:
    # Whether all that was told was read: an array of it may have come to be longer.
    if isinstance(told, list) and isinstance(read, list | tuple) and len(told) <= len(read):
        return all(_says_no_more(*pair) for pair in zip(told, read, strict=False))
    if isinstance(told, dict) and isinstance(read, dict) and told.keys() <= read.keys():
        return all(_says_no_more(told[name], read[name]) for name in told)
    return bool(told == read)


# By the rules that left a state. Those that are not here left none that can be migrated.
MIGRATIONS: dict[int, Callable[[bytes], Migrated]] = {
    2: from_rules_2,
    3: from_rules_3,
    4: from_rules_4,
}


def _order(order: FormerOrder, slot: Slot | None) -> Order:
    terms = OrderTerms(
        order.side,
        order.ord_type,
        order.time_in_force,
        order.order_qty_lots,
        order.price_ticks,
        order.expire_ns,
        exec_inst=order.exec_inst,
        stp=order.stp,
        cash=Cash(order.cash_qty_minor) if order.cash_qty_minor else None,
        position_effect=order.position_effect,
        text=order.text,
        secondary_cl_ord_id=order.secondary_cl_ord_id,
        slot=slot,
    )
    now = OrderReport(
        order.order_id,
        order.account_id,
        order.instrument_id,
        order.cl_ord_id,
        terms,
        _standing(order),
        ord_status=order.ord_status,
        exec_type=order.exec_type,
        leaves_qty_lots=order.leaves_qty_lots,
        cum_qty_lots=order.cum_qty_lots,
        cum_notional_minor=order.cum_notional_minor,
        fee_minor=order.fee_minor,
        hold_minor=order.hold_minor,
        submit_ns=order.submit_ns,
        transact_ns=order.transact_ns,
        cancel_reason=order.cancel_reason,
        reject_reason=order.reject_reason,
    )
    return Order(
        now, order.priority_seq << PRIORITY_BITS, order.fee_accrued, order.retired_cl_ord_ids
    )


def _standing(order: FormerOrder) -> Standing:
    if not order.leaves_qty_lots:
        return Standing.CLOSED
    trades_whole = order.exec_inst & ExecInst.ALL_OR_NONE
    return Standing.WAITING if trades_whole else Standing.RESTING


def _account(account: FormerAccount, known: dict[OrderId, OrderTerms]) -> WholeAccount:
    return WholeAccount(
        account.account_id,
        account.venue,
        account.owner,
        account.name,
        is_default=account.is_default,
        trading_locked=account.trading_locked,
        reduce_only=account.reduce_only,
        may_borrow=account.may_borrow,
        balances=[(asset_id, _balance(kept)) for asset_id, kept in account.balances],
        positions=account.positions,
        closed=account.closed,
        fills=[_fill(fill, known.get(fill.order_id)) for fill in account.fills],
        staged=[_staged(staged) for staged in account.staged],
        slots=account.slots,
    )


def _balance(kept: FormerBalance) -> Balance:
    # When it last changed is not known.
    return Balance(kept.total_minor, kept.hold_minor)


def _fill(fill: FormerFill, terms: OrderTerms | None) -> Fill:
    terms = terms or OrderTerms(fill.side, OrdType.LIMIT, fill.time_in_force, 0, stp=fill.stp)
    then = replace(
        terms,
        time_in_force=fill.time_in_force,
        order_qty_lots=fill.order_qty_lots,
        price_ticks=fill.price_ticks,
        expire_ns=fill.expire_ns,
        text=fill.text,
    )
    return Fill(
        fill.match_id,
        fill.order_id,
        fill.account_id,
        fill.instrument_id,
        fill.cl_ord_id,
        then,
        is_maker=fill.is_maker,
        last_px_ticks=fill.last_px_ticks,
        last_qty_lots=fill.last_qty_lots,
        fee_minor=fill.fee_minor,
        cum_qty_lots=fill.cum_qty_lots,
        cum_notional_minor=fill.cum_notional_minor,
        ts_ns=fill.ts_ns,
    )


def _staged(staged: FormerStaged) -> Staged:
    order = staged.order
    of = Outcome.NO if order.cash_at_complement else Outcome.YES
    terms = OrderTerms(
        order.side,
        order.ord_type,
        order.time_in_force,
        order.order_qty_lots,
        order.price_ticks,
        order.expire_ns,
        exec_inst=order.exec_inst,
        stp=order.stp,
        cash=Cash(order.cash_qty_minor, of) if order.cash_qty_minor else None,
        position_effect=order.position_effect,
        text=order.text,
        secondary_cl_ord_id=order.secondary_cl_ord_id,
        slot=Slot(order.slot, order.slot_number) if order.slot_number else None,
    )
    now = OrderReport(
        staged.order_id,
        order.account_id,
        order.instrument_id,
        order.cl_ord_id,
        terms,
        Standing.STAGED,
        submit_ns=staged.submit_ns,
        transact_ns=staged.submit_ns,
        due_ns=staged.expire_ns,
    )
    return Staged(now, order.keep_rejected)
