"""
Assets, instruments and the states an instrument's market can be in. Knows no prices but its own
grid.
"""

from enum import IntEnum

from msgspec import Struct

from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.units import PPB


class InstrumentKind(IntEnum):
    """
    The kind of a market.

    SPOT swaps two assets. PERPETUAL moves a position on margin. BINARY moves a position in a
    contract that pays `payout_ticks` or nothing: one book, in which an account that holds nothing
    and sells takes the other side of the outcome. It is paid for in full, so none can owe more.
    EQUITY moves a position in shares: an account that may borrow holds it on margin and may be
    short, any other holds all it costs.
    """

    SPOT = 1
    PERPETUAL = 2
    BINARY = 3
    EQUITY = 4


class FeeBasis(IntEnum):
    """
    The amount that a fee rate is a part of, and the asset it is taken in.

    NOTIONAL is the value of the fill, in the quote asset. RECEIVED is what the fill brings, in the
    asset it brings: base for a buyer, quote for a seller. VARIANCE is `qty * p * (1 - p)` of a
    binary outcome at probability `p`, in the quote asset.
    """

    NOTIONAL = 1
    RECEIVED = 2
    VARIANCE = 3


class TradingState(IntEnum):
    """The requests that a market accepts. A cancel is accepted in every state."""

    TRADING = 1
    CANCEL_ONLY = 2
    POST_ONLY = 3
    LIMIT_ONLY = 4
    PAUSED = 5
    HALTED = 6

    @property
    def matches(self) -> bool:
        """Whether new orders may enter at all."""
        return self in (TradingState.TRADING, TradingState.POST_ONLY, TradingState.LIMIT_ONLY)


class TriggerBasis(IntEnum):
    """Which price meets triggers (FIX TriggerPriceType, 1107): the last trade's, the reference."""

    LAST_TRADE = 1
    REFERENCE = 2


class Asset(Struct, frozen=True, array_like=True):
    """
    Something balances are kept in.

    Units: one minor unit is `10 ** -scale` of the asset.
    """

    asset_id: AssetId
    venue: str
    symbol: str
    scale: int


class Instrument(Struct, frozen=True, array_like=True):
    """
    A market and its rules.

    Units: a tick is `tick_units / 10**price_scale` of the quote asset, a lot is
    `lot_units / 10**qty_scale` of the base asset; `notional_minor` is what one lot at one tick
    costs in quote minor units, `lot_minor` one lot in base minor units. Rates are parts per
    billion; a band of 0 means none. `*_lots_max` of 0 means no limit. `payout_ticks` is the price
    of a binary outcome that is certain; `low_limit_ticks` and `high_limit_ticks` are fixed price
    limits, 0 for none. With a `fee_step_minor` each fill's fee is the nearest multiple of it,
    halves to even, and an order's fees together are at most their exact sum, rounded likewise;
    without one each fill's fee is truncated. An order whose trigger is met when it comes wakes at
    once, or with `refuses_met_trigger` is refused.
    """

    instrument_id: InstrumentId
    venue: str
    symbol: str
    kind: InstrumentKind
    base_asset_id: AssetId
    quote_asset_id: AssetId
    tick_units: int
    price_scale: int
    lot_units: int
    qty_scale: int
    notional_minor: int
    lot_minor: int
    order_qty_lots_min: int = 1
    order_qty_lots_max: int = 0
    notional_minor_min: int = 0
    position_lots_max: int = 0
    price_band_ppb: int = 0
    market_band_ppb: int = 0
    maker_fee_ppb: int = 0
    taker_fee_ppb: int = 0
    initial_margin_ppb: int = PPB
    reference_price_ticks: int = 0
    trading_state: TradingState = TradingState.TRADING
    payout_ticks: int = 0
    low_limit_ticks: int = 0
    high_limit_ticks: int = 0
    fee_basis: FeeBasis = FeeBasis.NOTIONAL
    fee_step_minor: int = 0
    trigger_basis: TriggerBasis = TriggerBasis.LAST_TRADE
    refuses_met_trigger: bool = False

    @property
    def is_perpetual(self) -> bool:
        """Whether trades move a margined position that is settled when it is closed."""
        return self.kind is InstrumentKind.PERPETUAL

    @property
    def is_binary(self) -> bool:
        """Whether trades move a position in an outcome, paid for when it is opened."""
        return self.kind is InstrumentKind.BINARY

    @property
    def is_equity(self) -> bool:
        """Whether trades move a position in shares."""
        return self.kind is InstrumentKind.EQUITY

    @property
    def has_positions(self) -> bool:
        """Whether trades move a position instead of swapping assets."""
        return self.kind is not InstrumentKind.SPOT

    @property
    def payout_minor(self) -> int:
        """The payout of one lot of a binary outcome that comes true, in quote minor units."""
        return self.payout_ticks * self.notional_minor

    @property
    def fee_reserve_ppb(self) -> int:
        """The dearest fee an order may be charged; a rebate reserves nothing."""
        return max(self.maker_fee_ppb, self.taker_fee_ppb, 0)

    @property
    def limit_down_ticks(self) -> int:
        """The lowest price accepted, in ticks; at least one."""
        lowest = max(1, self.low_limit_ticks)
        width = self.reference_price_ticks * self.price_band_ppb // PPB
        return max(lowest, self.reference_price_ticks - width) if self.price_band_ppb else lowest

    @property
    def limit_up_ticks(self) -> int:
        """The highest price accepted, in ticks; 0 means no limit."""
        fixed = self.high_limit_ticks
        if self.payout_ticks and not fixed:
            fixed = self.payout_ticks - 1
        if not self.price_band_ppb or not self.reference_price_ticks:
            return fixed
        banded = self.reference_price_ticks * (PPB + self.price_band_ppb) // PPB
        return min(banded, fixed) if fixed else banded

    def notional_of(self, price_ticks: int, qty_lots: int) -> int:
        """Return the value of `qty_lots` at `price_ticks`, in quote minor units, exactly."""
        return price_ticks * qty_lots * self.notional_minor
