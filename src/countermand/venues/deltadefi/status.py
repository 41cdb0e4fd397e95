"""Status: the application's terms, its settlement cycle, and whether it trades."""

from countermand.venues.deltadefi.messages import markets as m
from countermand.venues.deltadefi.presentation import time_text
from countermand.venues.deltadefi.settings import Ctx
from countermand.wire import times
from countermand.wire.conversation import Nothing, Op, reply


def show_terms(message: Nothing, ctx: Ctx) -> m.Terms:
    """Return the terms and conditions."""
    return m.Terms(ctx.settings.terms)


def show_hydra_cycle(message: Nothing, ctx: Ctx) -> m.HydraCycle:
    """Return the cycle that is running; cycles follow each other from the Unix epoch on."""
    length_ns = ctx.settings.hydra_cycle_s * times.S
    start_ns = ctx.now_ns - ctx.now_ns % length_ns
    return m.HydraCycle(time_text(start_ns), time_text(start_ns + length_ns))


def show_lock(message: Nothing, ctx: Ctx) -> m.TradingLock:
    """Return whether trading is locked: no market takes orders."""
    markets = ctx.directory.instruments.values()
    return m.TradingLock(not any(market.trading_state.matches for market in markets))


TERMS = Op(Nothing, m.Terms, reply(show_terms))
HYDRA_CYCLE = Op(Nothing, m.HydraCycle, reply(show_hydra_cycle))
LOCK = Op(Nothing, m.TradingLock, reply(show_lock))
