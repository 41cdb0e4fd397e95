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
from typing import ClassVar, Literal

from msgspec import UNSET, Struct, UnsetType, field

from countermand.venues.autoshares.messages.shared import (
    NO_DATE,
    PAGE_SIZE_DEFAULT,
    Count,
    Paged,
    PageSize,
)

_ZERO = Decimal(0)

AccessType = Literal["Full", "ReadOnly", "ClosePositionsOnly", "Owner"]
MarginType = Literal["Empty", "Cash", "Margin", "DayTrader", "MarginIra"]
TransactionType = Literal["OrderExecution", "Commission"]


class OfUser(Struct, frozen=True, rename="camel"):
    """`GET /users/{userId}/info` and `/accounts`; `@me` is the user of the key."""

    user_id: str


class OfAccount(Struct, frozen=True, rename="camel"):
    """`GET A`, `A/info`, `A/details`, `A/positions/groups`."""

    account_id: str


class OfSymbol(Struct, frozen=True, rename="camel"):
    """`GET A/positions/{symbol}`."""

    account_id: str
    symbol: str


class ListPositions(Paged, frozen=True, kw_only=True):
    """`GET A/positions`, whose largest page is one below that of other lists."""

    SIZE_MAX: ClassVar[int] = 99

    account_id: str


class TopPositions(Struct, frozen=True, rename="camel"):
    """`GET A/positions/top`."""

    account_id: str
    count: Count = PAGE_SIZE_DEFAULT


class ListTransactions(Paged, frozen=True, kw_only=True):
    """`GET A/transactions`: its own names for what other lists are asked, all of them required."""

    SORT: ClassVar[str] = "sortBy"

    account_id: str
    page_number: Count
    page_size: PageSize
    sort_field: str = field(name="sortBy")
    desc: bool = field(name="isDesc")
    check_code: str = ""


class ListTransfers(Paged, frozen=True, kw_only=True):
    """`GET A/transfers`, asked like transactions."""

    SORT: ClassVar[str] = "sortBy"

    account_id: str
    page_number: Count
    page_size: PageSize
    sort_field: str = field(name="sortBy")
    desc: bool = field(name="isDesc")


class GetHistory(Struct, frozen=True, rename="camel"):
    """`GET A/history`: what an account was worth between two dates; `step` means nothing."""

    account_id: str
    start_date: str
    end_date: str
    step: int


class Worth(Struct, frozen=True, rename="pascal"):
    """The worth of an account on a day."""

    date: str
    value: Decimal


class Preset(Struct, frozen=True, rename="pascal"):
    """The first values of a form for one kind of securities."""

    order_type: str = "Market"
    quantity: int = 100
    duration_type: str = "Day"
    exchange_type: str = "Auto"
    all_or_none: bool = field(name="AON", default=False)


class Presets(Struct, frozen=True, rename="pascal"):
    """The first values of a form."""

    stocks: Preset = Preset()


class TradingSettings(Struct, frozen=True, rename="pascal"):
    """The first values of a user's terminal; the same for all, except the largest order."""

    max_stocks_quantity: int
    instruments: Presets = Presets()
    quantity_step_increment_multiplier: int = 1
    price_step_increment_multiplier: int = 1
    do_not_close_trade_popup_on_order_placement: bool = False
    skip_verify_order: str = "Show"
    skip_verify_cancel_order: str = "Show"
    skip_verify_closing_position: str = "Show"
    skip_verify_order_replace: str = "Show"
    skip_place_order_status: str = "Show"
    skip_cancel_order_status: str = "Show"
    skip_closing_position_status: str = "Show"
    skip_order_replace_status: str = "Show"
    max_options_quantity: int = 0


class GetLimits(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """`GET A/preview/limits/{symbol}`; without a price the market's is taken."""

    account_id: str
    symbol: str
    price: Decimal | None = None


class User(Struct, frozen=True, kw_only=True, rename="pascal"):
    """A user."""

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
    """The answer about a user that does not exist, with status 500, as it says."""

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
    owner_type: str = "IndividualCustomer"
    enabled: bool
    alias: str
    clearing_firm: str
    is_average_account: bool = False
    currency: str
    owners: list[User]


class AccountDetails(Struct, frozen=True, kw_only=True, rename="pascal"):
    """An account with its owner and its balances."""

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
    status: str = "Approved"
    margin_type: MarginType
    owner_type: str = "IndividualCustomer"
    is_average_account: bool = False
    clearing_firm: str
    account_name: str
    equity_total: Decimal
    market_value: Decimal
    open_pl: Decimal = field(name="OpenPL")
    excess_equity: Decimal
    available_to_withdraw: Decimal
    day_trading_buying_power: Decimal
    day_trades: int = 0
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
    change_absolute: Decimal = _ZERO
    change_percent: Decimal = _ZERO
    equity_total: Decimal
    pending_orders_count: int
    net_liquidity: Decimal
    stock_long_market_value: Decimal
    stock_short_market_value: Decimal
    option_long_market_value: Decimal = _ZERO
    option_short_market_value: Decimal = _ZERO
    forex_long_market_value: Decimal = _ZERO
    forex_short_market_value: Decimal = _ZERO
    day_trades: int = 0
    stock_buying_power: Decimal
    option_buying_power: Decimal = _ZERO
    forex_buying_power: Decimal = _ZERO
    day_trading_buying_power: Decimal
    pending_cash: Decimal
    maintenance_margin: Decimal
    option_maintenance_margin: Decimal = _ZERO
    open_pl: Decimal = field(name="openPL")
    open_pl_day: Decimal = field(name="openPLDay", default=_ZERO)
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
    contract_size: int = 1
    cost_basis: Decimal
    daily_cost_basis: Decimal
    create_date: str = NO_DATE
    modify_date: str
    quantity: Decimal
    realized_profit_loss: Decimal
    unrealized_profit_loss: Decimal
    average_open_price: Decimal
    average_close_price: Decimal = _ZERO
    stop_loss_price: Decimal = _ZERO
    take_profit_price: Decimal = _ZERO
    daily_close_profit_loss: Decimal = _ZERO
    excess_changes: Decimal = _ZERO
    day_quantity: Decimal = _ZERO
    market_value_eod: Decimal = field(name="MarketValueEOD", default=_ZERO)
    margin_type: Literal["Cash", "Margin"]


class Group(Struct, frozen=True, rename="pascal"):
    """The worth of a kind of securities, or of one of them."""

    name: str
    market_value: Decimal


class Fee(Struct, frozen=True, kw_only=True, rename="pascal"):
    """A cost of a transaction besides its value."""

    id: int
    commission_id: str = "Per Trade Commission"
    value: Decimal
    seizure: str = "Execution"
    leverage: int = 1
    value_type: str = "Absolute"


class Transaction(Struct, frozen=True, kw_only=True, rename="pascal"):
    """
    A change of an account: an execution, or the commission for one.

    Shape:  the values of both together are what became of the cash.
    """

    id: int
    security_id: int
    symbol: str
    order_id: int
    order_state_id: int = 0
    account_id: int
    date: str
    value: Decimal
    quantity: Decimal
    price: Decimal
    leaves_quantity: Decimal
    fee: Fee | UnsetType = UNSET
    type: TransactionType
    is_day_trade: bool = False
    margin_type: Literal["Cash", "Margin"]


class Limits(Struct, frozen=True, kw_only=True, rename="pascal"):
    """How many shares an order of each side may be about, and at which price that was counted."""

    buy_price: Decimal
    sell_price: Decimal
    buy_limit: Decimal
    sell_limit: Decimal
    account_id: int
    symbol: str
