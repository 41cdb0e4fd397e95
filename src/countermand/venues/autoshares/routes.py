"""
Routes: what this venue answers, and where each row is written down.

Rows are written without `/api`, which a proxy in front of the venue drops, and with version 1.0;
`paths.normal` reads the other spellings.
"""

from collections.abc import Iterator

from countermand.venues.autoshares import (
    account,
    cancel,
    fills,
    history,
    limits,
    markets,
    place,
    positions,
    preview,
    read_orders,
    session,
    streams,
    terminal,
)
from countermand.venues.autoshares import replace as replacing
from countermand.venues.autoshares.bodies import form_of
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.paths import normal
from countermand.wire.conversation import Op
from countermand.wire.operation import Access
from countermand.wire.operation import Operation as Do
from countermand.wire.route import QUERY, Route, Routes, rows_at

_A = "/accounts/{accountId}"
_FUNDS = "/accounts/{clearingNumber}/orders/mutual-funds/{orderId}"
PUBLIC, VIEW, TRADE = Access

_login = rows_at("", "", body=QUERY)
_manual = rows_at("/v1.0", "ETNA manual: ")
_swagger = rows_at("/v1.0", "Autoshares swagger file: ")
_reference = rows_at("/v1.0", "Orders API reference: ")


def _shows(path: str, operation: Do, op: Op, section: str) -> Route:
    # Reads are asked for with GET. A section that is a path is the swagger's.
    row = _swagger if section.startswith("/") else _manual
    return row(f"GET {path}", operation, VIEW, op, section)


_CREATE, _MODIFY = form_of(m.CreateOrder), form_of(m.ModifyOrder)
_LISTED = form_of(m.ListConsolidated)


# A row is one line, or two.
# fmt: off
def _orders(name: str, *, sync: bool) -> Iterator[Route]:
    # `syncorders` wait for the market, so their answers show what became of an order.
    every, one, previews = f"{_A}/{name}", f"{_A}/{name}/{{orderId}}", f"{_A}/preview/{name}"
    places = place.PLACE_SYNC if sync else place.PLACE
    replaces = replacing.REPLACE_SYNC if sync else replacing.REPLACE
    refuses = preview.VERIFY_REPLACEMENT
    yield from (
        _manual(f"POST {every}", Do.PLACE_ORDER, TRADE, places, "Place order", form=_CREATE),
        _manual(f"PUT {one}", Do.REPLACE_ORDER, TRADE, replaces, "Replace order", form=_MODIFY),
        _reference(f"DELETE {one}", Do.CANCEL_ORDER, TRADE, cancel.CANCEL, "Cancel order",
                   status=204),
        _shows(one, Do.GET_ORDER, read_orders.GET, "Get order"),
        _shows(every, Do.LIST_ORDERS, read_orders.LIST, "List orders"),
        _shows(f"{one}/details", Do.GET_ORDER, history.HISTORY, "/orders/{orderId}/details"),
        _manual(f"POST {previews}", Do.PREVIEW_ORDER, VIEW, preview.PREVIEW, "Verify order",
                form=_CREATE),
        _manual(f"PUT {previews}/{{orderId}}", Do.PREVIEW_ORDER, TRADE, refuses,
                "Verify replacement", form=_MODIFY),
        _shows(f"{_A}/verified/{name}/{{orderId}}", Do.PREVIEW_ORDER, preview.VERIFY,
               "/verified/orders/{orderId}"),
    )


_SESSION = (
    _login("POST /token", Do.LOG_IN, VIEW, session.LOG_IN, "ETNA manual: Token",
           attempts=session.ATTEMPTS),
    _login("POST /logout", Do.LOG_OUT, VIEW, session.LOG_OUT, "Autoshares API: Logout"),
    _shows("/streamers", Do.GET_STATUS, session.STREAMERS, "Get streamers' info"),
    _manual("PUT /streamers/session/recover", Do.GET_STREAM_KEY, VIEW, session.RECOVER,
            "Recover a streamer session", form=QUERY),
)

