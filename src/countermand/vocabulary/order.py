"""The order: its words, and its terms: all that is asked of the exchange with one."""

from enum import IntEnum

from msgspec import Struct


class Side(IntEnum):
    """FIX Side (54)."""

    BUY = 1
    SELL = 2

    @property
    def opposite(self) -> "Side":
        """The side this one trades against."""
        return Side.SELL if self is Side.BUY else Side.BUY

    def closable(self, net_lots: int) -> int:
        """Return how much of a net position this side can close; below zero it would add to it."""
        return net_lots if self is Side.SELL else -net_lots


class OrdType(IntEnum):
    """
    FIX OrdType (40).

    MARKET_WITH_LEFT_OVER_AS_LIMIT is FIX's K but for one thing: what is left over stands at the
    best opposite price there was when the order came in, which is the first it can trade at. FIX's
    rest stands at the last.
    """

    MARKET = 1
    LIMIT = 2
    MARKET_WITH_LEFT_OVER_AS_LIMIT = 3


class TimeInForce(IntEnum):
    """FIX TimeInForce (59)."""

    DAY = 0  # ends with the session, where there is one
    GTC = 1
    IOC = 3
    FOK = 4
    GTD = 6


class ExecInst(IntEnum):
    """FIX ExecInst (18), as bits: an order may carry several."""

    NONE = 0
    POST_ONLY = 1  # participate, do not initiate
    REDUCE_ONLY = 2  # may only bring a position toward zero
    ALL_OR_NONE = 4  # trades whole or not at all


class PositionEffect(IntEnum):
    """
    FIX PositionEffect (77): what an order is for. OPEN is refused against an opposite position,
    CLOSE beyond what the position and the orders that already close it leave.
    """

    NONE = 0
    OPEN = 1
    CLOSE = 2


class Outcome(IntEnum):
    """Which side of a binary market money is told in; YES is also what other markets trade."""

    YES = 1
    NO = 2


class SelfTradePrevention(IntEnum):
    """What happens when an incoming order meets its own account's resting order."""

    NONE = 0  # they trade
    AGGRESSING = 1  # the incoming order is canceled
    RESTING = 2  # the resting order is canceled
    BOTH = 3  # both are
    DECREMENT_AND_CANCEL = 4  # the smaller is canceled, the larger loses as much quantity
    REJECT = 5  # the incoming order is refused, whole


class Standing(IntEnum):
    """
    Where an order stands. Which standing can follow which is the table in `core/standing.py`.

    STAGED is written down and not yet placed. CLOSED is over. The others are open: PENDING is taken
    and not yet at the book, ARMED sleeps until its trigger is met, WAITING stands beside the book
    until it can trade, HELD until another order lets it, RESTING in the book.
    """

    STAGED = 1
    PENDING = 2
    WAITING = 3
    HELD = 4
    RESTING = 5
    CLOSED = 6
    ARMED = 7

    @property
    def is_open(self) -> bool:
        """Whether an order that stands here can still trade or be canceled."""
        return self in _OPEN


_OPEN = (Standing.PENDING, Standing.ARMED, Standing.WAITING, Standing.HELD, Standing.RESTING)


class OrdStatus(IntEnum):
    """FIX OrdStatus (39)."""

    NEW = 0
    PARTIALLY_FILLED = 1
    FILLED = 2
    CANCELED = 4
    REJECTED = 8
    EXPIRED = 12

    @property
    def standing(self) -> Standing:
        """Where an order stands whose status alone is told: in the book, or nowhere."""
        open_ones = (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)
        return Standing.RESTING if self in open_ones else Standing.CLOSED


class Pending(IntEnum):
    """
    What of an open order was taken and is not applied yet, by the number of the FIX OrdStatus (39)
    that tells so: PENDING_CANCEL (6), PENDING_NEW (A), PENDING_REPLACE (E).

    Beside a cancel nothing else that is pending is told; a fill changes none of them.
    """

    NONE = 0
    CANCEL = 6
    NEW = 10
    REPLACE = 14


class ExecType(IntEnum):
    """FIX ExecType (150): the last thing that happened to the order."""

    NEW = 0
    CANCELED = 4
    REPLACED = 5
    PENDING_CANCEL = 6
    REJECTED = 8
    PENDING_NEW = 10
    EXPIRED = 12
    RESTATED = 13
    PENDING_REPLACE = 14
    TRADE = 15
    TRIGGERED = 21


