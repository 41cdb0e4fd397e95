"""Placing: new orders, from the ladder of checks to what happens at the book."""

from collections.abc import Iterator

from msgspec.structs import replace

from countermand.core import checks, fees, lists, pictures, slots, triggers, waiting
from countermand.core.decision import Decision
from countermand.core.exposure import left_over_px_ticks
from countermand.core.ledger import order_hold
from countermand.core.matching import Incoming, Makers, NetOf, Step, StepKind, plan
from countermand.core.state import Market, State
from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.events import (
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderRejected,
    OrderRestated,
    OrderRested,
    OrderTriggered,
    Traded,
)
from countermand.vocabulary.ids import MatchId, OrderId, match_id
from countermand.vocabulary.instrument import InstrumentKind
from countermand.vocabulary.order import (
    Contingency,
    ExecInst,
    ExecType,
    OrderTerms,
    OrdStatus,
    OrdType,
    Pending,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import OrderReport

# Enum members looked up once: these lines run on every order.
PENDING, _RESTING, _WAITING = Standing.PENDING, Standing.RESTING, Standing.WAITING
_NEW, _EXEC_NEW = OrdStatus.NEW, ExecType.NEW
_LEFT_OVER = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
_MARKET = OrdType.MARKET
_IOC, _FOK = TimeInForce.IOC, TimeInForce.FOK
_SPOT = InstrumentKind.SPOT
_TRADE, _PULL = StepKind.TRADE, StepKind.PULL
_ALL_OR_NONE = int(ExecInst.ALL_OR_NONE)


def new_order(state: State, seq: int, ts_ns: int, command: NewOrder) -> Decision:
    """Accept a new order and match it, or refuse it; its id is `seq`."""
    if command.delay_ns is None and not state.delays:
        return place(state, (seq, ts_ns), command, OrderId(seq))
    return place(state, (seq, ts_ns), command, OrderId(seq), delay_ns(state, command))


def delay_ns(state: State, command: NewOrder) -> int:
    """Return how long an order takes to come to the book: as it says itself, or as its venue."""
    if command.delay_ns is not None:
        return max(0, command.delay_ns)
    account = state.accounts.get(command.account_id)
    delays = state.delays.get(account.venue) if account else None
    return delays.new_ns if delays else 0


def record_rejected(state: State, seq: int, ts_ns: int, command: RecordRejected) -> Decision:
    """Remember an order that its venue refused."""
    account_id = command.account_id
    if account_id not in state.accounts or account_id < 0:
        return Decision([OrderRejected(account_id, "", RejectReason.UNKNOWN_ACCOUNT)])
    order = NewOrder(account_id, command.instrument_id, "", command.terms, keep_rejected=True)
    return _rejected(state, (OrderId(seq), ts_ns), order, command.reason)


def place(
    state: State,
    entry: tuple[int, int],
    command: NewOrder,
    order_id: OrderId,
    delay_ns: int = 0,
) -> Decision:
    """
    Accept an order under an id and match it, or refuse it. Units: entry's number and time.

    With a delay it is accepted as pending new, and nothing else happens to it yet.
    """
    seq, ts_ns = entry
    admitted = checks.admit(state, ts_ns, command)
    if isinstance(admitted, RejectReason):
        return _rejected(state, (order_id, ts_ns), command, admitted)
    market, terms = admitted.market, admitted.terms
    side, price_ticks, qty_lots = terms.side, terms.price_ticks, terms.order_qty_lots
    rests = admitted.is_plain and not waiting.reaches(market, side, price_ticks)
    accepted = OrderReport(
        order_id,
        command.account_id,
        command.instrument_id,
        command.cl_ord_id,
        terms,
        _RESTING if rests else PENDING,
        ord_status=_NEW,
        exec_type=_EXEC_NEW,
        leaves_qty_lots=qty_lots,
        hold_minor=order_hold(market.instrument, side, price_ticks, qty_lots),
        submit_ns=ts_ns,
        transact_ns=ts_ns,
    )
    if delay_ns:
        return Decision(_pending(admitted, accepted, delay_ns), (order_id,))
    if rests:
        return Decision([OrderAccepted(accepted)], (order_id,))
    if terms.trigger or terms.schedule:
        return Decision(_asleep(admitted, accepted), (order_id,))
    taker = Taker(state, market, accepted, 0, seq, ts_ns)
    if admitted.is_plain:
        return Decision([OrderAccepted(accepted), *enter(taker)], (order_id,))
    return Decision(_accept(taker, admitted), (order_id,))


def _pending(admitted: checks.Admitted, now: OrderReport, delay_ns: int) -> list[Event]:
    taken = replace(
        now,
        standing=PENDING,
        pending=Pending.NEW,
        exec_type=ExecType.PENDING_NEW,
        due_ns=now.submit_ns + delay_ns,
    )
    instrument = admitted.market.instrument
    return [OrderAccepted(taken), *slots.takeover(admitted.account, instrument, taken)]


def _asleep(admitted: checks.Admitted, now: OrderReport) -> list[Event]:
    # Until its trigger is met, which it may be already.
    market = admitted.market
    due_ns = now.submit_ns if now.terms.schedule else 0
    sleeps = replace(now, standing=Standing.ARMED, due_ns=due_ns)
    events: list[Event] = [OrderAccepted(sleeps)]
    events += slots.takeover(admitted.account, market.instrument, now)
    trigger = now.terms.trigger
    if trigger and triggers.is_met(trigger, market.prices.basis_ticks):
        woken = pictures.released(sleeps, PENDING, ExecType.TRIGGERED, now.submit_ns)
        events.append(OrderTriggered(woken))
    return events


def _accept(taker: "Taker", admitted: checks.Admitted) -> list[Event]:
    # An order that may want more than to stand where it can.
    now, market = taker.now, taker.market
    if now.terms.ord_type is _LEFT_OVER:
        bound = (now.terms.side, now.terms.price_ticks)
        taker.rests_at = left_over_px_ticks(market, *bound)
    events: list[Event] = [OrderAccepted(now)]
    if now.terms.slot is None:
        if waiting.reaches(market, now.terms.side, now.terms.price_ticks):
            return [*events, *enter(taker)]
        if now.terms.ord_type is OrdType.LIMIT and not now.terms.is_immediate:
            return [OrderAccepted(rested(now))]
        return [*events, *enter(taker)]
    events += slots.takeover(admitted.account, market.instrument, now)
    gone = [event.order.order_id for event in events if type(event) is OrderCanceled]
    makers = waiting.makers(market, now.terms.side, now.terms.price_ticks)
    # What the slot has been taken from stands there still, and will be gone by then.
    return [*events, *enter(taker, slots.without(gone, makers))]


def _rejected(
    state: State, named: tuple[OrderId, int], command: NewOrder, reason: RejectReason
) -> Decision:
    account_id, cl_ord_id = command.account_id, command.cl_ord_id
    if not command.keep_rejected or account_id not in state.accounts or account_id < 0:
        return Decision([OrderRejected(account_id, cl_ord_id, reason)])
    order_id, ts_ns = named
    kept = OrderReport(
        order_id,
        account_id,
        command.instrument_id,
        cl_ord_id,
        # As asked for: what the market would have made of it is not known.
        command.terms,
        Standing.CLOSED,
        ord_status=OrdStatus.REJECTED,
        exec_type=ExecType.REJECTED,
        submit_ns=ts_ns,
        transact_ns=ts_ns,
        reject_reason=reason,
    )
    return Decision([OrderRejected(account_id, cl_ord_id, reason, kept)], (order_id,))


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
