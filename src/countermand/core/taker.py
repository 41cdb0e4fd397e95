"""
Taker: an order on its way through the book, new or coming in anew, until it rests or ends.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from countermand.core import fees, lists, pictures, waiting
from countermand.core.matching import Incoming, Makers, NetOf, Step, StepKind, plan
from countermand.core.state import Market, State
from countermand.vocabulary.events import (
    Event,
    OrderCanceled,
    OrderRestated,
    OrderRested,
    Traded,
)
from countermand.vocabulary.ids import MatchId, OrderId, match_id
from countermand.vocabulary.instrument import InstrumentKind
from countermand.vocabulary.order import (
    Contingency,
    ExecInst,
    OrderTerms,
    OrdType,
    Pending,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport

# Enum members looked up once: these lines run on every order that meets another.
_RESTING, _WAITING = Standing.RESTING, Standing.WAITING
_MARKET = OrdType.MARKET
_IOC, _FOK = TimeInForce.IOC, TimeInForce.FOK
_SPOT = InstrumentKind.SPOT
_TRADE, _PULL = StepKind.TRADE, StepKind.PULL
_ALL_OR_NONE = int(ExecInst.ALL_OR_NONE)


def rested(now: OrderReport) -> OrderReport:
    """Return an order as it stands when it has met who it could: in the book, or beside it."""
    whole = now.terms.exec_inst & _ALL_OR_NONE
    return replace(now, standing=_WAITING if whole else _RESTING)


def incoming(now: OrderReport) -> Incoming:
    """Return what matching needs to know of an order."""
    terms = now.terms
    link, leaves = terms.link, now.leaves_qty_lots
    if link is None:
        return Incoming(now.account_id, terms.side, terms.price_ticks, leaves, terms.stp)
    wants = (terms.side, terms.price_ticks, leaves, terms.stp, link.list_id)
    return Incoming(now.account_id, *wants)


def net_of(state: State, market: Market) -> NetOf | None:
    """Return what answers an account's net position on a market, None where there are none."""
    instrument, accounts = market.instrument, state.accounts
    if instrument.kind is _SPOT:
        return None
    instrument_id = instrument.instrument_id
    return lambda account_id: accounts[account_id].net_lots(instrument_id)


