"""
Matching: what an incoming order would do to those it meets, worked out without touching them.

A match trades at the resting order's price. When the incoming order meets one of its own account,
its self-trade prevention mode decides; when it meets a reduce-only order that its position no
longer covers in full, that order is pulled. Who is met, and in which order, is for the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum

from msgspec import Struct

from countermand.core.order import Order
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import Contingency, ExecInst, Link, SelfTradePrevention, Side
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
    list_id: int = 0


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
        return sum(step.qty_lots for step in self.steps if step.kind is _TRADE)


NetOf = Callable[[AccountId], int]
Makers = Callable[[Plan], Iterable[Order]]

_TRADE, _PULL, _RESTATE = StepKind.TRADE, StepKind.PULL, StepKind.RESTATE
_REDUCE_ONLY = int(ExecInst.REDUCE_ONLY)

# An order that refuses to meet its own is stopped by what its check could not foresee.
_SPARES_RESTING = (SelfTradePrevention.AGGRESSING, SelfTradePrevention.REJECT)


def plan(incoming: Incoming, makers: Makers, net_of: NetOf | None) -> Plan:
    """
    Return what `incoming` would do to the orders it meets; nothing is changed.

    `makers` is given the plan as it grows. `net_of` answers an account's net position in lots, and
    is None where there are no positions.
    """
    result = Plan([], incoming.qty_lots)
    own, prevents = incoming.account_id, incoming.stp
    for maker in makers(result):
        now = maker.now
        if now.account_id == own and prevents:
            _prevent(result, maker, prevents)
        elif now.terms.link is not None and _meet_linked(result, maker, incoming, net_of):
            pass
        elif (
            net_of
            and now.terms.exec_inst & _REDUCE_ONLY
            and not _is_covered(result, maker, incoming, net_of)
        ):
            result.steps.append(Step(_PULL, maker, 0, CancelReason.REDUCE_ONLY))
        else:
            qty_lots = min(now.leaves_qty_lots, result.leaves_qty_lots)
            result.steps.append(Step(_TRADE, maker, qty_lots))
            result.leaves_qty_lots -= qty_lots
        if result.leaves_qty_lots == 0 or result.stopped:
            break
    return result


def _meet_linked(result: Plan, maker: Order, incoming: Incoming, net_of: NetOf | None) -> bool:
    # What its partner trades on the same way ends an order that is met after it, or makes it
    # smaller; and no order trades with its own partner. False where it is met like any other order.
    now = maker.now
    link = now.terms.link
    if link is None or link.contingency is Contingency.NONE:
        return False
    if link.list_id == incoming.list_id:
        result.steps.append(Step(_PULL, maker, 0, CancelReason.LINKED))
        return True
    traded = _traded_by_partner(result, maker, link)
    if not traded:
        return False
    left = now.leaves_qty_lots - traded
    if link.contingency is Contingency.OCO or left <= 0:
        result.steps.append(Step(_PULL, maker, 0, CancelReason.LINKED))
        return True
    result.steps.append(Step(_RESTATE, maker, traded, CancelReason.LINKED))
    if net_of and now.terms.exec_inst & _REDUCE_ONLY:
        net_lots = _net_after(result, maker, incoming, net_of)
        if left > now.terms.side.closable(net_lots):
            result.steps.append(Step(_PULL, maker, 0, CancelReason.REDUCE_ONLY))
            return True
    qty_lots = min(left, result.leaves_qty_lots)
    result.steps.append(Step(_TRADE, maker, qty_lots))
    result.leaves_qty_lots -= qty_lots
    return True


def _traded_by_partner(result: Plan, maker: Order, link: Link) -> int:
    return sum(
        step.qty_lots
        for step in result.steps
        if step.kind is _TRADE
        and step.maker is not maker
        and (other := step.maker.now.terms.link) is not None
        and other.list_id == link.list_id
        and other.contingency is link.contingency
    )


def meets_own(incoming: Incoming, makers: Makers) -> bool:
    """Whether `incoming` would come to an order of its own account before it is filled."""
    result = Plan([], incoming.qty_lots)
    for maker in makers(result):
        if maker.now.account_id == incoming.account_id:
            return True
        result.leaves_qty_lots -= maker.now.leaves_qty_lots
        if result.leaves_qty_lots <= 0:
            return False
    return False


def _is_covered(result: Plan, maker: Order, incoming: Incoming, net_of: NetOf) -> bool:
    net_lots = _net_after(result, maker, incoming, net_of)
    return maker.now.leaves_qty_lots <= maker.now.terms.side.closable(net_lots)


def _net_after(result: Plan, maker: Order, incoming: Incoming, net_of: NetOf) -> int:
    # The position as the trades before it leave it.
    account_id, side = maker.now.account_id, incoming.side
    net_lots = net_of(account_id)
    bought = side is Side.BUY
    for step in result.steps:
        if step.kind is _TRADE:
            signed = step.qty_lots if bought else -step.qty_lots
            net_lots += signed * (incoming.account_id == account_id)
            net_lots -= signed * (step.maker.now.account_id == account_id)
    return net_lots


def _prevent(result: Plan, maker: Order, stp: SelfTradePrevention) -> None:
    if stp is SelfTradePrevention.DECREMENT_AND_CANCEL:
        _decrement(result, maker)
        return
    if stp not in _SPARES_RESTING:
        result.steps.append(Step(_PULL, maker, 0, CancelReason.SELF_TRADE_PREVENTION))
    if stp is not SelfTradePrevention.RESTING:
        result.stopped = True


def _decrement(result: Plan, maker: Order) -> None:
    # The smaller order is canceled and the larger loses as much; equal ones are both canceled.
    left = maker.now.leaves_qty_lots
    if left > result.leaves_qty_lots:
        result.steps.append(Step(_RESTATE, maker, result.leaves_qty_lots))
        result.stopped = True
        return
    result.stopped = left == result.leaves_qty_lots
    lost = 0 if result.stopped else left
    result.steps.append(Step(_PULL, maker, lost, CancelReason.SELF_TRADE_PREVENTION))
    result.leaves_qty_lots -= lost
