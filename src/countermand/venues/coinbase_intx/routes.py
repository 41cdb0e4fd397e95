"""Routes: what this venue answers, and where each row is written down."""

from countermand.venues.coinbase_intx import (
    account,
    cancel,
    fees,
    fills,
    markets,
    mass_cancel,
    place,
    positions,
    preview,
    read_orders,
    replace,
    summary,
)
from countermand.wire.operation import Access
from countermand.wire.operation import Operation as Do
from countermand.wire.route import Routes, rows_at

_SOURCE = "INTX REST reference: "
_row = rows_at("/api/v1", _SOURCE)
_of_portfolio = rows_at("/api/v1/portfolios/{portfolio}", _SOURCE)

_PUBLIC, _VIEW, _TRADE = Access

_ORDERS = (
    _row("POST /orders", Do.PLACE_ORDER, _TRADE, place.PLACE, "Create order"),
    _row(
        "POST /orders/preview",
        Do.PREVIEW_ORDER,
        _VIEW,
        preview.PREVIEW,
        "specification file, previewOrder",
    ),
    _row("GET /orders/{id}", Do.GET_ORDER, _VIEW, read_orders.GET, "Get order details"),
    _row("GET /orders", Do.LIST_ORDERS, _VIEW, read_orders.LIST, "List open orders"),
    _row("PUT /orders/{id}", Do.REPLACE_ORDER, _TRADE, replace.REPLACE, "Modify open order"),
    _row("DELETE /orders/{id}", Do.CANCEL_ORDER, _TRADE, cancel.CANCEL, "Cancel order"),
    _row("DELETE /orders", Do.MASS_CANCEL, _TRADE, mass_cancel.MASS_CANCEL, "Cancel orders"),
)

_MARKETS = (
    _row("GET /instruments", Do.LIST_INSTRUMENTS, _PUBLIC, markets.LIST, "List instruments"),
    _row(
        "GET /instruments/{instrument}",
        Do.GET_INSTRUMENT,
        _PUBLIC,
        markets.GET,
        "Get instrument details",
    ),
    _row(
        "GET /instruments/{instrument}/quote",
        Do.GET_QUOTE,
        _PUBLIC,
        markets.QUOTE,
        "Get quote per instrument",
    ),
    _row("GET /assets", Do.LIST_ASSETS, _PUBLIC, markets.ASSETS, "List assets"),
    _row("GET /assets/{asset}", Do.GET_ASSET, _PUBLIC, markets.ASSET, "Get asset details"),
    _row(
        "GET /assets/{asset}/networks",
        Do.GET_ASSET,
        _PUBLIC,
        markets.NETWORKS,
        "Get supported networks per asset",
    ),
    _row("GET /fee-rate-tiers", Do.LIST_FEE_TIERS, _PUBLIC, fees.TIERS, "List fee rate tiers"),
)

_PORTFOLIOS = (
    _row("GET /portfolios", Do.LIST_ACCOUNTS, _VIEW, account.LIST, "List all user portfolios"),
    _row("POST /portfolios", Do.OPEN_ACCOUNT, _TRADE, account.OPEN, "Create portfolio"),
    _row("GET /portfolios/{portfolio}", Do.GET_ACCOUNT, _VIEW, account.GET, "Get user portfolio"),
    _row(
        "PUT /portfolios/{portfolio}",
        Do.CONFIGURE_ACCOUNT,
        _TRADE,
        account.UPDATE,
        "Update portfolio",
    ),
    _row(
        "PATCH /portfolios/{portfolio}",
        Do.CONFIGURE_ACCOUNT,
        _TRADE,
        account.PATCH,
        "Patch portfolio",
    ),
    _of_portfolio(
        "GET /detail", Do.GET_ACCOUNT_DETAIL, _VIEW, summary.DETAIL, "Get portfolio details"
    ),
    _of_portfolio(
        "GET /summary", Do.GET_ACCOUNT_SUMMARY, _VIEW, summary.SUMMARY, "Get portfolio summary"
    ),
    _row(
        "GET /portfolios/fee-rates",
        Do.LIST_FEE_RATES,
        _VIEW,
        fees.RATES,
        "List portfolio fee rates",
    ),
)

_HOLDINGS = (
    _of_portfolio(
        "GET /balances", Do.LIST_BALANCES, _VIEW, account.BALANCES, "List portfolio balances"
    ),
    _of_portfolio(
        "GET /balances/{asset}",
        Do.GET_BALANCE,
        _VIEW,
        account.BALANCE,
        "Get balance for portfolio and asset",
    ),
    _of_portfolio(
        "GET /positions", Do.LIST_POSITIONS, _VIEW, positions.LIST, "List portfolio positions"
    ),
    _of_portfolio(
        "GET /positions/{instrument}",
        Do.GET_POSITION,
        _VIEW,
        positions.GET,
        "Get position for portfolio and instrument",
    ),
    # Our client calls the first of the two, which names any number of portfolios.
    _row("GET /portfolios/fills", Do.LIST_FILLS, _VIEW, fills.LIST, "List fills by portfolios"),
    _of_portfolio("GET /fills", Do.LIST_FILLS, _VIEW, fills.LIST_OF_ONE, "List portfolio fills"),
)

ROUTES = Routes(_ORDERS + _MARKETS + _PORTFOLIOS + _HOLDINGS)
