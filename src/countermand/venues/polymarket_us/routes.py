"""Routes: what this venue answers, and where each row is written down."""

from typing import Any

from countermand.venues.polymarket_us import (
    account,
    cancel,
    depth,
    fills,
    gateway,
    markets,
    place,
    positions,
    preview,
    read_orders,
    replace,
    streams,
)
from countermand.venues.polymarket_us.normalize import normalize
from countermand.wire.operation import Access
from countermand.wire.operation import Operation as Do
from countermand.wire.route import Form, Route, Routes, rows_at

PUBLIC, VIEW, TRADE = Access

_BODY = Form(body=True, normalize=normalize, decimal_numbers=True, unique=True)
_ORDERS, _MARKETS = "Orders API reference: ", "Markets API reference: "
_WS = "WebSocket documentation: "
_PORTFOLIO, _SDK = "Portfolio API reference: ", "official Python SDK 2.4.1: resources/"

_order = rows_at("/v1/order", _ORDERS, body=_BODY)
_orders = rows_at("/v1", _ORDERS, body=_BODY)
_batch = rows_at("/v1/orders/batched", _ORDERS, body=_BODY)
_open = rows_at("/v1/orders/open", _ORDERS, body=_BODY)
_market = rows_at("/v1/market", _MARKETS)
_markets = rows_at("/v1", _MARKETS)
_book = rows_at("/v1/markets/{slug}", _MARKETS)
_account = rows_at("/v1/account", _PORTFOLIO)
_portfolio = rows_at("/v1/portfolio", _PORTFOLIO)
_sdk = rows_at("/v1", _SDK)
_socket = rows_at("/v1/ws", _WS)


def _nothing(line: str, source: str, **answer: Any) -> Route:
    return _sdk(line, Do.LIST_INSTRUMENTS, PUBLIC, gateway.nothing(**answer), source)


def _missing(line: str, source: str) -> Route:
    return _sdk(line, Do.GET_INSTRUMENT, PUBLIC, gateway.ONE, source)


# Our client calls the first row of an operation.
_ROWS = (
    _orders("POST /orders", Do.PLACE_ORDER, TRADE, place.PLACE, "Create Order"),
    _orders("POST /orders/batched", Do.PLACE_ORDER, TRADE, place.BATCH, "Create Batched Orders"),
    _order("POST /close-position", Do.PLACE_ORDER, TRADE, place.CLOSE, "Close Position Order"),
    _order("POST /preview", Do.PREVIEW_ORDER, VIEW, preview.PREVIEW, "Preview Order"),
    _order("GET /{orderId}", Do.GET_ORDER, VIEW, read_orders.GET, "Get Order"),
    _orders("GET /orders/open", Do.LIST_ORDERS, VIEW, read_orders.LIST, "Get Open Orders"),
    _order("POST /{orderId}/modify", Do.REPLACE_ORDER, TRADE, replace.REPLACE, "Modify Order"),
    _batch("POST /modify", Do.REPLACE_ORDER, TRADE, replace.BATCH, "Modify Batched Orders"),
    _order("POST /{orderId}/cancel", Do.CANCEL_ORDER, TRADE, cancel.CANCEL, "Cancel Order"),
    _batch("POST /cancel", Do.CANCEL_ORDER, TRADE, cancel.BATCH, "Cancel Batched Orders"),
    _open("POST /cancel", Do.MASS_CANCEL, TRADE, cancel.MASS_CANCEL, "Cancel All Open Orders"),
    _markets("GET /markets", Do.LIST_INSTRUMENTS, PUBLIC, markets.LIST, "Get Markets"),
    _market("GET /slug/{slug}", Do.GET_INSTRUMENT, PUBLIC, markets.BY_SLUG, "Get Market by Slug"),
    _market("GET /id/{id}", Do.GET_INSTRUMENT, PUBLIC, markets.BY_ID, "Get Market by ID"),
    _book("GET /bbo", Do.GET_QUOTE, PUBLIC, depth.QUOTE, "Get Market BBO"),
    _book("GET /book", Do.GET_DEPTH, PUBLIC, depth.BOOK, "Get Market Book"),
    _book("GET /settlement", Do.GET_INSTRUMENT, PUBLIC, depth.SETTLEMENT, "Get Market Settlement"),
    _nothing("GET /events", "events.py", events=[]),
    _missing("GET /events/{name}", "events.py"),
    _missing("GET /events/slug/{name}", "events.py"),
    _nothing("GET /series", "series.py", series=[]),
    _missing("GET /series/id/{name}", "series.py"),
    _nothing("GET /sports", "sports.py", sports=[]),
    _nothing("GET /sports/teams/provider", "sports.py", teams={}),
    _nothing("GET /search", "search.py", events=[]),
    _account("GET /balances", Do.LIST_BALANCES, VIEW, account.BALANCES, "Get Account Balances"),
    _portfolio("GET /positions", Do.LIST_POSITIONS, VIEW, positions.LIST, "Get User Positions"),
    _portfolio("GET /activities", Do.LIST_FILLS, VIEW, fills.ACTIVITIES, "Get Activities"),
    _sdk("GET /rfqs/trades", Do.LIST_FILLS, VIEW, gateway.nothing(trades=[], cursor=""), "rfqs.py"),
    _socket("GET /private", Do.OPEN_STREAM, VIEW, streams.PRIVATE, "Private", status=101),
    _socket("GET /markets", Do.OPEN_STREAM, VIEW, streams.MARKETS, "Markets", status=101),
)

ROUTES = Routes(_ROWS)
