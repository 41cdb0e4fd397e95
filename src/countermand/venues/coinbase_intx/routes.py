"""Routes: what this venue answers, and where each row is written down."""

from countermand.venues.coinbase_intx import (
    account,
    cancel,
    fees,
    fills,
    history,
    markets,
    place,
    positions,
    preview,
    read_orders,
    replace,
    streams,
    summary,
)
from countermand.wire.operation import Access
from countermand.wire.operation import Operation as Do
from countermand.wire.route import Routes, rows_at

_row = rows_at("/api/v1", "INTX REST reference: ")
_feed = rows_at("", "INTX WebSocket documentation: ")

PUBLIC, VIEW, TRADE = Access

# A row is one line, or two.
# fmt: off
_ORDERS = (
    _row("POST /orders", Do.PLACE_ORDER, TRADE, place.PLACE, "Create order"),
    _row("POST /orders/preview", Do.PREVIEW_ORDER, VIEW, preview.PREVIEW,
         "specification file, previewOrder"),
    _row("GET /orders/{id}", Do.GET_ORDER, VIEW, read_orders.GET, "Get order details"),
    _row("GET /orders", Do.LIST_ORDERS, VIEW, read_orders.LIST, "List open orders"),
    _row("PUT /orders/{id}", Do.REPLACE_ORDER, TRADE, replace.REPLACE, "Modify open order"),
    _row("DELETE /orders/{id}", Do.CANCEL_ORDER, TRADE, cancel.CANCEL, "Cancel order"),
    _row("DELETE /orders", Do.MASS_CANCEL, TRADE, cancel.MASS_CANCEL, "Cancel orders"),
)

_MARKETS = (
    _row("GET /instruments", Do.LIST_INSTRUMENTS, PUBLIC, markets.LIST, "List instruments"),
    _row("GET /instruments/{instrument}", Do.GET_INSTRUMENT, PUBLIC, markets.GET,
         "Get instrument details"),
    _row("GET /instruments/{instrument}/quote", Do.GET_QUOTE, PUBLIC, markets.QUOTE,
         "Get quote per instrument"),
    _row("GET /instruments/{instrument}/candles", Do.LIST_CANDLES, PUBLIC, history.CANDLES,
         "Get aggregated candles data per instrument"),
    _row("GET /instruments/{instrument}/funding", Do.LIST_FUNDING, PUBLIC, history.FUNDING,
         "Get historical funding rates"),
    _row("GET /instruments/volumes/daily", Do.LIST_VOLUMES, PUBLIC, history.VOLUMES,
         "Get daily trading volumes"),
    _row("GET /assets", Do.LIST_ASSETS, PUBLIC, markets.ASSETS, "List assets"),
    _row("GET /assets/{asset}", Do.GET_ASSET, PUBLIC, markets.ASSET, "Get asset details"),
    _row("GET /assets/{asset}/networks", Do.GET_ASSET, PUBLIC, markets.NETWORKS,
         "Get supported networks per asset"),
    _row("GET /fee-rate-tiers", Do.LIST_FEE_TIERS, PUBLIC, fees.TIERS, "List fee rate tiers"),
)

_PORTFOLIOS = (
    _row("GET /portfolios", Do.LIST_ACCOUNTS, VIEW, account.LIST, "List all user portfolios"),
    _row("POST /portfolios", Do.OPEN_ACCOUNT, TRADE, account.OPEN, "Create portfolio"),
    _row("GET /portfolios/{portfolio}", Do.GET_ACCOUNT, VIEW, account.GET, "Get user portfolio"),
    _row("PUT /portfolios/{portfolio}", Do.CONFIGURE_ACCOUNT, TRADE, account.UPDATE,
         "Update portfolio"),
    _row("PATCH /portfolios/{portfolio}", Do.CONFIGURE_ACCOUNT, TRADE, account.PATCH,
         "Patch portfolio"),
    _row("GET /portfolios/{portfolio}/detail", Do.GET_ACCOUNT_DETAIL, VIEW, summary.DETAIL,
         "Get portfolio details"),
    _row("GET /portfolios/{portfolio}/summary", Do.GET_ACCOUNT_SUMMARY, VIEW, summary.SUMMARY,
         "Get portfolio summary"),
    _row("GET /portfolios/fee-rates", Do.LIST_FEE_RATES, VIEW, fees.RATES,
         "List portfolio fee rates"),
)

_HOLDINGS = (
    _row("GET /portfolios/{portfolio}/balances", Do.LIST_BALANCES, VIEW, account.BALANCES,
         "List portfolio balances"),
    _row("GET /portfolios/{portfolio}/balances/{asset}", Do.GET_BALANCE, VIEW, account.BALANCE,
         "Get balance for portfolio and asset"),
    _row("GET /portfolios/{portfolio}/positions", Do.LIST_POSITIONS, VIEW, positions.LIST,
         "List portfolio positions"),
    _row("GET /portfolios/{portfolio}/positions/{instrument}", Do.GET_POSITION, VIEW, positions.GET,
         "Get position for portfolio and instrument"),
    # Our client calls the first of the two, which names any number of portfolios.
    _row("GET /portfolios/fills", Do.LIST_FILLS, VIEW, fills.LIST, "List fills by portfolios"),
    _row("GET /portfolios/{portfolio}/fills", Do.LIST_FILLS, VIEW, fills.LIST_OF_ONE,
         "List portfolio fills"),
)

_TRANSFERS = (
    _row("GET /transfers", Do.LIST_TRANSFERS, VIEW, history.TRANSFERS, "List matching transfers"),
)

_STREAMS = (
    _feed("GET /", Do.OPEN_STREAM, PUBLIC, streams.MARKET_DATA, "Overview", status=101),
)
# fmt: on

ROUTES = Routes(_ORDERS + _MARKETS + _PORTFOLIOS + _HOLDINGS + _TRANSFERS + _STREAMS)
