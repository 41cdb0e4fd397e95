"""
Grid: from the two volumes of an order to ticks and lots, and back.

An order names no price: it follows from how much is sold for how much. On the exchange prices have
ticks and quantities lots, so a buyer's price is floored and a seller's is the next higher, and what
is less than a lot is dust: no owner gives more or gets less than was signed.
"""

from typing import NamedTuple

from countermand.venues.loopring import tables
from countermand.venues.loopring.annotations import ANNOTATIONS, Annotation
from countermand.venues.loopring.errors import Code, Coded
from countermand.venues.loopring.resolve import Pair
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrderTerms,
    OrdType,
    Side,
    Slot,
    TimeInForce,
)
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers, times

# How many slots a token's storage ids share, by what is left of them.
SLOTS = 16_384


class Filled(NamedTuple):
    """What an order has traded, in smallest units, and whether that is all it was for."""

    base: int
    quote: int
    is_whole: bool


def order_terms(pair: Pair, side: Side, noted: Annotation, name: str) -> OrderTerms:
    """
    Return what is asked of the exchange with an order; `name` is the client's own.

    What ends at its amount of quote is worth more lots at a better price. The exchange works that
    out for what trades at once; for what may rest it is that many lots at its own price.
    Raises: Coded for volumes that this market cannot trade.
    """
    base, quote = noted.volumes(side)
    ticks = price_ticks(pair, side, base, quote)
    lots = qty_lots(pair, side, noted, ticks)
    takes = noted.takes
    is_cash = takes and not noted.ends_at_base(side)
    return OrderTerms(
        side,
        OrdType.MARKET if is_cash else OrdType.LIMIT,
        TimeInForce.IOC if takes else TimeInForce.GTD,
        0 if is_cash else lots,
        price_ticks=ticks,
        expire_ns=0 if takes else noted.valid_until_s * times.S,
        exec_inst=ExecInst.POST_ONLY * (noted.order_type == tables.MAKER_ONLY),
        cash=Cash(quote * pair.quote.minor_per_unit) if is_cash else None,
        text=ANNOTATIONS.write(noted),
        secondary_cl_ord_id=name,
        # Ids count from 0, and numbers in a slot from 1.
        slot=Slot(noted.storage_id % SLOTS, noted.storage_id + 1),
    )


def price_ticks(pair: Pair, side: Side, base_volume: int, quote_volume: int) -> int:
    """Return the price volumes imply, floored for a buyer and the next higher for a seller."""
    instrument = pair.instrument
    tick_lots = quote_volume * pair.quote.minor_per_unit * instrument.lot_minor
    per_tick = base_volume * pair.base.minor_per_unit * instrument.notional_minor
    if not per_tick:
        raise Coded(Code.AMOUNT_TOO_SMALL, "volumes must be positive")
    ticks = tick_lots // per_tick if side is Side.BUY else -(-tick_lots // per_tick)
    if not 0 < ticks <= numbers.STEPS_MAX:
        raise Coded(Code.ORDER_NOT_VALID, "volumes imply a price beyond this market's bounds")
    return ticks


def qty_lots(pair: Pair, side: Side, noted: Annotation, ticks: int) -> int:
    """
    Return how many lots an order is for: of its base, or as many as its quote is at its price.

    Raises: Coded for none, and for more than an exchange counts.
    """
    base_volume, quote_volume = noted.volumes(side)
    lots = base_volume * pair.base.minor_per_unit // pair.instrument.lot_minor
    if not noted.ends_at_base(side):
        quote_minor = quote_volume * pair.quote.minor_per_unit
        lots = min(lots, quote_minor // (ticks * pair.instrument.notional_minor))
    if lots > numbers.STEPS_MAX:
        raise Coded(Code.AMOUNT_TOO_LARGE, "volume is above the maximum")
    if lots <= 0:
        raise Coded(Code.AMOUNT_TOO_SMALL, "volume is less than a lot")
    return lots


def volumes(pair: Pair, ticks: int, lots: int) -> tuple[int, int]:
    """Return the base and quote of lots at a price. Raises ValueError when they are not whole."""
    base, beyond = divmod(lots * pair.instrument.lot_minor, pair.base.minor_per_unit)
    notional = pair.instrument.notional_of(ticks, lots)
    quote, beyond_quote = divmod(notional, pair.quote.minor_per_unit)
    if beyond or beyond_quote:
        raise ValueError("volumes are finer than the tokens")
    return base, quote


def filled(pair: Pair, report: OrderReport, noted: Annotation) -> Filled:
    """
    Return what an order has traded, floored; of the side it ends at all, once only dust is left.
    """
    instrument = pair.instrument
    base = pair.base.floor_units(report.cum_qty_lots * instrument.lot_minor)
    quote = pair.quote.floor_units(report.cum_notional_minor)
    base_sent, quote_sent = noted.volumes(report.terms.side)
    if report.leaves_qty_lots or report.cum_qty_lots < report.terms.order_qty_lots:
        return Filled(base, quote, is_whole=False)
    if noted.ends_at_base(report.terms.side):
        return Filled(base_sent, quote, is_whole=True)
    dust_minor = quote_sent * pair.quote.minor_per_unit - report.cum_notional_minor
    is_dust = dust_minor >= 0 and (
        dust_minor < report.terms.price_ticks * instrument.notional_minor
        # What sold for more than it asked may have more left than a lot is at its own price.
        or dust_minor * report.cum_qty_lots < report.cum_notional_minor
    )
    return Filled(base, quote_sent if is_dust else quote, is_whole=is_dust)


def price_text(pair: Pair, base_volume: int, quote_volume: int) -> str:
    """Return the price volumes imply, floored to the digits the market's prices are shown with."""
    digits = pair.display.precision_for_price
    units = quote_volume * int(10 ** (pair.base.token.decimals + digits))
    per_unit = base_volume * int(10**pair.quote.token.decimals)
    return numbers.unscaled(units // per_unit, digits) if per_unit else "0"
