"""
The oracle's money: what a fill costs and what an order holds, in fractions, from the rules alone.

An instrument is a namespace of plain values, as the oracle keeps them.
"""

import math
from fractions import Fraction
from types import SimpleNamespace

BILLION = 10**9

# Quantity and notional of open orders, by side.
Open = dict[str, tuple[int, int]]


def has_positions(instrument: SimpleNamespace) -> bool:
    """Whether trades move positions instead of swapping assets."""
    return instrument.kind != "SPOT"


def on_margin(instrument: SimpleNamespace) -> bool:
    """Whether a position is held at a part of its cost and settled when it is closed."""
    return instrument.kind in ("PERPETUAL", "EQUITY")


def margin_rate(instrument: SimpleNamespace, *, may_borrow: bool) -> int:
    """Return what part of a position is held, in billionths: all of shares without a loan."""
    all_of_it = instrument.kind == "EQUITY" and not may_borrow
    return BILLION if all_of_it else int(instrument.initial_margin_ppb)


def is_sound(new: SimpleNamespace, assets: dict[int, SimpleNamespace]) -> bool:
    """Whether an instrument counts in whole positive numbers, on assets there are."""
    return (
        new.base_asset_id in assets
        and new.quote_asset_id in assets
        and new.base_asset_id != new.quote_asset_id
        and min(new.tick_units, new.lot_units, new.notional_minor, new.order_qty_lots_min) > 0
        and (has_positions(new) or new.lot_minor > 0)
        and min(
            new.order_qty_lots_max,
            new.notional_minor_min,
            new.position_lots_max,
            new.price_band_ppb,
            new.market_band_ppb,
            new.initial_margin_ppb,
            new.reference_price_ticks,
            new.low_limit_ticks,
            new.high_limit_ticks,
            new.fee_step_minor,
        )
        >= 0
        and max(abs(new.maker_fee_ppb), abs(new.taker_fee_ppb)) <= BILLION
        and _pays_soundly(new)
    )


def _pays_soundly(new: SimpleNamespace) -> bool:
    # A binary outcome has prices strictly between nothing and its payout.
    if new.kind == "BINARY":
        inside = max(new.low_limit_ticks, new.high_limit_ticks, 1) <= new.payout_ticks - 1
        return inside and new.fee_basis == "VARIANCE"
    bases = ("NOTIONAL", "RECEIVED") if new.kind == "SPOT" else ("NOTIONAL",)
    return new.payout_ticks == 0 and new.fee_basis in bases


def is_price_allowed(instrument: SimpleNamespace, price: int) -> bool:
    """Whether a positive price keeps to the fixed limits, the payout and the band."""
    if price < instrument.low_limit_ticks:
        return False
    if instrument.high_limit_ticks and price > instrument.high_limit_ticks:
        return False
    if instrument.kind == "BINARY" and price >= instrument.payout_ticks:
        return False
    reference = instrument.reference_price_ticks
    if not instrument.price_band_ppb or not reference:
        return True
    width = math.floor(Fraction(reference * instrument.price_band_ppb, BILLION))
    return abs(price - reference) <= width


def exact_fee(instrument: SimpleNamespace, side: str, rate: int, price: int, qty: int) -> Fraction:
    """Return the fee before any rounding, in minor units of the asset it is taken in."""
    share = Fraction(rate, BILLION)
    if instrument.fee_basis == "RECEIVED" and side == "BUY":
        return share * qty * instrument.lot_minor
    if instrument.fee_basis == "VARIANCE":
        likely = Fraction(price, instrument.payout_ticks)
        return share * payout(instrument, qty) * likely * (1 - likely)
    return share * price * qty * instrument.notional_minor


def fee_asset(instrument: SimpleNamespace, side: str) -> int:
    """Return the asset a side is charged in."""
    in_base = instrument.fee_basis == "RECEIVED" and side == "BUY"
    return int(instrument.base_asset_id if in_base else instrument.quote_asset_id)


def fee(instrument: SimpleNamespace, exact: Fraction, accrued: Fraction, charged: int) -> int:
    """
    Return what a fill is charged; the last two are the order's, before the fill.

    With a step each fill is rounded, halves to even, and a fee is reduced where the order would be
    charged more than its rounded sum; without one each fill is cut.
    """
    step = instrument.fee_step_minor
    if not step:
        return int(exact)
    own = round(exact / step) * step
    if own <= 0:
        return own
    return max(0, min(own, round((accrued + exact) / step) * step - charged))


