"""The oracle's ladders of refusal: the first rung that fails is the answer."""

from types import SimpleNamespace
from typing import Any

from tests.core import oracle_money as money
from tests.core.oracle_order import ALL_OR_NONE, POST_ONLY, REDUCE_ONLY, Order


def why_not_new(oracle: Any, c: SimpleNamespace, *, is_child: bool = False) -> str | None:  # noqa: C901, PLR0912 - a ladder
    """Return why a new order is refused, or None."""
    if c.account_id not in oracle.accounts:
        return "UNKNOWN_ACCOUNT"
    account, instrument = oracle.accounts[c.account_id], oracle.instruments.get(c.instrument_id)
    if instrument is None or instrument.venue != account.venue:
        return "UNKNOWN_INSTRUMENT"
    if account.trading_locked:
        return "ACCOUNT_LOCKED"
    if account.is_killed:
        return "ACCOUNT_KILLED"
    if instrument.trading_state in ("CANCEL_ONLY", "PAUSED", "HALTED"):
        return "MARKET_CLOSED"
    post_only, reduce_only = bool(c.exec_inst & POST_ONLY), bool(c.exec_inst & REDUCE_ONLY)
    if instrument.trading_state == "POST_ONLY" and not post_only:
        return "POST_ONLY_MARKET"
    if instrument.trading_state == "LIMIT_ONLY" and c.ord_type != "LIMIT":
        return "LIMIT_ONLY_MARKET"
    if oracle._is_used(c.account_id, c.cl_ord_id):
        return "DUPLICATE_CL_ORD_ID"
    if c.slot_number and not is_slot_free(oracle, c):
        return "SLOT_NUMBER_USED"
    immediate = c.time_in_force in ("IOC", "FOK")
    left_over = c.ord_type == "MARKET_WITH_LEFT_OVER_AS_LIMIT"
    waits = c.trigger is not None
    if (c.ord_type == "MARKET" and not immediate and not waits) or (left_over and immediate):
        return "INVALID_TIME_IN_FORCE"
    # What shall trade at once cannot be barred from it.
    if post_only and left_over:
        return "INVALID_EXEC_INST"
    reason = why_not_style(oracle, c.time_in_force, c.exec_inst, c.expire_ns)
    if reason:
        return reason
    cash = c.cash_qty_minor
    if cash < 0 or (cash > 0 and (c.order_qty_lots != 0 or c.ord_type == "LIMIT")):
        return "INVALID_AMOUNT"
    if not is_sound_schedule(instrument, c.schedule, c, c.order_qty_lots):
        return "INVALID_SCHEDULE"
    if is_child:
        return _why_not_child(oracle, instrument, c)
    if c.trigger or c.schedule:
        return _why_not_asleep(oracle, c)
    price = c.price_ticks or oracle._market_bound(instrument, c.side)
    asks = c.price_ticks or cash or c.needs_liquidity
    needs_somebody = left_over or (c.ord_type == "MARKET" and asks)
    if needs_somebody and not oracle._reached(instrument.id, c.side, price):
        return "NO_LIQUIDITY"
    qty = oracle._sized(c)
    reason = why_not_terms(oracle, instrument, c.ord_type, c.price_ticks, qty)
    if reason:
        return reason
    cover = oracle._cover(c.account_id, c.instrument_id, c.side)
    if (reduce_only or account.reduce_only) and qty > cover:
        return "NOT_REDUCING"
    reason = why_not_effect(oracle, c.account_id, instrument, c.side, c.position_effect, qty)
    if reason:
        return reason
    if post_only and oracle._meets_any(instrument.id, c.side, price, qty):
        return "POST_ONLY_WOULD_CROSS"
    if oracle._is_over_limit(c.account_id, instrument, c.side, qty):
        return "POSITION_LIMIT"
    where, outdated = (c.account_id, instrument, c.side), oracle._occupant(c)
    if not oracle._can_afford(*where, price, qty, cash=cash, outdated=outdated):
        return "INSUFFICIENT_FUNDS"
    if len(oracle._open(c.account_id)) >= oracle.open_max:
        return "TOO_MANY_OPEN_ORDERS"
    if c.stp == "REJECT" and oracle._meets_own(c.account_id, instrument.id, c.side, price, qty):
        return "SELF_TRADE"
    return None


