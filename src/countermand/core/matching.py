"""
Matching: what an incoming order would do to a book, worked out without touching it.

Price-time priority. A match trades at the resting order's price. When the incoming order meets one
of its own account, its self-trade prevention mode decides; when it meets a reduce-only order that
its position no longer covers in full, that order is pulled; one that trades whole or not at all and
is larger than what comes in is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum

from msgspec import Struct

from countermand.core.book import Book, Ladder
from countermand.core.order import Order
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import ExecInst, SelfTradePrevention, Side
from countermand.vocabulary.reasons import CancelReason


class StepKind(IntEnum):
    """What happens to a resting order on the incoming order's way."""

    TRADE = 1  # it trades `qty_lots`
    PULL = 2  # it is canceled for `reason`
    RESTATE = 3  # it loses `qty_lots` and stays


class Step(Struct, frozen=True, gc=False):
    """
    One thing that happens to one resting order.

    Units: for a PULL `qty_lots` is what the incoming order's quantity loses with it, mostly 0.
    """

    kind: StepKind
    maker: Order
    qty_lots: int = 0
    reason: CancelReason = CancelReason.NONE


class Incoming(Struct, frozen=True, gc=False):
    """What matching needs to know of an order that comes in."""

    account_id: AccountId
    side: Side
    price_ticks: int
    qty_lots: int
    stp: SelfTradePrevention


class Plan(Struct):
    """
    The steps in order, and what becomes of the incoming order.

    Units: `leaves_qty_lots` is what is left to rest; `stopped` says that self-trade prevention
    canceled what is left.
    """

    steps: list[Step]
    leaves_qty_lots: int
    stopped: bool = False

    @property
    def traded_lots(self) -> int:
        """How much of the incoming order trades."""
        return sum(step.qty_lots for step in self.steps if step.kind is StepKind.TRADE)


_ALL_OR_NONE, _REDUCE_ONLY = int(ExecInst.ALL_OR_NONE), int(ExecInst.REDUCE_ONLY)

NetOf = Callable[[AccountId], int]

# An order that refuses to meet its own is stopped by what its check could not foresee.
_SPARES_RESTING = (SelfTradePrevention.AGGRESSING, SelfTradePrevention.REJECT)


def meets_any(book: Book, side: Side, price_ticks: int, qty_lots: int) -> bool:
    """Whether an order would come to one that it does not pass over."""
    ladder = book.ladder(side.opposite)
    if not book.crosses(side, price_ticks):
        return False
    incoming = Incoming(AccountId(0), side, price_ticks, qty_lots, SelfTradePrevention.NONE)
    return any(not _passes_over(maker, qty_lots) for maker in _opposite(ladder, incoming))


def meets_own(book: Book, incoming: Incoming) -> bool:
    """Whether `incoming` would come to an order of its own account before it is filled."""
    left = incoming.qty_lots
    for maker in _opposite(book.ladder(incoming.side.opposite), incoming):
        if left <= 0:
            return False
        if _passes_over(maker, left):
            continue
        if maker.now.account_id == incoming.account_id:
            return True
        left -= maker.now.leaves_qty_lots
    return False


def plan(book: Book, incoming: Incoming, net_of: NetOf | None, gone_id: int = 0) -> Plan:
    """
    Return what `incoming` would do to `book`; nothing is changed.

    `net_of` answers an account's net position in lots, and is None where there are no positions.
    The order `gone_id` still stands there and will be gone by then.
    """
    result = Plan([], incoming.qty_lots)
    moved: dict[AccountId, int] = {}
    for maker in _opposite(book.ladder(incoming.side.opposite), incoming):
        if result.leaves_qty_lots == 0 or result.stopped:
            break
        if _passes_over(maker, result.leaves_qty_lots) or maker.now.order_id == gone_id:
            continue
        if maker.now.account_id == incoming.account_id and incoming.stp:
            _prevent(result, maker, incoming.stp)
        elif (
            net_of and maker.now.terms.exec_inst & _REDUCE_ONLY and _uncovered(maker, net_of, moved)
        ):
            result.steps.append(Step(StepKind.PULL, maker, reason=CancelReason.REDUCE_ONLY))
        else:
            _trade(result, maker, incoming, moved)
    return result


def _passes_over(maker: Order, qty_lots: int) -> bool:
    whole = maker.now.terms.exec_inst & _ALL_OR_NONE
    return bool(whole) and maker.now.leaves_qty_lots > qty_lots


def _opposite(ladder: Ladder, incoming: Incoming) -> Iterator[Order]:
    # Every resting order the incoming price reaches, in the order of their priority.
    buying = incoming.side is Side.BUY
    for price_ticks in ladder.descend():
        if (price_ticks > incoming.price_ticks) if buying else (price_ticks < incoming.price_ticks):
            return
        yield from ladder.levels[price_ticks].orders.values()


def _trade(result: Plan, maker: Order, incoming: Incoming, moved: dict[AccountId, int]) -> None:
    qty_lots = min(maker.now.leaves_qty_lots, result.leaves_qty_lots)
    result.steps.append(Step(StepKind.TRADE, maker, qty_lots))
    result.leaves_qty_lots -= qty_lots
    signed = qty_lots if incoming.side is Side.BUY else -qty_lots
    moved[incoming.account_id] = moved.get(incoming.account_id, 0) + signed
    moved[maker.now.account_id] = moved.get(maker.now.account_id, 0) - signed


def _uncovered(maker: Order, net_of: NetOf, moved: dict[AccountId, int]) -> bool:
    net_lots = net_of(maker.now.account_id) + moved.get(maker.now.account_id, 0)
    return maker.now.leaves_qty_lots > maker.now.terms.side.closable(net_lots)


def _prevent(result: Plan, maker: Order, stp: SelfTradePrevention) -> None:
    if stp is SelfTradePrevention.DECREMENT_AND_CANCEL:
        _decrement(result, maker)
        return
    if stp not in _SPARES_RESTING:
        result.steps.append(Step(StepKind.PULL, maker, reason=CancelReason.SELF_TRADE_PREVENTION))
    if stp is not SelfTradePrevention.RESTING:
        result.stopped = True


def _decrement(result: Plan, maker: Order) -> None:
    # The smaller order is canceled and the larger loses as much; equal ones are both canceled.
    if maker.now.leaves_qty_lots > result.leaves_qty_lots:
        result.steps.append(Step(StepKind.RESTATE, maker, result.leaves_qty_lots))
        result.stopped = True
        return
    result.stopped = maker.now.leaves_qty_lots == result.leaves_qty_lots
    lost = 0 if result.stopped else maker.now.leaves_qty_lots
    result.steps.append(Step(StepKind.PULL, maker, lost, CancelReason.SELF_TRADE_PREVENTION))
    result.leaves_qty_lots -= lost