# The manual's path is goetna's; the vendor's own page prints it without the ending.
_STREAMS = (
    _login("GET /CreateSession.txt", Do.OPEN_STREAM, PUBLIC, streams.STREAM,
           "ETNA manual: Streaming Data", form=QUERY, status=101),
    _login("GET /CreateSession", Do.OPEN_STREAM, PUBLIC, streams.STREAM,
           "Autoshares API: Streaming", form=QUERY, status=101),
)

_OTHER_ORDERS = (
    _swagger("POST /orders/consolidated", Do.LIST_ORDERS, VIEW, read_orders.CONSOLIDATED,
             "/orders/consolidated", form=_LISTED),
    _manual(f"DELETE {_FUNDS}", Do.CANCEL_ORDER, TRADE, cancel.CANCEL_FUND,
            "Cancel mutual fund order"),
)

_ACCOUNTS = (
    _shows("/users/{userId}/accounts", Do.LIST_ACCOUNTS, account.LIST, "List user's accounts"),
    # Our client calls the first row of an operation.
    _shows(_A, Do.GET_ACCOUNT, account.ONE, "/accounts/{accountId}"),
    _shows("/users/{userId}/info", Do.GET_ACCOUNT, account.USER, "Get user's info"),
    _shows("/users/{userId}/settings/trading", Do.GET_ACCOUNT_DETAIL, terminal.SETTINGS,
           "Get user's settings"),
    _shows("/users/{userId}/exchanges", Do.GET_ACCOUNT_DETAIL, terminal.EXCHANGES,
           "Get user's exchanges"),
    _shows(f"{_A}/info", Do.LIST_BALANCES, account.INFO, "Get account's balance info"),
    _shows(f"{_A}/details", Do.GET_ACCOUNT_DETAIL, account.DETAILS,
           "/accounts/{accountId}/details"),
    _shows(f"{_A}/history", Do.GET_ACCOUNT_SUMMARY, terminal.HISTORY,
           "Get historical account value"),
    _shows(f"{_A}/transfers", Do.LIST_TRANSFERS, terminal.TRANSFERS, "Get all transfers"),
    _shows(f"{_A}/transactions", Do.LIST_FILLS, fills.LIST, "Get transactions"),
    _shows(f"{_A}/preview/limits/{{symbol}}", Do.PREVIEW_ORDER, limits.LIMITS,
           "/preview/limits/{symbol}"),
    _shows(f"{_A}/positions", Do.LIST_POSITIONS, positions.LIST, "Get user's positions"),
    _shows(f"{_A}/positions/{{symbol}}", Do.GET_POSITION, positions.IN_SECURITY,
           "Get user's positions in a security"),
    _shows(f"{_A}/positions/groups", Do.LIST_POSITIONS, positions.GROUPS,
           "Get market value of all security groups"),
    _shows(f"{_A}/positions/top", Do.LIST_POSITIONS, positions.TOP, "/positions/top"),
)

_MARKETS = (
    _shows("/equities", Do.LIST_INSTRUMENTS, markets.LIST, "Get filtered equities"),
    _shows("/equities/lookup", Do.LIST_INSTRUMENTS, markets.LOOK_UP, "Get equity info by mask"),
    _shows("/equities/{symbol}", Do.GET_INSTRUMENT, markets.ONE, "Get equity info by ticker"),
    _shows("/options", Do.LIST_INSTRUMENTS, markets.OPTIONS, "Get filtered options"),
    _shows("/options/expirations", Do.LIST_INSTRUMENTS, markets.EXPIRATIONS,
           "Get options expiration dates"),
    _shows("/options/optionChain/{symbol}", Do.LIST_INSTRUMENTS, markets.CHAIN,
           "Get an option chain"),
    _shows("/options/{symbol}", Do.GET_INSTRUMENT, markets.OPTION, "Get option info by ticker"),
)
# fmt: on

ROUTES = Routes(
    (
        *_orders("orders", sync=False),
        *_orders("syncorders", sync=True),
        *_OTHER_ORDERS,
        *_SESSION,
        *_STREAMS,
        *_ACCOUNTS,
        *_MARKETS,
    ),
    normal,
)
