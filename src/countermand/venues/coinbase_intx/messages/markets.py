"""
Messages about assets, instruments and fees.

Units: decimals as text, except the fields typed `Raw`, which the venue sends as JSON numbers;
        `funding_interval` nanoseconds as text; rates as fractions.
Source: INTX REST reference, "Assets", "Instruments", "Fee rates"; captured answers.
"""

from typing import Literal

from msgspec import UNSET, Raw, Struct, UnsetType

from countermand.venues.coinbase_intx.messages.shared import ZERO, InstrumentType


class GetInstrument(Struct, frozen=True):
    """`GET /instruments/{instrument}`: by name, id or UUID."""

    instrument: str


class GetQuote(Struct, frozen=True):
    """`GET /instruments/{instrument}/quote`."""

    instrument: str


class Quote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    The top of the book; an empty side has the size 0 and, but for a perpetual's bids, no price.
    """

    best_bid_price: str | None = None
    best_bid_size: str
    best_ask_price: str | None = None
    best_ask_size: str
    trade_price: str
    trade_qty: str
    index_price: str
    mark_price: str
    settlement_price: str
    limit_up: str
    limit_down: str
    predicted_funding: str
    timestamp: str


class Instrument(Struct, frozen=True, kw_only=True):
    """
    An instrument. The official Python SDK fails on keys it does not know (`execution_exchange`).
    """

    instrument_id: str
    instrument_uuid: str
    symbol: str
    type: Literal["SPOT", "PERP"]
    mode: str = "STANDARD"
    base_asset_id: str
    base_asset_uuid: str
    base_asset_name: str
    quote_asset_id: str
    quote_asset_uuid: str
    quote_asset_name: str
    base_increment: str
    quote_increment: str
    price_band_percent: Raw
    market_order_percent: Raw
    qty_24hr: str
    notional_24hr: str
    avg_daily_qty: str
    avg_daily_notional: str
    avg_30day_notional: str
    avg_30day_qty: str
    previous_day_qty: str = "0"
    open_interest: str
    position_limit_qty: str
    position_limit_adq_pct: Raw
    position_notional_limit: str
    open_interest_notional_limit: str
    replacement_cost: str = "0"
    base_imf: Raw
    default_imf: Raw
    min_notional_value: str
    min_quantity: str
    rfq_maker_fee_rate: str
    funding_interval: str
    trading_state: str
    quote: Quote
    base_asset_multiplier: str = "1.0"
    underlying_type: str = "SPOT"


class GetAsset(Struct, frozen=True):
    """`GET /assets/{asset}`: by name, id or UUID."""

    asset: str


class ListNetworks(Struct, frozen=True):
    """`GET /assets/{asset}/networks`."""

    asset: str


class Asset(Struct, frozen=True, kw_only=True):
    """An asset; what a loan would ask is told of the collateral asset alone."""

    asset_id: str
    asset_uuid: str
    asset_name: str
    status: str = "ACTIVE"
    collateral_weight: Raw
    supported_networks_enabled: bool = False
    min_borrow_qty: str = "0"
    max_borrow_qty: str = "0"
    loan_collateral_requirement_multiplier: Raw = ZERO
    account_collateral_limit: str = "0"
    ecosystem_collateral_limit_breached: bool = False
    loan_initial_margin: str | UnsetType = UNSET
    max_loan_leverage: str | UnsetType = UNSET


class ListFeeRates(Struct, frozen=True, omit_defaults=True):
    """`GET /portfolios/fee-rates`."""

    instrument_type: InstrumentType | None = None


class FeeRate(Struct, frozen=True, kw_only=True):
    """A user's fee rates on one type of instrument."""

    instrument_type: str
    fee_tier_id: str = "1"
    is_vip_tier: bool = False
    fee_tier_name: str = "Countermand"
    maker_fee_rate: str
    taker_fee_rate: str
    is_override: bool = False
    trailing_30day_volume: str = "0"
    trailing_24hr_usdc_balance: str = "0"


class ListFeeTiers(Struct, frozen=True, omit_defaults=True):
    """`GET /fee-rate-tiers`."""

    instrument_type: InstrumentType | None = None


class FeeTier(Struct, frozen=True, kw_only=True):
    """A tier of the fee schedule."""

    fee_tier_type: str = "REGULAR"
    instrument_type: str
    fee_tier_id: str = "1"
    fee_tier_name: str = "Countermand"
    maker_fee_rate: str
    taker_fee_rate: str
    min_balance: str = "0"
    min_volume: str = "0"
    require_balance_and_volume: bool = False