class Cash(Struct, frozen=True, array_like=True, gc=False):
    """
    What a market order may spend, or shall bring, instead of a quantity.

    On a binary market it can be money of the NO outcome, where a sell spends and a buy brings the
    payout less the price.

    Units: `minor` in quote minor units.
    """

    minor: int
    of: Outcome = Outcome.YES


class TriggerDirection(IntEnum):
    """FIX TriggerPriceDirection (1109): which prices meet a trigger, at its own and beyond it."""

    UP = 1
    DOWN = 2


class Trigger(Struct, frozen=True, array_like=True, gc=False):
    """
    What wakes an order, which sleeps until then.

    To buy above the market, or sell below it, is a stop; to buy below or sell above takes a profit.
    A limit order comes in at its limit then, a market order at the market, and it names no price of
    its own. With a trail the trigger keeps that distance from the best price since, in ticks or as
    a part of the price; only a stop can trail. It starts at `price_ticks`, and with 0 at its
    distance from the market. With `limit_offset_ticks` the limit of a trailing limit order is so
    far beyond its trigger, and follows it. Once the order has woken, `is_met` says so for ever.

    Units: `trail_ppb` in parts per billion of the price.
    """

    price_ticks: int
    direction: TriggerDirection
    trail_ticks: int = 0
    trail_ppb: int = 0
    limit_offset_ticks: int | None = None
    is_met: bool = False

    @property
    def is_trailing(self) -> bool:
        """Whether it follows the market."""
        return bool(self.trail_ticks or self.trail_ppb)


class Schedule(Struct, frozen=True, array_like=True, gc=False):
    """
    An order that comes in by slices, as many as are left, one every `interval_ns` (TWAP).

    A slice is an even part of what is left, takes what it finds at the order's limit, and never
    rests; what it does not get is for the others. What is left after the last one is canceled.
    """

    slices: int
    interval_ns: int


class Contingency(IntEnum):
    """
    FIX ContingencyType (1385): how two orders of a list act on each other.

    OCO: when one trades or ends the other ends. OUO: the other loses what one trades, and ends when
    one ends.
    """

    NONE = 0
    OCO = 1
    OUO = 3


class Link(Struct, frozen=True, array_like=True, gc=False):
    """
    The list an order is of. Its legs are the `count` orders whose ids follow the list's number.

    A child is let in by the list's first order, as far as that has traded, and for no more than its
    own `order_qty_lots`. The last two orders act on each other by their `contingency`.
    """

    list_id: int
    count: int
    contingency: Contingency
    is_child: bool
    order_qty_lots: int = 0


class Slot(Struct, frozen=True, array_like=True, gc=False):
    """A numbered place that an order stands in, and its number there; see `core/slots.py`."""

    slot: int
    number: int


class OrderTerms(Struct, frozen=True, array_like=True, gc=False):
    """
    What is asked of the exchange with an order; a replacement changes it, a trade never does.

    A market order's `price_ticks` is the worst price it may trade at, 0 for the market's own bound.
    With `cash` it has no quantity of its own, and gets one when it is accepted.
    `secondary_cl_ord_id` need not be unique; `text` is kept and never read.

    Units: `expire_ns` since the Unix epoch, 0 when the order does not expire; `exec_inst` the bits
    of `ExecInst`.
    """

    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    order_qty_lots: int
    price_ticks: int = 0
    expire_ns: int = 0
    exec_inst: int = 0
    stp: SelfTradePrevention = SelfTradePrevention.NONE
    cash: Cash | None = None
    position_effect: PositionEffect = PositionEffect.NONE
    text: str = ""
    secondary_cl_ord_id: str = ""
    slot: Slot | None = None
    trigger: Trigger | None = None
    link: Link | None = None
    schedule: Schedule | None = None

    @property
    def cash_minor(self) -> int:
        """The cash an order is for, 0 for one with a quantity."""
        return self.cash.minor if self.cash else 0

    @property
    def is_immediate(self) -> bool:
        """Whether what does not trade at once ends."""
        return self.time_in_force is TimeInForce.IOC or self.time_in_force is TimeInForce.FOK


class CancelOnly(IntEnum):
    """The condition under which a cancel is executed."""

    NONE = 0
    NEW = 1  # it has traded nothing
    PARTIALLY_FILLED = 2  # it has traded a part


class ReplacePolicy(IntEnum):
    """The fate of a replacement that asks for no more than the executed quantity."""

    REFUSE_EXECUTED = 0
    CANCEL_EXECUTED = 1  # the order ends, as a cancel would end it
