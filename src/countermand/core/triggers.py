"""
Triggers: at which price an order wakes, and the orders of a market that sleep, by that price.

A market looks at its last trade or at its reference price, as its instrument says; a bid or an
offer alone wakes nothing. A trigger that trails keeps its distance from the best price
there was since, and never goes back.
"""

from msgspec import Struct
from msgspec.structs import replace
from sortedcontainers import SortedList

from countermand.core.order import Order
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument, TriggerBasis
from countermand.vocabulary.order import OrderTerms, OrdType, Side, Trigger, TriggerDirection
from countermand.vocabulary.reports import OrderReport
from countermand.vocabulary.units import PPB

_UP, _DOWN = TriggerDirection.UP, TriggerDirection.DOWN


class Prices(Struct, frozen=True, gc=False):
    """What a market's triggers look at. Units: ticks, 0 where there is none yet."""

    instrument: Instrument
    last_px_ticks: int
    limit_up_ticks: int

    @property
    def basis_ticks(self) -> int:
        """The price that wakes orders."""
        if self.instrument.trigger_basis is TriggerBasis.REFERENCE:
            return self.instrument.reference_price_ticks
        return self.last_px_ticks

    @property
    def start_ticks(self) -> int:
        """The price that a trailing trigger starts from."""
        return self.basis_ticks or self.instrument.reference_price_ticks


def is_met(trigger: Trigger, price_ticks: int) -> bool:
    """Whether a price wakes what has the trigger; none at all does not."""
    if trigger.direction is _UP:
        return price_ticks >= trigger.price_ticks
    return 0 < price_ticks <= trigger.price_ticks


def is_sound(terms: OrderTerms) -> bool:
    """Whether what is asked for with a trigger can be: see `Trigger`."""
    trigger = terms.trigger
    if trigger is None:
        return True
    sizes = (trigger.price_ticks, trigger.trail_ticks, trigger.trail_ppb)
    trails = trigger.is_trailing
    follows = trigger.direction is (_UP if terms.side is Side.BUY else _DOWN)
    is_limit = terms.ord_type is OrdType.LIMIT
    offset = trigger.limit_offset_ticks
    return (
        min(sizes) >= 0
        and not trigger.is_met
        and terms.ord_type is not OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
        and (follows if trails else trigger.price_ticks > 0)
        and not (trigger.trail_ticks and trigger.trail_ppb)
        and trigger.trail_ppb < PPB
        and (offset is None or (trails and is_limit and not terms.price_ticks))
        and (is_limit or not terms.price_ticks)
    )


def placed(prices: Prices, terms: OrderTerms) -> OrderTerms | None:
    """
    Return the terms with a trigger as they begin: where it trails from, and the price that is held.

    None where a trailing one has no price to start from, or would start at nothing.
    """
    trigger = terms.trigger
    if trigger is None:
        return terms
    price_ticks = trigger.price_ticks
    if not price_ticks:
        price_ticks = _behind(trigger, prices.start_ticks)
    if price_ticks <= 0:
        return None
    return moved(prices, terms, price_ticks)


def moved(prices: Prices, terms: OrderTerms, price_ticks: int) -> OrderTerms:
    """Return the terms with their trigger at a price, and with the price that goes with it."""
    trigger = terms.trigger
    assert trigger is not None, "what has no trigger moves none"
    limit_ticks = terms.price_ticks
    if trigger.limit_offset_ticks is not None:
        sign = 1 if terms.side is Side.BUY else -1
        limit_ticks = max(1, price_ticks + sign * trigger.limit_offset_ticks)
    elif terms.ord_type is OrdType.MARKET:
        limit_ticks = _bound(prices, terms.side, price_ticks)
    now = replace(trigger, price_ticks=price_ticks)
    return replace(terms, trigger=now, price_ticks=limit_ticks)


def trailed(prices: Prices, terms: OrderTerms, price_ticks: int) -> OrderTerms | None:
    """Return the terms as a new price lets their trigger follow, None where it stays."""
    trigger = terms.trigger
    assert trigger is not None, "what has no trigger trails none"
    behind = _behind(trigger, price_ticks)
    nearer = behind > trigger.price_ticks
    if trigger.direction is _UP:
        nearer = behind < trigger.price_ticks
    return moved(prices, terms, behind) if nearer and behind > 0 else None


def _behind(trigger: Trigger, price_ticks: int) -> int:
    # A part of a price is cut to whole ticks, of which there is at least one.
    if not price_ticks:
        return 0
    distance = trigger.trail_ticks or max(1, price_ticks * trigger.trail_ppb // PPB)
    return price_ticks + distance if trigger.direction is _UP else price_ticks - distance


def _bound(prices: Prices, side: Side, trigger_ticks: int) -> int:
    # What an order at the market is held at until it wakes: the band around its trigger, and
    # without a band the trigger.
    width = trigger_ticks * prices.instrument.market_band_ppb // PPB
    if side is Side.SELL:
        return max(1, trigger_ticks - width)
    bound = trigger_ticks + width
    return min(bound, prices.limit_up_ticks) if prices.limit_up_ticks else bound


class Armed:
    """
    The orders of a market that sleep until their triggers are met.

    Those that wake as a price rises by the lowest trigger first, those that wake as it falls by the
    highest; at one trigger by id.
    """

    __slots__ = ("_falling", "_rising", "orders", "trailing")

    def __init__(self) -> None:
        self.orders: dict[OrderId, Order] = {}
        self.trailing: dict[OrderId, Order] = {}
        self._rising: SortedList[tuple[int, int]] = SortedList()
        self._falling: SortedList[tuple[int, int]] = SortedList()

    def add(self, order: Order) -> None:
        """Let an order sleep; one without a trigger is woken by time, and nothing here."""
        order_id, trigger = order.now.order_id, order.now.terms.trigger
        if trigger is None:
            return
        self.orders[order_id] = order
        self._side(trigger).add(_key(trigger, order_id))
        if trigger.is_trailing:
            self.trailing[order_id] = order

    def remove(self, now: OrderReport) -> None:
        """Take an order out that sleeps as `now` has it."""
        order_id, trigger = now.order_id, now.terms.trigger
        if trigger is None:
            return
        del self.orders[order_id]
        self._side(trigger).remove(_key(trigger, order_id))
        self.trailing.pop(order_id, None)

    def met(self, price_ticks: int) -> list[OrderId]:
        """Return who wakes at a price, in the order in which they do."""
        rising = self._rising.irange(maximum=(price_ticks, _LAST))
        falling = self._falling.irange(maximum=(-price_ticks, _LAST)) if price_ticks else ()
        return [OrderId(order_id) for each in (rising, falling) for _, order_id in each]

    def _side(self, trigger: Trigger) -> "SortedList[tuple[int, int]]":
        return self._rising if trigger.direction is _UP else self._falling


# Larger than every order id.
_LAST = 1 << 128


def _key(trigger: Trigger, order_id: OrderId) -> tuple[int, int]:
    price_ticks = trigger.price_ticks
    return (price_ticks if trigger.direction is _UP else -price_ticks, order_id)
