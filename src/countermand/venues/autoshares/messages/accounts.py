"""
Messages about users, their accounts, what is in them and what happened to them.

Units:  money in dollars and quantities in shares, as JSON numbers, written exactly; percentages out
        of 100; times ISO-8601 with `Z`. An optional field that does not apply is absent.
Source: ETNA manual, "Get user's info", "List user's accounts", "Get account's balance info", "Get
        user's positions", "Get transactions"; the swagger file, `UserInfoModel`,
        `UserAccountModel`, `AccountModel`, `PositionResource`, `GroupPositionsResource`,
        `TransactionMapModel`, `OrderLimits`.
"""

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from countermand.venues.autoshares.paging import (
    INT32_MAX,
    PAGE_SIZE_DEFAULT,
    PageNumber,
    PageSize,
)

Count = Annotated[int, Meta(ge=0, le=INT32_MAX)]

AccessType = Literal["Full", "ReadOnly", "ClosePositionsOnly", "Owner"]
MarginType = Literal["Empty", "Cash", "Margin", "DayTrader", "MarginIra"]
TransactionType = Literal["OrderExecution", "Commission"]


class OfUser(Struct, frozen=True, rename="camel"):
    """`GET /users/{userId}/info` and `/accounts`; `@me` is who asks."""

    user_id: str


class OfAccount(Struct, frozen=True, rename="camel"):
    """`GET A`, `A/info`, `A/details`, `A/positions/groups`."""

    account_id: str


class OfSymbol(Struct, frozen=True, rename="camel"):
    """`GET A/positions/{symbol}`."""

    account_id: str
    symbol: str


class ListPositions(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """`GET A/positions`."""

    account_id: str
    page_number: PageNumber = 0
    page_size: PageSize = PAGE_SIZE_DEFAULT
    sort_field: str = "Id"
    desc: bool = False
    filter: str = ""


class TopPositions(Struct, frozen=True, rename="camel"):
    """`GET A/positions/top`."""

    account_id: str
    count: Count = PAGE_SIZE_DEFAULT


class ListTransactions(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """`GET A/transactions`: its own names for what other lists are asked, all of them required."""

    account_id: str
    page_number: PageNumber | None = None
    page_size: PageSize | None = None
    sort_by: str | None = None
    is_desc: bool | None = None
    filter: str = ""
    check_code: str = ""


class GetLimits(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """`GET A/preview/limits/{symbol}`; without a price the market's is taken."""

    account_id: str
    symbol: str
    price: Decimal | None = None


class User(Struct, frozen=True, kw_only=True, rename="pascal"):
    """Who somebody is."""

    user_id: int
    first_name: str
    middle_name: str
    last_name: str
    login: str
    email: str
    role: int
    added_date: str
    salutation: str
    suffix: str


class NoUser(Struct, frozen=True, kw_only=True, rename="pascal"):
    """What is said of a user whom there is not; with status 500, as it says."""

    model: None
    errors: list[str]
    status_code: int
    is_succeed: bool


class Account(Struct, frozen=True, kw_only=True, rename="pascal"):
    """An account, as it is listed: what `Id` is stands in every path."""

    id: int
    clearing_account: str
    access_type: AccessType
    margin_type: MarginType
    owner_type: str
    enabled: bool
    alias: str
    clearing_firm: str
    is_average_account: bool
    currency: str
    owners: list[User]


class AccountDetails(Struct, frozen=True, kw_only=True, rename="pascal"):
    """An account with who has it and what is in it."""

    id: int
    clearing_account: str
    first_name: str
    middle_name: str
    last_name: str
    login: str
    email: str
    enabled: bool
    cash: Decimal
    currency: str
    status: str
    margin_type: MarginType
    owner_type: str
    is_average_account: bool
    clearing_firm: str
    account_name: str
    equity_total: Decimal
    market_value: Decimal
    open_pl: Decimal = field(name="OpenPL")
    excess_equity: Decimal
    available_to_withdraw: Decimal
    day_trading_buying_power: Decimal
    day_trades: int
    user_id: int


class Info(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    What is in an account: one flat object of numbers, in the venue's own capitals.

    Shape:  `cash` less what shares cost and more what short sales brought; `equityTotal` is `cash +
            marketValue`, `marketValue` the long value and the short one, which is negative;
            `excess` is `equityTotal - maintenanceMargin - pendingCash`, where `pendingCash` is what
            open orders hold.
    """

    cash: Decimal
    net_cash: Decimal
    excess: Decimal
    change_absolute: Decimal
    change_percent: Decimal
    equity_total: Decimal
    pending_orders_count: int
    net_liquidity: Decimal
    stock_long_market_value: Decimal
    stock_short_market_value: Decimal
    option_long_market_value: Decimal
    option_short_market_value: Decimal
    forex_long_market_value: Decimal
    forex_short_market_value: Decimal
    day_trades: int
    stock_buying_power: Decimal
    option_buying_power: Decimal
    forex_buying_power: Decimal
    day_trading_buying_power: Decimal
    pending_cash: Decimal
    maintenance_margin: Decimal
    option_maintenance_margin: Decimal
    open_pl: Decimal = field(name="openPL")
    open_pl_day: Decimal = field(name="openPLDay")
    open_pl_percent: Decimal = field(name="openPLPercent")
    close_pl: Decimal = field(name="closePL")
    market_value: Decimal
    total_pl: Decimal = field(name="totalPL")


class Position(Struct, frozen=True, kw_only=True, rename="pascal"):
    """
    A position; below zero it is short, and so is what it cost.

    Shape:  what belongs to a day stays as it is without trades: the exchange has no end of day.
    """

    id: int
    account_id: int
    clearing_account: str
    security_id: int
    symbol: str
    name: str
    company_name: str
    security_currency: str
    security_type: str
    contract_size: int
    cost_basis: Decimal
    daily_cost_basis: Decimal
    create_date: str
    modify_date: str
    quantity: Decimal
    realized_profit_loss: Decimal
    unrealized_profit_loss: Decimal
    average_open_price: Decimal
    average_close_price: Decimal
    stop_loss_price: Decimal
    take_profit_price: Decimal
    daily_close_profit_loss: Decimal
    excess_changes: Decimal
    day_quantity: Decimal
    market_value_eod: Decimal = field(name="MarketValueEOD")
    margin_type: Literal["Cash", "Margin"]


class Group(Struct, frozen=True, rename="pascal"):
    """What a kind of securities, or one of them, is worth."""

    name: str
    market_value: Decimal


class Fee(Struct, frozen=True, kw_only=True, rename="pascal"):
    """What a transaction cost besides its value."""

    id: int
    commission_id: str
    value: Decimal
    seizure: str
    leverage: int
    value_type: str


class Transaction(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """
    What came into an account or left it: an execution, or the commission for one.

    Shape:  the values of both together are what became of the cash.
    """

    id: int
    security_id: int
    symbol: str
    order_id: int
    order_state_id: int
    account_id: int
    date: str
    value: Decimal
    quantity: Decimal
    price: Decimal
    leaves_quantity: Decimal
    fee: Fee | None = None
    type: TransactionType
    is_day_trade: bool
    margin_type: Literal["Cash", "Margin"]


class Limits(Struct, frozen=True, kw_only=True, rename="pascal"):
    """How many shares an order of each side may be about, and at which price that was counted."""

    buy_price: Decimal
    sell_price: Decimal
    buy_limit: Decimal
    sell_limit: Decimal
    account_id: int
    symbol: str
