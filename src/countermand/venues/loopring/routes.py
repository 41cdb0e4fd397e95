"""Routes: what this venue answers, and where each row is written down."""

from countermand.venues.loopring import (
    account,
    cancel,
    candles,
    depth,
    fees,
    fills,
    markets,
    place,
    read_orders,
    session,
    slots,
    streams,
    tickers,
    ws_keys,
)
from countermand.venues.loopring.base_string import collapsed
from countermand.wire.operation import Access
from countermand.wire.operation import Operation as Do
from countermand.wire.route import Form, Routes, rows_at

_row = rows_at("/api/v3", "DEX API v3, ", query=Form(repeats=True))
_ws = rows_at("", "DEX API v3, ")

PUBLIC, VIEW, TRADE = Access

# A row is one line, or two.
# fmt: off
_ORDERS = (
    _row("POST /order", Do.PLACE_ORDER, TRADE, place.PLACE, "Submit order"),
    _row("GET /order", Do.GET_ORDER, VIEW, read_orders.GET, "Get order"),
    _row("GET /orders", Do.LIST_ORDERS, VIEW, read_orders.LIST, "Get orders"),
    _row("DELETE /order", Do.CANCEL_ORDER, TRADE, cancel.CANCEL, "Cancel order"),
    _row("DELETE /orders/byHash", Do.CANCEL_ORDER, TRADE, cancel.BY_HASH, "Cancel orders by hash"),
    _row("DELETE /orders/byClientOrderId", Do.CANCEL_ORDER, TRADE, cancel.BY_NAME,
         "Cancel orders by client order id"),
)

_USER = (
    _row("GET /apiKey", Do.GET_KEY, VIEW, session.GET, "Get user's ApiKey"),
    _row("POST /apiKey", Do.CHANGE_KEY, TRADE, session.ROTATE, "Update user's ApiKey"),
    _row("GET /storageId", Do.GET_SLOT, VIEW, slots.NEXT, "Get next storage id"),
    _row("GET /user/balances", Do.LIST_BALANCES, VIEW, account.BALANCES,
         "Get user exchange balances"),
    _row("GET /user/trades", Do.LIST_FILLS, VIEW, fills.LIST, "Get user trades"),
    _row("GET /user/orderUserRateAmount", Do.LIST_FEE_RATES, VIEW, fees.RATES,
         "Query current token minimum order amount"),
    _row("GET /user/feeRates", Do.LIST_FEE_RATES, VIEW, fees.FEE_RATES, "Get user fee rates"),
    _row("GET /user/offchainFee", Do.LIST_FEE_RATES, VIEW, fees.OFFCHAIN,
         "Get user off-chain fees"),
    _row("GET /user/orderFee", Do.LIST_FEE_RATES, VIEW, fees.FEE, "Get order fee rate of a token"),
)

_PUBLIC = (
    _row("GET /timestamp", Do.GET_TIME, PUBLIC, markets.TIME, "Get relayer's current time"),
    _row("GET /exchange/info", Do.GET_STATUS, PUBLIC, markets.INFO, "Get exchange info"),
    _row("GET /exchange/tokens", Do.LIST_ASSETS, PUBLIC, markets.TOKENS, "Get token info"),
    _row("GET /exchange/markets", Do.LIST_INSTRUMENTS, PUBLIC, markets.MARKETS, "Get market info"),
    _row("GET /mix/markets", Do.LIST_INSTRUMENTS, PUBLIC, markets.MIX_MARKETS,
         "Get mix market info"),
    _row("GET /amm/pools", Do.LIST_INSTRUMENTS, PUBLIC, markets.POOLS,
         "Get AMM pool configurations"),
    _row("GET /depth", Do.GET_DEPTH, PUBLIC, depth.DEPTH, "Get market depth"),
    _row("GET /mix/depth", Do.GET_DEPTH, PUBLIC, depth.DEPTH, "Get mix market depth"),
    _row("GET /trade", Do.LIST_TRADES, PUBLIC, fills.TRADES, "Get recent market trades"),
    _row("GET /ticker", Do.GET_QUOTE, PUBLIC, tickers.TICKERS, "Get ticker"),
    _row("GET /mix/ticker", Do.GET_QUOTE, PUBLIC, tickers.TICKERS, "Get mix ticker"),
    _row("GET /candlestick", Do.LIST_CANDLES, PUBLIC, candles.CANDLES, "Get candlestick data"),
    _row("GET /mix/candlestick", Do.LIST_CANDLES, PUBLIC, candles.CANDLES,
         "Get mix candlestick data"),
    _row("GET /price", Do.GET_QUOTE, PUBLIC, tickers.PRICES, "Get token prices"),
    _row("GET /exchange/feeInfo", Do.LIST_FEE_RATES, PUBLIC, fees.OFFCHAIN, "Get fee info"),
    _row("GET /account", Do.GET_ACCOUNT, PUBLIC, account.GET, "Query user information"),
)

_STREAMS = (
    _ws("GET /v3/ws/key", Do.GET_STREAM_KEY, PUBLIC, ws_keys.KEY, "WebSocket key"),
    _ws("GET /v2/ws/key", Do.GET_STREAM_KEY, PUBLIC, ws_keys.OLD_KEY,
        "WebSocket key, of version 2"),
    _ws("GET /v3/ws", Do.OPEN_STREAM, PUBLIC, streams.SOCKET, "WebSocket", status=101),
    _ws("GET /v2/ws", Do.OPEN_STREAM, PUBLIC, streams.SOCKET, "WebSocket, of version 2",
        status=101),
)
# fmt: on

ROUTES = Routes(_ORDERS + _USER + _PUBLIC + _STREAMS, normal=collapsed)
