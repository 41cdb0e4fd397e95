"""
Admitting: the ladder that a new order climbs. Rungs stand in the order of `RejectReason`; the first
that fails answers.

A plain order skips those that it cannot fail on. The rungs are in `checks.py`.
"""

from msgspec import Struct
from msgspec.structs import replace

from countermand.core import sizing, slots, triggers
from countermand.core.checks import (
    is_sound_schedule,
    priced,
    refuse_account,
    refuse_combination,
    refuse_complement,
    refuse_exposure,
    refuse_id,
    refuse_in_state,
    refuse_meeting,
    refuse_met,
    refuse_style,
    refuse_terms,
    refuse_unmet,
)
from countermand.core.exposure import market_bound
from countermand.core.state import Account, Market, State
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    PositionEffect,
    SelfTradePrevention,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason

# Enum members looked up once: these lines run on every order.
_LIMIT, _IOC, _FOK = OrdType.LIMIT, TimeInForce.IOC, TimeInForce.FOK
_REJECT, _NO_EFFECT = SelfTradePrevention.REJECT, PositionEffect.NONE
_TRADING, _REDUCE_ONLY = TradingState.TRADING, int(ExecInst.REDUCE_ONLY)


class Admitted(Struct, gc=False):
    """
    An order that is taken: whose, where, and with which terms in force.

    `is_plain`: it is a limit order that can rest, without instructions or other terms that have a
    rung of their own.
    """

    account: Account
    market: Market
    terms: OrderTerms
    is_plain: bool


def admit(
    state: State, ts_ns: int, command: NewOrder, *, is_child: bool = False
) -> Admitted | RejectReason:
    """
    Return an order as it is taken, or why it is refused.

    Of a child, which another order lets in, nothing is asked yet that depends on the book, on
    money or on a position.
    """
    account = state.accounts.get(command.account_id)
    if account is None or command.account_id < 0:
        return RejectReason.UNKNOWN_ACCOUNT
    market = state.markets.get(command.instrument_id)
    if market is None or market.instrument.venue != account.venue:
        return RejectReason.UNKNOWN_INSTRUMENT
    if (account.trading_locked or account.is_killed) and (reason := refuse_account(account)):
        return reason
    asked = command.terms
    if _is_plain(asked) and not account.reduce_only and not is_child:
        reason = _refuse_plain(state, account, market, ts_ns, command)
        return reason or Admitted(account, market, asked, is_plain=True)
    reason = _refuse_form(account, market, ts_ns, command)
    if reason:
        return reason
    if is_child:
        return _admit_child(account, market, asked)
    if asked.trigger or asked.schedule:
        return _admit_asleep(state, account, market, asked)
    in_force = _in_force(account, market, asked)
    reason = (
        refuse_unmet(market, command, in_force)
        or refuse_terms(market, asked, in_force.order_qty_lots)
        or refuse_exposure(state, account, market, in_force)
        or refuse_meeting(account, market, in_force)
    )
    return reason or Admitted(account, market, in_force, is_plain=False)


def _refuse_form(
    account: Account, market: Market, ts_ns: int, command: NewOrder
) -> RejectReason | None:
    # What is wrong with what is asked for, whatever there is of money.
    asked, instrument = command.terms, market.instrument
    if asked.link is not None:
        # A list gives its orders their links.
        return RejectReason.INVALID_LIST
    reason = (
        refuse_in_state(instrument.trading_state, asked)
        or refuse_id(account, command.cl_ord_id)
        or slots.refuse_slot(account, instrument, asked)
        or refuse_combination(ts_ns, asked)
        or refuse_complement(instrument, asked)
    )
    if reason or is_sound_schedule(instrument, asked):
        return reason
    return RejectReason.INVALID_SCHEDULE


def _admit_asleep(
    state: State, account: Account, market: Market, asked: OrderTerms
) -> Admitted | RejectReason:
    # One that sleeps meets no order yet.
    if asked.cash:
        return RejectReason.INVALID_AMOUNT
    reduce_only = _REDUCE_ONLY if account.reduce_only else 0
    in_force = triggers.is_sound(asked) and triggers.placed(market.prices, asked)
    if not in_force:
        return RejectReason.INVALID_TRIGGER
    in_force = replace(in_force, exec_inst=in_force.exec_inst | reduce_only)
    reason = (
        refuse_met(market, in_force)
        or refuse_terms(market, priced(in_force), in_force.order_qty_lots)
        or refuse_exposure(state, account, market, in_force, enters=False)
    )
    return reason or Admitted(account, market, in_force, is_plain=False)


def _admit_child(account: Account, market: Market, asked: OrderTerms) -> Admitted | RejectReason:
    if not triggers.is_sound(asked):
        return RejectReason.INVALID_TRIGGER
    reduce_only = _REDUCE_ONLY if account.reduce_only else 0
    terms = replace(asked, exec_inst=asked.exec_inst | reduce_only)
    follows = asked.trigger is not None and asked.trigger.limit_offset_ticks is not None
    # A limit that follows its trigger is not known yet, and is no less than any other.
    checked = replace(terms, price_ticks=market.limit_down_ticks) if follows else terms
    reason = refuse_terms(market, checked, asked.order_qty_lots)
    return reason or Admitted(account, market, terms, is_plain=False)


def _refuse_plain(
    state: State, account: Account, market: Market, ts_ns: int, command: NewOrder
) -> RejectReason | None:
    # The same ladder without the rungs that a plain order cannot fail on.
    asked, instrument = command.terms, market.instrument
    if instrument.trading_state is not _TRADING:
        reason = refuse_in_state(instrument.trading_state, asked)
        if reason:
            return reason
    if command.cl_ord_id in account.cl_ord_ids:
        return RejectReason.DUPLICATE_CL_ORD_ID
    return (
        refuse_style(ts_ns, asked)
        or refuse_terms(market, asked, asked.order_qty_lots)
        or refuse_exposure(state, account, market, asked)
    )


def _is_plain(asked: OrderTerms) -> bool:
    time_in_force = asked.time_in_force
    return (
        asked.ord_type is _LIMIT
        and not asked.exec_inst
        and time_in_force is not _IOC
        and time_in_force is not _FOK
        and asked.cash is None
        and asked.slot is None
        and asked.trigger is None
        and asked.link is None
        and asked.schedule is None
        and asked.stp is not _REJECT
        and asked.position_effect is _NO_EFFECT
    )


def _in_force(account: Account, market: Market, asked: OrderTerms) -> OrderTerms:
    exec_inst = asked.exec_inst
    if account.reduce_only:
        # What an account may only do, its orders carry, so that they lose their cover together.
        exec_inst |= _REDUCE_ONLY
    return replace(
        asked,
        order_qty_lots=sizing.order_qty_lots(market, account.account_id, asked),
        price_ticks=asked.price_ticks or market_bound(market, asked.side),
        exec_inst=exec_inst,
    )
