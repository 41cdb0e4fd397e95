"""
Messages about balances, positions and what happened to an account.

Units: `Raw` fields are JSON numbers in the currency beside them; older quantities are whole
       contracts, rounded, and the ones called `Decimal` have four decimals.
Source: Portfolio API and Account API schemas; the official Python SDK 2.4.1, types/portfolio.py and
        types/account.py.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Raw, Struct

from countermand.venues.polymarket_us.messages.shared import NOTHING, Amount, MarketMetadata

ActivityType = Literal[
    "ACTIVITY_TYPE_TRADE",
    "ACTIVITY_TYPE_POSITION_RESOLUTION",
    "ACTIVITY_TYPE_ACCOUNT_DEPOSIT",
    "ACTIVITY_TYPE_ACCOUNT_ADVANCED_DEPOSIT",
    "ACTIVITY_TYPE_ACCOUNT_WITHDRAWAL",
    "ACTIVITY_TYPE_REFERRAL_BONUS",
    "ACTIVITY_TYPE_TRANSFER",
    "ACTIVITY_TYPE_TAKER_FEE_REBATE",
    "ACTIVITY_TYPE_LIQUIDITY_PROGRAM",
]

Limit = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class UserBalance(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    An account's balance of a currency.

    Shape: `buying_power` is `current_balance + asset_available - open_orders -
           margin_requirement`. What is nothing here is always that: see the README.
    """

    current_balance: Raw
    currency: str
    last_updated: str
    buying_power: Raw
    asset_notional: Raw = NOTHING
    asset_available: Raw = NOTHING
    pending_credit: Raw = NOTHING
    open_orders: Raw
    unsettled_funds: Raw = NOTHING
    pending_withdrawals: list[Any] = []
    margin_requirement: Raw
    balance_reservation: Raw = NOTHING


class BalancePage(Struct, frozen=True):
    """`GET /v1/account/balances`."""

    balances: list[UserBalance]


class ListPositions(Struct, frozen=True, omit_defaults=True):
    """`GET /v1/portfolio/positions`; a `limit` of 0 is one that was not given."""

    market: str = ""
    limit: Limit = 0
    cursor: str = ""


class UserPosition(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    A position; below zero it is short, which is to hold NO.

    Shape: `cost` is what the open contracts cost, those of YES and those of NO;
           `cash_value` is profit that is not realized.
    """

    net_position: str
    net_position_decimal: str
    qty_bought: str
    qty_bought_decimal: str
    qty_sold: str
    qty_sold_decimal: str
    # The exchange has no end of day at which a position would be carried over.
    bod_position: str = "0"
    bod_position_decimal: str = "0.0000"
    qty_available: str
    qty_available_decimal: str
    cost: Amount
    realized: Amount
    cash_value: Amount
    fees: Amount
    expired: bool
    update_time: str | None
    market_metadata: MarketMetadata


class PositionPage(Struct, frozen=True, rename="camel"):
    """`GET /v1/portfolio/positions`: a map by slug."""

    positions: dict[str, UserPosition]
    next_cursor: str
    eof: bool


class ListActivities(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """
    `GET /v1/portfolio/activities`. A `limit` of 0 means that none was given; an unknown
    `sort_order` is read as descending.
    """

    limit: Limit = 0
    cursor: str = ""
    market_slug: str = ""
    types: list[ActivityType] = []
    sort_order: str = "SORT_ORDER_DESCENDING"


class Trade(Struct, frozen=True, kw_only=True, rename="camel"):
    """One fill of the account's. It has no order id and no side."""

    id: str
    market_slug: str
    state: str = "TRADE_STATE_NEW"
    create_time: str
    update_time: str
    price: Amount
    qty: str
    qty_decimal: str
    is_aggressor: bool


class Activity(Struct, frozen=True):
    """One event of an account's history."""

    type: ActivityType
    trade: Trade


class ActivityPage(Struct, frozen=True, rename="camel"):
    """`GET /v1/portfolio/activities`."""

    activities: list[Activity]
    next_cursor: str
    eof: bool