def _why_not_child(oracle: Any, instrument: SimpleNamespace, c: SimpleNamespace) -> str | None:
    # Of what another order lets in nothing is asked yet that can change by then.
    price = c.price_ticks
    if c.trigger:
        if not is_sound_trigger(c.side, c.ord_type, price, c.trigger):
            return "INVALID_TRIGGER"
        if c.trigger["limit_offset_ticks"] is not None:
            price = lowest_price(instrument)
    return why_not_terms(oracle, instrument, c.ord_type, price, c.order_qty_lots)


def lowest_price(instrument: SimpleNamespace) -> int:
    """Return the lowest price that is allowed."""
    least = max(1, instrument.low_limit_ticks)
    if not instrument.price_band_ppb:
        return int(least)
    reference = instrument.reference_price_ticks
    return int(max(least, reference - reference * instrument.price_band_ppb // 10**9))


def _why_not_asleep(oracle: Any, c: SimpleNamespace) -> str | None:  # noqa: C901 - a ladder
    # One that sleeps meets no one yet, and holds all the same.
    if c.cash_qty_minor:
        return "INVALID_AMOUNT"
    instrument, account = oracle.instruments[c.instrument_id], oracle.accounts[c.account_id]
    trigger, price = None, c.price_ticks
    if c.trigger:
        sound = is_sound_trigger(c.side, c.ord_type, c.price_ticks, c.trigger)
        where = (instrument, c.side, c.ord_type, c.price_ticks, c.trigger)
        trigger, price = oracle.begun(*where) if sound else (None, 0)
        if trigger is None:
            return "INVALID_TRIGGER"
    if (
        trigger
        and instrument.refuses_met_trigger
        and oracle.is_met(trigger, oracle._looked_at(instrument))
    ):
        return "TRIGGER_MET"
    asked, qty = price if c.ord_type == "LIMIT" else 0, c.order_qty_lots
    reason = why_not_terms(oracle, instrument, c.ord_type, asked, qty)
    if reason:
        return reason
    reduces = c.exec_inst & REDUCE_ONLY or account.reduce_only
    if reduces and qty > oracle._cover(c.account_id, c.instrument_id, c.side):
        return "NOT_REDUCING"
    reason = why_not_effect(oracle, c.account_id, instrument, c.side, c.position_effect, qty)
    if reason:
        return reason
    if oracle._is_over_limit(c.account_id, instrument, c.side, qty):
        return "POSITION_LIMIT"
    where, outdated = (c.account_id, instrument, c.side), oracle._occupant(c)
    if not oracle._can_afford(*where, price, qty, outdated=outdated):
        return "INSUFFICIENT_FUNDS"
    if len(oracle._open(c.account_id)) >= oracle.open_max:
        return "TOO_MANY_OPEN_ORDERS"
    return None


def is_sound_schedule(
    instrument: SimpleNamespace, schedule: dict[str, Any] | None, style: Any, qty: int
) -> bool:
    """Whether an order of a style can come in by slices."""
    if schedule is None:
        return True
    if style.ord_type != "LIMIT" or style.trigger or style.time_in_force in ("IOC", "FOK"):
        return False
    if style.exec_inst & (POST_ONLY | ALL_OR_NONE):
        return False
    slices, each = schedule["slices"], schedule["interval_ns"]
    if not (1 <= slices <= 8_640 and each > 0):
        return False
    return bool(qty // slices >= instrument.order_qty_lots_min)


def is_sound_trigger(side: str, ord_type: str, price: int, trigger: dict[str, Any]) -> bool:
    """Whether an order can have a trigger, in any market."""
    trail = trigger["trail_ticks"] or trigger["trail_ppb"]
    if trigger["trail_ticks"] < 0 or trigger["trail_ppb"] < 0 or trigger["price_ticks"] < 0:
        return False
    if trigger["is_met"] or (trigger["trail_ticks"] and trigger["trail_ppb"]):
        return False
    if trigger["trail_ppb"] >= 10**9 or ord_type not in ("LIMIT", "MARKET"):
        return False
    if ord_type == "MARKET" and price != 0:
        return False
    if not trail:
        return trigger["price_ticks"] > 0 and trigger["limit_offset_ticks"] is None
    if trigger["direction"] != ("UP" if side == "BUY" else "DOWN"):
        return False
    if trigger["limit_offset_ticks"] is None:
        return True
    return ord_type == "LIMIT" and price == 0


def highest_price(instrument: SimpleNamespace) -> int:
    """Return the highest price that is allowed, 0 for none."""
    most = [instrument.high_limit_ticks] if instrument.high_limit_ticks else []
    if instrument.kind == "BINARY" and not most:
        most = [instrument.payout_ticks - 1]
    reference, band = instrument.reference_price_ticks, instrument.price_band_ppb
    if reference and band:
        most.append(reference + reference * band // 10**9)
    return int(min(most, default=0))


def why_not_come_in(  # noqa: C901 - a ladder
    oracle: Any, order: Order, *, enters: bool, price: int = 0, wanted: Order | None = None
) -> str | None:
    """
    Return why an order that was taken earlier may not come to the book now, or None.

    One that only goes to sleep meets no one yet. With a `price` it comes in at that one; `wanted`
    is what it would be then, where its list lets it be something else.
    """
    instrument = oracle.instruments[order.instrument]
    state, post_only = instrument.trading_state, bool(order.exec_inst & POST_ONLY)
    if enters and state in ("CANCEL_ONLY", "PAUSED", "HALTED"):
        return "MARKET_CLOSED"
    if enters and state == "POST_ONLY" and not post_only:
        return "POST_ONLY_MARKET"
    if enters and state == "LIMIT_ONLY" and order.ord_type != "LIMIT":
        return "LIMIT_ONLY_MARKET"
    new = wanted or order
    where, qty = (order.instrument, order.side), new.leaves
    price = price or new.price
    post_only = post_only and enters
    left_over = enters and order.ord_type == "MARKET_WITH_LEFT_OVER_AS_LIMIT"
    if left_over and price and not oracle._reached(*where, price):
        return "NO_LIQUIDITY"
    if oracle._lacks_cover(new):
        return "NOT_REDUCING"
    more = oracle.counted(new)[0] - oracle.counted(order)[0] if order.link else 0
    who = (order.account, instrument, order.side)
    if more > 0 and (reason := why_not_effect(oracle, *who, order.effect, more)):
        return reason
    if post_only and oracle._meets_any(*where, price, qty):
        return "POST_ONLY_WOULD_CROSS"
    if more > 0 and oracle._is_over_limit(*who, more):
        return "POSITION_LIMIT"
    if not oracle._can_afford(*who, price, qty, order, wanted=new):
        return "INSUFFICIENT_FUNDS"
    own = (order.account, *where)
    if enters and order.stp == "REJECT" and oracle._meets_own(*own, price, qty):
        return "SELF_TRADE"
    return None


def why_not_terms(
    oracle: Any, instrument: SimpleNamespace, ord_type: str, price: int, qty: int
) -> str | None:
    """Return why a price and a quantity are not allowed, or None."""
    if qty <= 0:
        return "QTY_NOT_POSITIVE"
    if qty < instrument.order_qty_lots_min:
        return "QTY_BELOW_MIN"
    if instrument.order_qty_lots_max != 0 and qty > instrument.order_qty_lots_max:
        return "QTY_ABOVE_MAX"
    if price < 0 or (price == 0 and ord_type == "LIMIT"):
        return "PRICE_NOT_POSITIVE"
    if price and not money.is_price_allowed(instrument, price):
        return "PRICE_OUTSIDE_BAND"
    reference = instrument.reference_price_ticks
    value_px = price or oracle.last_px.get(instrument.id, reference)
    if value_px * qty * instrument.notional_minor < instrument.notional_minor_min:
        return "NOTIONAL_BELOW_MIN"
    return None


def why_not_style(oracle: Any, time_in_force: str, exec_inst: int, expire_ns: int) -> str | None:
    """Return why a time in force, instructions and the end of its time do not go together."""
    immediate = time_in_force in ("IOC", "FOK")
    if exec_inst & POST_ONLY and immediate:
        return "INVALID_EXEC_INST"
    if time_in_force == "GTD" and expire_ns == 0:
        return "INVALID_EXPIRE_TIME"
    if expire_ns != 0 and (immediate or expire_ns <= oracle.ts_ns):
        return "INVALID_EXPIRE_TIME"
    return None


def is_slot_free(oracle: Any, c: SimpleNamespace) -> bool:
    """Whether there is such a slot, and the number is above all that were used in it."""
    number, _ = oracle._slot(c)
    return c.slot in range(16_384) and c.slot_number > number


def why_not_effect(
    oracle: Any, account: int, instrument: SimpleNamespace, side: str, effect: str, more: int
) -> str | None:
    """Return why so much more of an order may not open or close what it would, or None."""
    if not money.has_positions(instrument):
        return None
    cover = oracle._cover(account, instrument.id, side)
    mine = [o for o in oracle._open(account) if (o.instrument, o.side) == (instrument.id, side)]
    free = cover - sum(oracle.counted(o)[0] for o in mine)
    owner = instrument.kind == "EQUITY" and not oracle.accounts[account].may_borrow
    if owner and side == "SELL" and more > free:
        return "SHORT_NOT_ALLOWED"
    if effect == "OPEN" and cover > 0:
        return "OPPOSITE_POSITION"
    if effect == "CLOSE" and cover <= 0:
        return "NOTHING_TO_CLOSE"
    if effect == "CLOSE" and more > free:
        return "CLOSES_BEYOND_POSITION"
    return None


def why_not_replace(oracle: Any, order: Order, new: SimpleNamespace, *, enters: bool) -> str | None:
    """Return why an order may not have the terms given, or None; `enters` if it comes in anew."""
    account, instrument = order.account, oracle.instruments[order.instrument]
    if reason := why_not_asked(oracle, order, new):
        return reason
    if is_same(order, new):
        return "NOTHING_TO_REPLACE"
    if new.qty <= order.cum:
        return "QTY_BELOW_EXECUTED"
    if order.held:
        return None
    leaves = new.qty - order.cum
    reason = why_not_place(oracle, order, new, leaves - order.leaves, enters=enters)
    if reason:
        return reason
    if not oracle._can_afford(account, instrument, order.side, new.price, leaves, order):
        return "INSUFFICIENT_FUNDS"
    return why_not_meet(oracle, order, new, enters=enters)


def is_same(order: Order, new: SimpleNamespace) -> bool:
    """Whether an order is already what it is to be."""
    return all(getattr(order, name) == value for name, value in vars(new).items())


def why_not_asked(oracle: Any, order: Order, new: SimpleNamespace) -> str | None:
    """Return why an order may not have a name and terms, in any book and with any money."""
    account, instrument = oracle.accounts[order.account], oracle.instruments[order.instrument]
    price, qty = new.price, new.qty
    if account.trading_locked:
        return "ACCOUNT_LOCKED"
    if account.is_killed:
        return "ACCOUNT_KILLED"
    if instrument.trading_state in ("CANCEL_ONLY", "PAUSED", "HALTED"):
        return "MARKET_CLOSED"
    if new.cl_ord_id != order.cl_ord_id and oracle._is_used(order.account, new.cl_ord_id):
        return "DUPLICATE_CL_ORD_ID"
    style = (new.time_in_force, new.exec_inst, new.expire_ns)
    at_market = order.trigger is not None and order.ord_type != "LIMIT"
    asked_px = 0 if at_market else price
    same_style = style == (order.time_in_force, order.exec_inst, order.expire_ns)
    reason = None if same_style else why_not_style(oracle, *style)
    styled = SimpleNamespace(ord_type=order.ord_type, **vars(new))
    if reason is None and not is_sound_schedule(instrument, order.schedule, styled, qty):
        reason = "INVALID_SCHEDULE"
    if reason is None and new.trigger != order.trigger and instrument.refuses_met_trigger:
        met = oracle.is_met(new.trigger, oracle._looked_at(instrument))
        reason = "TRIGGER_MET" if met else None
    return reason or why_not_terms(oracle, instrument, order.ord_type, asked_px, qty)


def why_not_place(oracle: Any, order: Order, new: Any, more: int, *, enters: bool) -> str | None:
    """Return why an order may not stand as it is to, with so much more of its side on order."""
    instrument, leaves = oracle.instruments[order.instrument], new.qty - order.cum
    who = (order.account, instrument, order.side)
    # What may only reduce is covered as a whole; of the rest only what is added is asked about.
    grows = oracle.accounts[order.account].reduce_only and more > 0
    cover = oracle._cover(order.account, order.instrument, order.side)
    if (new.exec_inst & REDUCE_ONLY or grows) and leaves > cover:
        return "NOT_REDUCING"
    if more > 0 and (reason := why_not_effect(oracle, *who, order.effect, more)):
        return reason
    post_only = new.exec_inst & POST_ONLY or instrument.trading_state == "POST_ONLY"
    where = (instrument.id, order.side, new.price, leaves)
    if post_only and enters and oracle._meets_any(*where):
        return "POST_ONLY_WOULD_CROSS"
    return "POSITION_LIMIT" if more > 0 and oracle._is_over_limit(*who, more) else None


def why_not_meet(oracle: Any, order: Order, new: Any, *, enters: bool) -> str | None:
    """Return that an order may not meet its account's own and would, or None."""
    where = (order.account, order.instrument, order.side)
    own = order.stp == "REJECT" and enters
    meets = own and oracle._meets_own(*where, new.price, new.qty - order.cum)
    return "SELF_TRADE" if meets else None


def why_not_relink(oracle: Any, pairs: list[tuple[Order, Order]]) -> tuple[str, Order] | None:
    """
    Return why the orders of a list may not be what they are to be, and which is at fault, or None.
    """
    names: list[str] = []
    for order, new in pairs:
        reason = why_not_asked(oracle, order, wording(new))
        if reason is None and new.cl_ord_id in names:
            reason = "DUPLICATE_CL_ORD_ID"
        if reason:
            return reason, order
        names += [new.cl_ord_id] * (new.cl_ord_id != "")
    if all(is_same(order, wording(new)) for order, new in pairs):
        return "NOTHING_TO_REPLACE", pairs[0][0]
    there = [(order, new) for order, new in pairs if not order.held]
    for order, new in there:
        more = sum(
            oracle.counted(then)[0] - oracle.counted(now)[0]
            for now, then in there
            if now.side == order.side
        )
        if reason := why_not_place(oracle, order, new, more, enters=new.arriving):
            return reason, order
    if not oracle._can_afford_all(there):
        return "INSUFFICIENT_FUNDS", there[0][0]
    for order, new in there:
        if reason := why_not_meet(oracle, order, new, enters=new.arriving):
            return reason, order
    return None


def wording(order: Order) -> SimpleNamespace:
    """Return what a replacement may change of an order, as the order has it."""
    names = ("cl_ord_id", "price", "qty", "time_in_force", "expire_ns", "exec_inst", "text")
    return SimpleNamespace(**{n: getattr(order, n) for n in (*names, "trigger", "link")})
