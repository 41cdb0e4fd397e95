"""Routes: what this venue answers, and where each row is written down."""

from countermand.venues.deltadefi import (
    account,
    build,
    cancel,
    candles,
    depth,
    fills,
    keys,
    markets,
    place,
    read_orders,
    status,
    streams,
)
from countermand.wire.operation import Access
from countermand.wire.operation import Operation as Do
from countermand.wire.route import QUERY, Routes, rows_at

_row = rows_at("", "API reference: ")
_sdk = rows_at("/accounts", "Python SDK 1.1.1: get_")
_elsewhere = rows_at("", "")

PUBLIC, VIEW, TRADE = Access

# A row is one line, or two. Of several spellings our client calls the first.
# fmt: off
_ORDERS = (
    _row("POST /order/build", Do.STAGE_ORDER, TRADE, build.BUILD, "Build Place Order"),
    _row("POST /orders/build", Do.STAGE_ORDER, TRADE, build.BUILD, "Build Place Order"),
    _row("POST /order/submit", Do.PLACE_ORDER, TRADE, place.PLACE, "Submit Place Order"),
    _row("POST /orders/submit", Do.PLACE_ORDER, TRADE, place.PLACE, "Submit Place Order"),
    # A cancel's body is not read.
    _row("POST /order/{orderId}/cancel", Do.CANCEL_ORDER, TRADE, cancel.CANCEL, "Cancel Order",
         form=QUERY),
    _row("POST /order/cancel-all", Do.MASS_CANCEL, TRADE, cancel.MASS_CANCEL,
         "Cancel All Orders"),
    _row("GET /accounts/order/{id}", Do.GET_ORDER, VIEW, read_orders.GET, "Get Order"),
    _row("GET /account/order", Do.GET_ORDER, VIEW, read_orders.GET, "Get Order"),
    _row("GET /accounts/open-orders", Do.LIST_ORDERS, VIEW, read_orders.OPEN, "Get Open Orders"),
    _row("GET /accounts/trade-orders", Do.LIST_ORDERS, VIEW, read_orders.CLOSED,
         "Get Trade Orders"),
    _row("GET /accounts/trades", Do.LIST_FILLS, VIEW, fills.LIST, "Get Trades"),
)

_ACCOUNTS = (
    _row("GET /accounts/balance", Do.LIST_BALANCES, VIEW, account.BALANCES, "Get Account Balance"),
    _row("GET /accounts/operation-key", Do.GET_KEY, VIEW, keys.OPERATION_KEY, "Get Operation Key"),
    _row("GET /accounts/spot-account", Do.GET_ACCOUNT, VIEW, keys.SPOT_ACCOUNT, "Get Spot Account"),
    _row("POST /accounts/spot-account", Do.CHANGE_KEY, TRADE, keys.CREATE, "Create Spot Account"),
    _row("PATCH /accounts/spot-account", Do.CHANGE_KEY, TRADE, keys.UPDATE, "Update Spot Account"),
    _row("PUT /accounts/spot-account", Do.CHANGE_KEY, TRADE, keys.UPDATE, "Update Spot Account"),
    _row("GET /accounts/api-key", Do.GET_KEY, VIEW, keys.API_KEY, "Get API Key"),
    _row("GET /accounts/new-api-key", Do.CHANGE_KEY, TRADE, keys.NEW_API_KEY, "Create New API Key"),
    _sdk("GET /max-deposit", Do.GET_ACCOUNT_DETAIL, VIEW, account.MAX_DEPOSIT, "max_deposit"),
    _sdk("GET /deposit-records", Do.LIST_TRANSFERS, VIEW, account.RECORDS, "deposit_records"),
    _sdk("GET /withdrawal-records", Do.LIST_TRANSFERS, VIEW, account.RECORDS, "withdrawal_records"),
    _sdk("GET /transferal-records", Do.LIST_TRANSFERS, VIEW, account.RECORDS, "transferal_records"),
    _sdk("GET /transferal-records/{tx_hash}", Do.LIST_TRANSFERS, VIEW, account.RECORD,
         "transferal_record_by_tx_hash"),
)

_MARKETS = (
    _row("GET /app/market-config", Do.LIST_INSTRUMENTS, PUBLIC, markets.LIST, "Get Market Config"),
    _row("GET /market/market-price", Do.GET_QUOTE, PUBLIC, markets.PRICES, "Get Market Price"),
    _elsewhere("GET /market/market-price/{symbol}", Do.GET_QUOTE, PUBLIC, markets.PRICE,
               "Hummingbot connector: market price"),
    _row("GET /market/graph/{symbol}", Do.LIST_CANDLES, PUBLIC, candles.CANDLES,
         "Get Aggregated Price"),
    _row("GET /market/aggregate/{symbol}", Do.LIST_CANDLES, PUBLIC, candles.CANDLES,
         "Get Aggregated Price"),
    _row("GET /market/depth", Do.GET_DEPTH, PUBLIC, depth.DEPTH, "Get Market Depth (August 2025)"),
    _row("GET /markets/depth", Do.GET_DEPTH, PUBLIC, depth.DEPTH, "Get Market Depth (August 2025)"),
    _row("GET /app/terms-and-conditions", Do.GET_STATUS, PUBLIC, status.TERMS,
         "Get Terms and Conditions"),
    _elsewhere("GET /app/hydra-cycle", Do.GET_STATUS, VIEW, status.HYDRA_CYCLE,
               "Python SDK 1.1.1: get_hydra_cycle"),
    _row("GET /health/trading-lock-status", Do.GET_STATUS, PUBLIC, status.LOCK,
         "Trading Lock Status"),
)

# Of each stream the Python SDK's path and Hummingbot's, the Rust SDK's, and older documents'.
_STREAMS = (
    _row("GET /accounts/stream", Do.OPEN_STREAM, VIEW, streams.ACCOUNT, "Account Stream",
         status=101),
    _row("GET /accounts/ws/stream", Do.OPEN_STREAM, VIEW, streams.ACCOUNT,
         "Account Stream (August 2025)", status=101),
    _elsewhere("GET /ws", Do.OPEN_STREAM, VIEW, streams.SILENCE,
               "Python SDK 1.1.1: connect without a path", status=101),
    *(
        _row(f"GET /market{ws}/{name}/{{symbol}}", Do.OPEN_STREAM, PUBLIC, op, source, status=101)
        for ws in ("", "/ws")
        for name, op, source in (
            ("depth", streams.DEPTH, "Market Depth Stream"),
            ("market-price", streams.PRICE, "Market Price Stream"),
            ("recent-trades", streams.TRADES, "Recent Trades Stream"),
            ("recent-trade", streams.TRADES, "Recent Trades Stream"),
        )
    ),
    _elsewhere("GET /market/ws/graph/{symbol}/{interval}", Do.OPEN_STREAM, PUBLIC, streams.CANDLES,
               "Rust SDK 1.1.4: graph stream", status=101),
)
# fmt: on


def normal(path: bytes) -> bytes:
    """
    Return a path in which a cancel of an empty id asks for an id that no order has.

    Source: API reference, "Cancel Order": the 404 has a code.
    """
    return b"/order/-/cancel" if path == b"/order//cancel" else path


ROUTES = Routes(_ORDERS + _ACCOUNTS + _MARKETS + _STREAMS, normal)
