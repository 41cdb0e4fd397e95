"""
Messages about portfolios: what they are, what is in them, what happened to them.

Units: decimals as text, except the fields typed `Raw`, which the venue sends as JSON numbers. In
        fills an empty text means "none"; elsewhere a field that does not apply is absent.
Source: INTX REST reference, "Portfolios"; captured answers.
"""

from msgspec import Raw, Struct

from countermand.venues.coinbase_intx.messages.shared import ZERO, Flag, Paged, Pagination


class GetPortfolio(Struct, frozen=True):
    """`GET /portfolios/{portfolio}`, its detail, summary, balances and positions."""

    portfolio: str


class GetBalance(Struct, frozen=True):
    """`GET /portfolios/{portfolio}/balances/{asset}`."""

    portfolio: str
    asset: str


class GetPosition(Struct, frozen=True):
    """`GET /portfolios/{portfolio}/positions/{instrument}`."""

    portfolio: str
    instrument: str


class CreatePortfolio(Struct, frozen=True):
    """`POST /portfolios`."""

    name: str


class UpdatePortfolio(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`PUT` and `PATCH /portfolios/{portfolio}`: only the name can be changed here."""

    portfolio: str
    name: str | None = None
    portfolio_name: str | None = None
    auto_margin_enabled: Flag | None = None
    cross_collateral_enabled: Flag | None = None
    position_offsets_enabled: Flag | None = None
    pre_launch_trading_enabled: Flag | None = None


class Portfolio(Struct, frozen=True, kw_only=True):
    """A portfolio and what it may do."""

    portfolio_id: str
    portfolio_uuid: str
    name: str
    user_uuid: str
    maker_fee_rate: str
    taker_fee_rate: str
    trading_lock: bool
    withdrawal_lock: bool = True
    borrow_disabled: bool = True
    is_lsp: bool = False
    is_default: bool
    cross_collateral_enabled: bool
    auto_margin_enabled: bool
    pre_launch_trading_enabled: bool
    position_offsets_enabled: bool
    close_only: bool
    forced_liquidation: bool = False


class Balance(Struct, frozen=True, kw_only=True):
    """A portfolio's balance of an asset; `hold` is the part that open orders and positions hold."""

    asset_id: str
    asset_name: str
    asset_uuid: str
    quantity: str
    hold: str
    hold_available_for_collateral: str = "0"
    transfer_hold: str = "0"
    collateral_value: str
    max_withdraw_amount: str
    loan: str = "0"
    loan_collateral_requirement: str = "0"
    pledged_collateral_quantity: str = "0"
    loan_initial_margin_contribution: str = "0"
    collateral_backed_overdraft_loan: str = "0"
    user_requested_loan: str = "0"


class Position(Struct, frozen=True, kw_only=True):
    """
    A perpetual position: `net_size` signed, `im_contribution` its part of the portfolio's margin.
    """

    id: str
    uuid: str
    symbol: str
    instrument_id: str
    instrument_uuid: str
    vwap: str
    net_size: str
    buy_order_size: str
    sell_order_size: str
    im_contribution: str
    unrealized_pnl: str
    mark_price: str
    entry_vwap: str
    index_price: str


class Summary(Struct, frozen=True, kw_only=True):
    """A portfolio in the collateral asset; margins as fractions, and as amounts where so named."""

    collateral: str
    unrealized_pnl: str
    unrealized_pnl_percent: str
    position_notional: str
    open_position_notional: str
    pending_fees: str = "0"
    borrow: str = "0"
    accrued_interest: str = "0"
    rolling_debt: str = "0"
    balance: str
    buying_power: str
    portfolio_initial_margin: Raw
    portfolio_current_margin: Raw
    portfolio_maintenance_margin: Raw = ZERO
    portfolio_close_out_margin: Raw = ZERO
    in_liquidation: bool = False
    portfolio_initial_margin_notional: Raw
    portfolio_current_margin_notional: Raw
    portfolio_maintenance_margin_notional: Raw = ZERO
    portfolio_close_out_margin_notional: Raw = ZERO
    margin_override: Raw = ZERO
    lock_up_initial_margin: Raw = ZERO
    loan_collateral_requirement: str = "0"
    position_offset_notional: Raw = ZERO


class Detail(Struct, frozen=True):
    """Everything about a portfolio."""

    summary: Summary
    balances: list[Balance]
    positions: list[Position]


class FillFilter(Paged, frozen=True, kw_only=True, omit_defaults=True):
    """The filters of both lists of fills; `time_from` is the earliest time."""

    order_id: str | None = None
    client_order_id: str | None = None
    time_from: str | None = None


class ListPortfolioFills(FillFilter, frozen=True, kw_only=True):
    """`GET /portfolios/{portfolio}/fills`."""

    portfolio: str


class ListFills(FillFilter, frozen=True, kw_only=True, omit_defaults=True):
    """`GET /portfolios/fills`: over several portfolios, all of the key's when none is named."""

    portfolios: list[str] = []


class Fill(Struct, frozen=True, kw_only=True):
    """One side of a match, with its order as it stood afterwards."""

    portfolio_id: str
    portfolio_uuid: str
    portfolio_name: str
    fill_id: str
    fill_uuid: str
    exec_id: str
    order_id: str
    order_uuid: str
    instrument_id: str
    instrument_uuid: str
    symbol: str
    match_id: str
    match_uuid: str
    fill_price: str
    fill_qty: str
    client_id: str
    client_order_id: str
    order_qty: str
    limit_price: str
    total_filled: str
    filled_vwap: str
    expire_time: str
    stop_price: str = ""
    side: str
    tif: str
    stp_mode: str
    flags: str = ""
    fee: str
    fee_asset: str
    order_status: str
    event_time: str
    source: str = "CLIENT_ORDER"
    execution_venue: str = "CLOB"


class FillPage(Struct, frozen=True):
    """A part of the fills, newest first."""

    pagination: Pagination
    results: list[Fill]