class Taker:
    """
    An order on its way through the book: new, or coming in anew. `now` is what it has become so
    far, and `rests_at` the price at which it stands in the end, 0 for its own.

    Units: `fee_accrued` as in `Order`.
    """

    __slots__ = (
        "_match_id", "_met", "fee_accrued", "market", "now", "rests_at", "state", "ts_ns",
    )  # fmt: skip

    def __init__(
        self,
        state: State,
        market: Market,
        now: OrderReport,
        fee_accrued: int,
        seq: int = 0,
        ts_ns: int = 0,
    ) -> None:
        self.state, self.market, self.now, self.fee_accrued = state, market, now, fee_accrued
        self.ts_ns, self.rests_at = ts_ns or state.ts_ns, 0
        # Those it has met on its way, made smaller or of a list, as they are then.
        self._met: dict[OrderId, OrderReport] = {}
        self._match_id = MatchId(max(match_id(seq or state.number, 0), state.match_id + 1))

    def happened(self, step: Step) -> Event:
        """Return the event of a step of its plan, and become what it makes of this order."""
        maker, ts_ns, instrument = step.maker, self.ts_ns, self.market.instrument
        if step.kind is _TRADE:
            return self._traded(step)
        self._match_id = MatchId(self._match_id + 1)
        if step.kind is _PULL:
            there = self._met.get(maker.now.order_id, maker.now)
            gone = pictures.canceled(there, ts_ns, step.reason)
            if gone.terms.link is not None:
                self._met[gone.order_id] = gone
            return OrderCanceled(gone)
        terms = maker.now.terms
        left = replace(terms, order_qty_lots=terms.order_qty_lots - step.qty_lots)
        if step.reason is not CancelReason.LINKED:
            left = _asking_less(left, step.qty_lots)
        smaller = pictures.restated(maker.now, instrument, left, maker.fee_accrued, ts_ns)
        self._met[smaller.order_id] = smaller
        return OrderRestated(smaller)

    def _traded(self, step: Step) -> Traded:
        maker, qty_lots, instrument = step.maker, step.qty_lots, self.market.instrument
        there = maker.now
        if self._met:
            there = self._met.get(there.order_id, there)
        price_ticks = there.terms.price_ticks
        match, ts_ns = (price_ticks, qty_lots), self.ts_ns
        maker_fee, maker_accrued = fees.charge(
            instrument, there, instrument.maker_fee_ppb, match, maker.fee_accrued
        )
        taker_fee, self.fee_accrued = fees.charge(
            instrument, self.now, instrument.taker_fee_ppb, match, self.fee_accrued
        )
        pending = there.pending, self.now.pending
        made = pictures.traded(
            there, instrument, (price_ticks, qty_lots, maker_fee), maker_accrued, ts_ns
        )
        self.now = pictures.traded(
            self.now, instrument, (price_ticks, qty_lots, taker_fee), self.fee_accrued, ts_ns
        )
        if made.terms.link is not None:
            self._met[made.order_id] = made
            made = self._met[made.order_id] = self._held_back(made, pending[0])
        if self.now.terms.link is not None:
            self.now = self._held_back(self.now, pending[1])
        this_match = self._match_id
        self._match_id = MatchId(this_match + 1)
        return Traded(
            this_match,
            made,
            self.now,
            price_ticks,
            qty_lots,
            maker_fee_minor=maker_fee,
            taker_fee_minor=taker_fee,
        )

    def _held_back(self, now: OrderReport, pending: Pending) -> OrderReport:
        # What has traded all it was let in for is not over while its list may let more of it in,
        # and what was pending of it is pending still.
        link = now.terms.link
        if now.leaves_qty_lots or link is None or not link.is_child:
            return now
        first, other = self._picture(OrderId(link.list_id + 1)), None
        if link.contingency is Contingency.OUO:
            other = self._picture(lists.partner_id(now))
        most = link.order_qty_lots - (other.cum_qty_lots if other else 0)
        if first is None or most <= now.cum_qty_lots:
            return now
        more = min(link.order_qty_lots, first.cum_qty_lots) - link.order_qty_lots + most
        goes_on = first.standing is not Standing.CLOSED or more > now.cum_qty_lots
        if not goes_on:
            return now
        return pictures.held_back(replace(now, pending=pending), self.ts_ns)

    def _picture(self, order_id: OrderId) -> OrderReport | None:
        # Another order as it is by now.
        if order_id == self.now.order_id:
            return self.now
        order = self.state.orders.get(order_id)
        return self._met.get(order_id) or (order.now if order else None)

    def restated(self, qty_lots: int, price_ticks: int) -> Event:
        """Return the event of another quantity or price, and become so."""
        terms = self.now.terms
        changed = replace(
            terms, order_qty_lots=qty_lots, price_ticks=price_ticks or terms.price_ticks
        )
        changed = _asking_less(changed, terms.order_qty_lots - qty_lots)
        instrument, accrued = self.market.instrument, self.fee_accrued
        self.now = pictures.restated(self.now, instrument, changed, accrued, self.ts_ns)
        return OrderRestated(self.now)

    def canceled(self, reason: CancelReason) -> Event:
        """Return the event of its end."""
        return OrderCanceled(pictures.canceled(self.now, self.ts_ns, reason))


def happening(taker: Taker, step: Step) -> Iterator[Event]:
    """Yield what a step of its plan does to who is met and to an order that comes in."""
    yield taker.happened(step)
    if step.kind is _PULL and step.qty_lots:
        # At once, so that what trades after it trades off the smaller quantity.
        yield taker.restated(taker.now.terms.order_qty_lots - step.qty_lots, 0)


def _asking_less(terms: OrderTerms, lots: int) -> OrderTerms:
    # What an order of a list loses its list does not give it back.
    link = terms.link
    if link is None or not lots:
        return terms
    return replace(terms, link=replace(link, order_qty_lots=link.order_qty_lots - lots))


def enter(taker: Taker, makers: Makers | None = None) -> list[Event]:
    """Return what happens to an order from when it reaches the book until it rests or ends."""
    terms, market = taker.now.terms, taker.market
    if makers is None:
        makers = waiting.makers(market, terms.side, terms.price_ticks)
    planned = plan(incoming(taker.now), makers, net_of(taker.state, market))
    whole = terms.time_in_force is _FOK or terms.exec_inst & _ALL_OR_NONE
    if whole and planned.traded_lots < taker.now.leaves_qty_lots:
        return list(_remainder(taker))
    events: list[Event] = []
    for step in planned.steps:
        if step.kind is _TRADE:
            events.append(taker.happened(step))
        else:
            events += happening(taker, step)
    if planned.stopped:
        events.append(taker.canceled(CancelReason.SELF_TRADE_PREVENTION))
    elif planned.leaves_qty_lots:
        events += _remainder(taker)
    return events


def _remainder(taker: Taker) -> Iterator[Event]:
    # What becomes of quantity that found nothing more to trade with.
    terms = taker.now.terms
    if terms.time_in_force is _FOK:
        yield taker.canceled(CancelReason.FOK_NOT_FILLED)
    elif terms.time_in_force is _IOC or terms.ord_type is _MARKET:
        # What is at the market never rests, however long it was to wait for it.
        yield taker.canceled(CancelReason.IOC_REMAINDER)
    else:
        if taker.rests_at:
            yield taker.restated(terms.order_qty_lots, taker.rests_at)
        yield OrderRested(rested(taker.now))
