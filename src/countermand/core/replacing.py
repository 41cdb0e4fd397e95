"""Replacing: giving an open order other terms, or saying why not."""

from collections.abc import Iterator

from msgspec.structs import replace

from countermand.core import checks, lists, pictures, triggers, waiting
from countermand.core.canceling import cancel_rejected
from countermand.core.decision import Decision
from countermand.core.exposure import (
    Priced,
    affordable,
    covers,
    over_position_limit,
    refuse_effect,
)
from countermand.core.matching import Incoming, meets_own
from countermand.core.order import Order
from countermand.core.pending import delays_of, postponed
from countermand.core.state import Account, Market, State
from countermand.core.taker import Taker, enter
from countermand.vocabulary.commands import ReplaceList, ReplaceOrder
from countermand.vocabulary.events import Event, OrderCanceled, OrderReplaced, OrderTriggered
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import (
    ExecInst,
    ExecType,
    OrderTerms,
    OrdType,
    Pending,
    ReplacePolicy,
    SelfTradePrevention,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.reasons import (
    CancelReason,
    CxlRejReason,
    CxlRejResponseTo,
    RejectReason,
)
from countermand.vocabulary.reports import OrderReport

_POST_ONLY, _REDUCE_ONLY = int(ExecInst.POST_ONLY), int(ExecInst.REDUCE_ONLY)
_ALL_OR_NONE = int(ExecInst.ALL_OR_NONE)
_REPLACE, _REJECT = CxlRejResponseTo.REPLACE, SelfTradePrevention.REJECT
_CANCEL_EXECUTED = ReplacePolicy.CANCEL_EXECUTED
_TRADING, _CLOSED, _PENDING = TradingState.TRADING, Standing.CLOSED, Standing.PENDING
_ARMED = Standing.ARMED
_ASLEEP = (_PENDING, _ARMED, Standing.HELD)
_WAITS_ALREADY, _TWICE = (Pending.CANCEL, Pending.REPLACE), CxlRejReason.ALREADY_PENDING


def replace_order(state: State, seq: int, ts_ns: int, command: ReplaceOrder) -> Decision:
    """
    Give an open order new terms, or refuse; only less quantity at the same price keeps its place.
    """
    account = state.accounts.get(command.account_id)
    order = account and state.find_order(
        account, command.order_id, command.cl_ord_id, command.instrument_id
    )
    asked = (command.account_id, command.cl_ord_id)
    if not isinstance(order, Order) or order.now.standing is _CLOSED:
        return Decision([cancel_rejected(_REPLACE, order or None, asked)])
    if command.delay_ns is not None or state.delays:
        delay_ns = delay_of(state, command)
        if delay_ns and order.now.pending in _WAITS_ALREADY:
            return Decision([cancel_rejected(_REPLACE, order, asked, None, _TWICE)])
        if delay_ns:
            named = replace(command, order_id=order.now.order_id, cl_ord_id="", delay_ns=0)
            return postponed((seq, ts_ns), delay_ns, named, [order.now])
    return _replaced(state, (seq, ts_ns), command, order)


def _replaced(
    state: State, entry: tuple[int, int], command: ReplaceOrder, order: Order
) -> Decision:
    seq, ts_ns = entry
    now, market = order.now, state.markets[order.now.instrument_id]
    asked = (command.account_id, command.cl_ord_id)
    terms, cl_ord_id = (
        new_terms(state, market, now, command),
        command.new_cl_ord_id or now.cl_ord_id,
    )
    if terms is None:
        invalid = RejectReason.INVALID_TRIGGER
        return Decision([cancel_rejected(_REPLACE, order, asked, invalid)])
    if command.policy is _CANCEL_EXECUTED and terms.order_qty_lots <= now.cum_qty_lots:
        ended = pictures.canceled(now, ts_ns, CancelReason.REQUESTED)
        return Decision([OrderCanceled(ended)], (now.order_id,))
    reason = _refuse(state, market, order, (cl_ord_id, terms), ts_ns)
    if reason is not None:
        return Decision([cancel_rejected(_REPLACE, order, asked, reason)])
    replaced = as_replaced(market, order, (cl_ord_id, terms), ts_ns)
    after = replaced.order
    if replaced.keeps_priority or now.standing in _ASLEEP:
        return Decision([replaced, *met_anew(market, now, after)], (now.order_id,))
    taker = Taker(state, market, after, order.fee_accrued, seq, ts_ns)
    return Decision([replaced, *enter(taker)], (now.order_id,))


def as_replaced(
    market: Market, order: Order, new: tuple[str, OrderTerms], ts_ns: int
) -> OrderReplaced:
    """Return that an order has another client id and terms; on its way, where it comes in anew."""
    now, (cl_ord_id, terms) = order.now, new
    keeps = keeps_priority(now.terms, terms)
    stays = keeps or now.standing in _ASLEEP
    how = (ts_ns, now.standing if stays else _PENDING, cl_ord_id)
    after = pictures.replaced(now, market.instrument, terms, order.fee_accrued, how)
    return OrderReplaced(after, keeps_priority=keeps)


def met_anew(market: Market, before: OrderReport, now: OrderReport) -> Iterator[Event]:
    """Return that the new trigger of an order which sleeps is met already, or nothing."""
    trigger = now.terms.trigger
    if now.standing is not _ARMED or trigger == before.terms.trigger or trigger is None:
        return
    if triggers.is_met(trigger, market.prices.basis_ticks):
        exec_type = ExecType.TRIGGERED
        yield OrderTriggered(pictures.released(now, _PENDING, exec_type, now.transact_ns))


def delay_of(state: State, command: ReplaceOrder | ReplaceList) -> int:
    """Return how much later a replacement is applied than it is taken. Units: nanoseconds."""
    if command.delay_ns is not None:
        return max(0, command.delay_ns)
    return delays_of(state, command.account_id).replace_ns


def new_terms(
    state: State, market: Market, now: OrderReport, command: ReplaceOrder
) -> OrderTerms | None:
    """
    Return the terms an order would have; an expiry belongs to its time in force and ends with it.

    None where it cannot have the trigger that is asked for.
    """
    old = now.terms
    time_in_force = _given(command.time_in_force, old.time_in_force)
    kept_ns = old.expire_ns if time_in_force is old.time_in_force else 0
    terms = replace(
        old,
        time_in_force=time_in_force,
        order_qty_lots=command.order_qty_lots or old.order_qty_lots,
        price_ticks=command.price_ticks or old.price_ticks,
        expire_ns=kept_ns if command.expire_ns is None else command.expire_ns,
        exec_inst=old.exec_inst if command.exec_inst is None else command.exec_inst,
        text=old.text if command.text is None else command.text,
    )
    if old.link is not None and command.order_qty_lots:
        terms = _relinked(state, now, terms)
    if old.trigger is None or now.standing not in _ASLEEP:
        return terms if command.trigger is None else None
    return _asleep(market, command, terms)


def _relinked(state: State, now: OrderReport, terms: OrderTerms) -> OrderTerms:
    # What an order of a list may come to be, and of that what its list lets in by now.
    link = terms.link
    if link is None:
        return terms
    terms = replace(terms, link=replace(link, order_qty_lots=terms.order_qty_lots))
    if now.standing is Standing.HELD:
        return terms
    lots = lists.due_lots(state, replace(now, terms=terms))
    return replace(terms, order_qty_lots=min(terms.order_qty_lots, lots))


def _asleep(market: Market, command: ReplaceOrder, terms: OrderTerms) -> OrderTerms | None:
    # Another trigger begins anew; a price that goes with a trigger is not for others to say.
    trigger = command.trigger or terms.trigger
    follows = trigger is not None and trigger.limit_offset_ticks is not None
    has_none = follows or terms.ord_type is not OrdType.LIMIT
    if command.price_ticks and has_none:
        return None
    if command.trigger is None:
        return terms
    asked = replace(terms, trigger=trigger, price_ticks=0 if has_none else terms.price_ticks)
    return triggers.placed(market.prices, asked) if triggers.is_sound(asked) else None


def keeps_priority(old: OrderTerms, new: OrderTerms) -> bool:
    """Whether an order stays where it stands: only less quantity, and nothing it enters with."""
    if new.price_ticks != old.price_ticks or new.order_qty_lots > old.order_qty_lots:
        return False
    return not (new.exec_inst ^ old.exec_inst) & _ALL_OR_NONE and not new.is_immediate


def _given(new: TimeInForce | None, old: TimeInForce) -> TimeInForce:
    return old if new is None else new


def _refuse(
    state: State, market: Market, order: Order, new: tuple[str, OrderTerms], ts_ns: int
) -> RejectReason | None:
    cl_ord_id, terms = new
    now, old = order.now, order.now.terms
    account = state.accounts[now.account_id]
    if reason := refuse_asked(account, market, now, new, ts_ns):
        return reason
    if cl_ord_id == now.cl_ord_id and terms == old:
        return RejectReason.NOTHING_TO_REPLACE
    if terms.order_qty_lots <= now.cum_qty_lots:
        return RejectReason.QTY_BELOW_EXECUTED
    if now.standing is Standing.HELD:
        # What it needs is asked when it is let in.
        return None
    return _refuse_exposure(state, account, market, order, terms)


def refuse_asked(
    account: Account, market: Market, now: OrderReport, new: tuple[str, OrderTerms], ts_ns: int
) -> RejectReason | None:
    """
    Return why an order may not have a client id and terms, or None; nothing is asked yet that
    depends on the book, on money or on a position.
    """
    cl_ord_id, terms = new
    if reason := checks.refuse_account(account):
        return reason
    trading_state = market.instrument.trading_state
    if trading_state is not _TRADING and not trading_state.matches:
        return RejectReason.MARKET_CLOSED
    if cl_ord_id != now.cl_ord_id and (reason := checks.refuse_id(account, cl_ord_id)):
        return reason
    if reason := _refuse_form(market, now.terms, terms, ts_ns):
        return reason
    return checks.refuse_terms(market, checks.priced(terms), terms.order_qty_lots)


def _refuse_form(
    market: Market, old: OrderTerms, terms: OrderTerms, ts_ns: int
) -> RejectReason | None:
    # What is only kept may have run out by now, and is for the timers to end.
    if _style(terms) != _style(old) and (reason := checks.refuse_style(ts_ns, terms)):
        return reason
    if not checks.is_sound_schedule(market.instrument, terms):
        return RejectReason.INVALID_SCHEDULE
    return checks.refuse_met(market, terms) if terms.trigger != old.trigger else None


def _style(terms: OrderTerms) -> tuple[int, int, int]:
    return terms.time_in_force, terms.exec_inst, terms.expire_ns


def _refuse_exposure(
    state: State, account: Account, market: Market, order: Order, terms: OrderTerms
) -> RejectReason | None:
    leaves = terms.order_qty_lots - order.now.cum_qty_lots
    more_lots = leaves - order.now.leaves_qty_lots
    if reason := refuse_place(account, market, order.now, terms, more_lots):
        return reason
    priced = Priced(terms.side, terms.price_ticks, leaves, shared=order.now.shared)
    if not affordable(state, account, market, priced, replaced=order):
        return RejectReason.INSUFFICIENT_FUNDS
    return refuse_meeting(account, market, order.now, terms)


def refuse_place(
    account: Account, market: Market, now: OrderReport, terms: OrderTerms, more_lots: int
) -> RejectReason | None:
    """
    Return why an order may not stand where its terms put it, or None, money aside; `more_lots` is
    what is then on order of its side beyond what is already.
    """
    instrument, side = market.instrument, terms.side
    leaves = terms.order_qty_lots - now.cum_qty_lots
    reduces = terms.exec_inst & _REDUCE_ONLY or (account.reduce_only and more_lots > 0)
    if reduces and not covers(account, instrument, side, leaves):
        return RejectReason.NOT_REDUCING
    if more_lots > 0 and (reason := refuse_effect(account, instrument, terms, more_lots)):
        return reason
    # A market that is post-only makes every order that comes in anew one.
    post_only = terms.exec_inst & _POST_ONLY or (instrument.trading_state is TradingState.POST_ONLY)
    passive = post_only and _enters(now, terms)
    if passive and checks.crosses(market, side, terms.price_ticks, leaves):
        return RejectReason.POST_ONLY_WOULD_CROSS
    if more_lots > 0 and over_position_limit(account, instrument, side, more_lots):
        return RejectReason.POSITION_LIMIT
    return None


def refuse_meeting(
    account: Account, market: Market, now: OrderReport, terms: OrderTerms
) -> RejectReason | None:
    """Return that an order which comes in anew would meet one of its account's, or None."""
    if terms.stp is not _REJECT or not _enters(now, terms):
        return None
    side, price_ticks = terms.side, terms.price_ticks
    leaves = terms.order_qty_lots - now.cum_qty_lots
    coming = Incoming(account.account_id, side, price_ticks, leaves, terms.stp)
    makers = waiting.makers(market, side, price_ticks)
    return RejectReason.SELF_TRADE if meets_own(coming, makers) else None


def _enters(now: OrderReport, terms: OrderTerms) -> bool:
    return not (now.standing in _ASLEEP or keeps_priority(now.terms, terms))
