"""
Fees: what a fill costs, and the most an order may come to be charged.

A fee is worked out as a whole number of parts, `scale` of which are one minor unit, so that nothing
is lost before it is rounded. Where an instrument has a fee step each fill is rounded to it, and its
fee is reduced where the order would be charged more in all than its exact fees, rounded as a sum.
A rebate is each fill's own.
"""

from countermand.vocabulary.ids import AssetId
from countermand.vocabulary.instrument import FeeBasis, Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.reports import OrderReport
from countermand.vocabulary.units import PPB, ceil_ppb, half_even, truncate_ppb, truncate_share

_NOTIONAL, _RECEIVED, _VARIANCE = FeeBasis.NOTIONAL, FeeBasis.RECEIVED, FeeBasis.VARIANCE
_BUY = Side.BUY


def asset(instrument: Instrument, side: Side) -> AssetId:
    """Return the asset in which an order of `side` is charged."""
    if instrument.fee_basis is _RECEIVED and side is _BUY:
        return instrument.base_asset_id
    return instrument.quote_asset_id


def scale(instrument: Instrument) -> int:
    """Return how many parts of an accrual make one minor unit."""
    return PPB * instrument.payout_ticks if instrument.fee_basis is _VARIANCE else PPB


def accrual(
    instrument: Instrument, side: Side, rate_ppb: int, price_ticks: int, qty_lots: int
) -> int:
    """
    Return what a fill adds to the sum that bounds an order's fees: a rebate counts as it is paid.

    Units: parts of which `scale` make a minor unit.
    """
    parts = _exact(instrument, side, rate_ppb, price_ticks, qty_lots)
    if rate_ppb < 0 and (step := instrument.fee_step_minor):
        unit = scale(instrument) * step
        return half_even(parts, unit) * unit
    return parts


def _exact(
    instrument: Instrument, side: Side, rate_ppb: int, price_ticks: int, qty_lots: int
) -> int:
    if instrument.fee_basis is _RECEIVED and side is _BUY:
        return qty_lots * instrument.lot_minor * rate_ppb
    notional = price_ticks * qty_lots * instrument.notional_minor
    if instrument.fee_basis is _VARIANCE:
        return notional * (instrument.payout_ticks - price_ticks) * rate_ppb
    return notional * rate_ppb


def fee_minor(
    instrument: Instrument,
    side: Side,
    rate_ppb: int,
    price_ticks: int,
    qty_lots: int,
    accrued: int,
    charged_minor: int,
) -> int:
    """
    Return the fee of a fill, negative for a rebate.

    Units: `accrued` and `charged_minor` are the order's before this fill; the first in parts.
    """
    if instrument.fee_basis is _NOTIONAL and not instrument.fee_step_minor:
        return truncate_ppb(price_ticks * qty_lots * instrument.notional_minor, rate_ppb)
    parts = accrual(instrument, side, rate_ppb, price_ticks, qty_lots)
    if not instrument.fee_step_minor:
        return truncate_share(parts, 1, scale(instrument))
    step = instrument.fee_step_minor
    unit = scale(instrument) * step
    fee = half_even(parts, unit) * step
    if fee > 0:
        fee = max(0, min(fee, half_even(accrued + parts, unit) * step - charged_minor))
    return _at_most_brought(instrument, side, price_ticks, qty_lots, fee)


def charge(
    instrument: Instrument, now: OrderReport, rate_ppb: int, match: tuple[int, int], accrued: int
) -> tuple[int, int]:
    """
    Return the fee of an order's part in a match, and what it has accrued with it.

    Units: the match is a price in ticks and a quantity in lots; accruals are in parts.
    """
    side, (price_ticks, qty_lots) = now.terms.side, match
    if instrument.fee_basis is _NOTIONAL and not instrument.fee_step_minor:
        notional = price_ticks * qty_lots * instrument.notional_minor
        return truncate_ppb(notional, rate_ppb), accrued
    fee = fee_minor(instrument, side, rate_ppb, price_ticks, qty_lots, accrued, now.fee_minor)
    if instrument.fee_step_minor:
        accrued += accrual(instrument, side, rate_ppb, price_ticks, qty_lots)
    return fee, accrued


def _at_most_brought(
    instrument: Instrument, side: Side, price_ticks: int, qty_lots: int, fee_minor: int
) -> int:
    # Nothing is held for a fee that is taken from what a swap brings, nor for that of a fill that
    # closes a binary position, which brings the price or frees the rest of the payout. So a step
    # that is more than a small fill brings is cut to that.
    if instrument.is_binary:
        less_ticks = min(price_ticks, instrument.payout_ticks - price_ticks)
        return min(fee_minor, instrument.notional_of(less_ticks, qty_lots))
    if instrument.has_positions:
        return fee_minor
    if side is _BUY:
        received = instrument.fee_basis is _RECEIVED
        return min(fee_minor, qty_lots * instrument.lot_minor) if received else fee_minor
    return min(fee_minor, instrument.notional_of(price_ticks, qty_lots))


def reserve_minor(
    instrument: Instrument,
    side: Side,
    rate_ppb: int,
    price_ticks: int,
    qty_lots: int,
    accrued: int = 0,
    charged_minor: int = 0,
) -> int:
    """
    Return the most a fill of the whole may be charged on top of what it brings; 0 for a rebate.

    A fee taken from what is received is never owed on top. Rounding by the order can add a step to
    what is still to come, and a better price another; what the order was charged before is counted
    in, so that a fill takes its fee out of the reserve and nothing on top.

    Units: `accrued` and `charged_minor` as in `fee_minor`.
    """
    if rate_ppb <= 0 or instrument.fee_basis is _RECEIVED:
        return 0
    step = instrument.fee_step_minor
    if instrument.fee_basis is _NOTIONAL and not step:
        return ceil_ppb(price_ticks * qty_lots * instrument.notional_minor, rate_ppb)
    parts = accrual(instrument, side, rate_ppb, price_ticks, qty_lots)
    if not step:
        return parts // scale(instrument) + 2
    return ((accrued + parts) // (scale(instrument) * step) + 2) * step - charged_minor