def accrual(instrument: SimpleNamespace, exact: Fraction) -> Fraction:
    """Return what a fill adds to the sum an order is charged by: a rebate counts as it is paid."""
    return exact if exact > 0 else Fraction(fee(instrument, exact, Fraction(0), 0))


def reserve(
    instrument: SimpleNamespace,
    side: str,
    rate: int,
    price: int,
    qty: int,
    paid: tuple[Fraction, int] = (Fraction(0), 0),
) -> int:
    """
    Return the most that may still be charged on top: nothing for a rebate or what is received.

    `paid` is what the order accrued and was charged before. A cut or rounded fee is reserved with
    one step for the rounding and one for a better price.
    """
    if rate <= 0 or instrument.fee_basis == "RECEIVED":
        return 0
    exact = exact_fee(instrument, side, rate, price, qty)
    step = instrument.fee_step_minor
    if step:
        accrued, charged = paid
        return (math.floor((accrued + exact) / step) + 2) * step - charged
    return math.floor(exact) + 2 if instrument.fee_basis == "VARIANCE" else math.ceil(exact)


def dearest_rate(instrument: SimpleNamespace) -> int:
    """Return the dearer of both fees, 0 when both are rebates."""
    return max(0, instrument.maker_fee_ppb, instrument.taker_fee_ppb)


def most_taken(instrument: SimpleNamespace, side: str, price: int, qty: int) -> int | None:
    """Return what a fee may not exceed: what the fill brings, where only that pays for it."""
    notional = price * qty * instrument.notional_minor
    if instrument.kind == "BINARY":
        return int(min(notional, payout(instrument, qty) - notional))
    if instrument.kind == "SPOT" and side == "SELL":
        return int(notional)
    if instrument.kind == "SPOT" and instrument.fee_basis == "RECEIVED":
        return int(qty * instrument.lot_minor)
    return None


def cash_fee(instrument: SimpleNamespace, cash: int) -> int:
    """Return the most that is charged on top of an amount that is spent."""
    if instrument.fee_basis == "RECEIVED":
        return 0
    most = math.ceil(Fraction(cash * dearest_rate(instrument), BILLION))
    return int(most + instrument.fee_step_minor)


def hold_asset(instrument: SimpleNamespace, side: str) -> int:
    """Return the asset an order of a side holds."""
    spot_sell = instrument.kind == "SPOT" and side == "SELL"
    return int(instrument.base_asset_id if spot_sell else instrument.quote_asset_id)


def order_hold(
    instrument: SimpleNamespace,
    side: str,
    price: int,
    qty: int,
    paid: tuple[Fraction, int] = (Fraction(0), 0),
) -> int:
    """Return what a resting order holds for itself, apart from what its position holds."""
    if instrument.kind == "SPOT" and side == "SELL":
        return int(qty * instrument.lot_minor)
    if instrument.kind == "BINARY":
        return reserve(instrument, side, instrument.maker_fee_ppb, price, qty, paid)
    kept = reserve(instrument, side, dearest_rate(instrument), price, qty, paid)
    notional = price * qty * instrument.notional_minor
    return int(notional + kept if instrument.kind == "SPOT" else kept)


def payout(instrument: SimpleNamespace, lots: int) -> int:
    """Return what so many lots of an outcome pay when it comes true."""
    return int(lots * instrument.payout_ticks * instrument.notional_minor)


def position_hold(instrument: SimpleNamespace, net: int, cost: int, opened: Open, rate: int) -> int:
    """Return what a position and the open orders that could move it hold together, at a rate."""
    (buy_lots, buys), (sell_lots, sells) = opened["BUY"], opened["SELL"]
    if instrument.kind == "BINARY":
        short = [max(0, -n) for n in (net, net + buy_lots, net - sell_lots)]
        as_it_stands, after_buys, after_sells = [payout(instrument, n) for n in short]
        return max(as_it_stands, after_buys + buys, after_sells - sells)
    # Orders that can only close the position do not count.
    if net + buy_lots <= 0:
        buys = 0
    if net - sell_lots >= 0:
        sells = 0
    worst = max(abs(cost + buys), abs(cost - sells))
    return math.ceil(Fraction(worst * rate, BILLION))
