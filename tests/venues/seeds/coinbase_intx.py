"""Coinbase International: "Cancel order" of its REST reference, line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from tests.venues.seeds.cases import (
    AGAIN,
    CANCEL,
    FULL,
    LISTED,
    LOOKING,
    LOST,
    NOBODY,
    UNKNOWN,
    canceling,
    common,
    listed,
)
from tests.venues.seeds.row import (
    NOWHERE,
    Case,
    Part,
    Row,
    Seed,
    asked,
    field,
    media,
    status,
    words,
)
from tests.venues.seeds.stand import Asked, Stand, line

from countermand.venues.coinbase_intx import ids, tables
from countermand.vocabulary.commands import SetDelays
from countermand.wire import times
from countermand.wire.http import Request

NAME = "coinbase-intx"
INTRO = 'INTX REST reference, "Introduction", errors'
CAPTURE = "captured: nautilus_trader, `http_delete_orders.json`"
TITLE = "captured: ccxt 4.5.89, a title and its status"

BY_NAME, BY_NUMBER = "a cancel by client order id", "a cancel in a portfolio by its short id"
BAD_PORTFOLIO = "a portfolio that is none"
SELL, MARKET = "a sell order", "a market order"
IOC, FOK, GTT = "an IOC order", "a FOK order", "a cancel of a GTT order"
STP = {mode: f"an order with {mode}" for mode in ("NONE", "AGGRESSING", "RESTING", "BOTH")}
DECREMENT = "an order with DECREMENT_AND_CANCEL"
PLACED, TRADED, REPLACED = "an order that rests", "an order that traded", "an order replaced"
EXPIRED = "a GTT order after its end"
PENDING_NEW, PENDING_CANCEL, PENDING_REPLACE = (
    f"{what} that takes time" for what in ("an order", "a cancel", "a replacement")
)
REJECTED = "an order that takes time, and cannot come in then"
TRIGGERED = "a stop-limit that a trade woke"
STOP, STOP_LIMIT, BRACKET, TWAP = "a stop", "a stop-limit", "a take-profit", "a TWAP order"

_ORDER = {
    "client_order_id": "one", "instrument": "ETH-PERP", "side": "BUY", "size": "0.5", "tif": "GTC",
    "type": "LIMIT", "price": "2900", "stp_mode": "NONE",
}  # fmt: skip
_END = "2027-01-15T09:00:00.000Z"
_STOPS = {"stop_price": "3000", "price": "3010", "side": "BUY"}


def place(**changes: Any) -> Request:
    """Return the request for an order; None takes a field out."""
    form = {name: value for name, value in (_ORDER | changes).items() if value is not None}
    return line("POST /api/v1/orders", form)


def placed(**changes: Any) -> Case:
    """Return the case of a new order."""
    return lambda: Asked(Stand(NAME), place(**changes))


def met(**changes: Any) -> Case:
    """Return the case of a new order that meets one of bob's."""

    def case() -> Asked:
        stand = Stand(NAME)
        stand.told(place(side="SELL", client_order_id="his"), "bob")
        return Asked(stand, place(**changes))

    return case


def canceled_gtt() -> Asked:
    """Cancel an order that has an end."""
    stand = Stand(NAME)
    told = stand.told(place(tif="GTT", expire_time=_END))
    target = f"/api/v1/orders/{told['order_id']}?portfolio={told['portfolio_uuid']}"
    return Asked(stand, line(f"DELETE {target}"))


def by_name() -> Asked:
    """Our client cancels by the name it gave."""
    stand = Stand(NAME)
    return Asked(stand, stand.cancel(stand.rest("mine"), by_name=True))


def in_portfolio(text: str) -> Asked:
    """Cancel in a portfolio of that spelling; an empty one is the owner's short id."""
    asked = canceling(NAME, CANCEL)
    text = text or ids.PORTFOLIO.triplet(asked.stand.owner.account_id)
    return replace(asked, request=replace(asked.request, query=f"portfolio={text}".encode()))


def replaced() -> Asked:
    """Another price."""
    stand = Stand(NAME)
    told = stand.told(place())
    form = {"portfolio": told["portfolio_uuid"], "client_order_id": "two", "price": "2890"}
    return Asked(stand, line(f"PUT /api/v1/orders/{told['order_id']}", form))


def expired() -> Asked:
    """Read an order whose time has come."""
    stand = Stand(NAME)
    told = stand.told(place(tif="GTT", expire_time=_END))
    stand.wait(3 * 3600)
    target = f"/api/v1/orders/{told['order_id']}?portfolio={told['portfolio_uuid']}"
    return Asked(stand, line(f"GET {target}"))


def triggered() -> Asked:
    """Read a stop-limit order that a trade has woken."""
    stand = Stand(NAME)
    told = stand.told(place(type="STOP_LIMIT", stop_price="2910"))
    for owner, side in (("bob", "SELL"), ("bob", "BUY")):
        stand.told(place(side=side, price="2910", client_order_id=side), owner)
    target = f"/api/v1/orders/{told['order_id']}?portfolio={told['portfolio_uuid']}"
    return Asked(stand, line(f"GET {target}"))


def late(line_of: Callable[[dict[str, Any]], Request]) -> Asked:
    """Change an order that rests, where all takes time."""
    stand = Stand(NAME)
    told = stand.told(place())
    stand.desk.engine.enter(SetDelays(NAME, cancel_ns=times.S, replace_ns=times.S))
    return Asked(stand, line_of(told))


def placed_late() -> Asked:
    """Place an order where that takes time."""
    stand = Stand(NAME)
    stand.desk.engine.enter(SetDelays(NAME, new_ns=times.S))
    return Asked(stand, place())


def rejected() -> Asked:
    """Read an order that was taken, and would have traded when it came in."""
    stand = Stand(NAME)
    stand.desk.engine.enter(SetDelays(NAME, new_ns=times.S))
    told = stand.told(place(post_only=True))
    stand.desk.engine.enter(SetDelays(NAME))
    stand.told(place(side="SELL", client_order_id="his"), "bob")
    stand.wait(2)
    target = f"/api/v1/orders/{told['order_id']}?portfolio={told['portfolio_uuid']}"
    return Asked(stand, line(f"GET {target}"))


def canceled_late() -> Asked:
    """Cancel an order where that takes time."""
    target = "/api/v1/orders/{order_id}?portfolio={portfolio_uuid}"
    return late(lambda told: line(f"DELETE {target.format(**told)}"))


def replaced_late() -> Asked:
    """Replace an order where that takes time."""

    def change(told: dict[str, Any]) -> Request:
        form = {"portfolio": told["portfolio_uuid"], "client_order_id": "two", "price": "2890"}
        return line(f"PUT /api/v1/orders/{told['order_id']}", form)

    return late(change)


_OWN: dict[str, Case] = {
    BY_NAME: by_name,
    BY_NUMBER: lambda: in_portfolio(""),
    BAD_PORTFOLIO: lambda: in_portfolio("mine!"),
    SELL: placed(side="SELL"),
    MARKET: met(type="MARKET", tif="IOC", price=None),
    IOC: placed(tif="IOC"),
    FOK: placed(tif="FOK"),
    GTT: canceled_gtt,
    **{by: placed(stp_mode=mode) for mode, by in STP.items()},
    DECREMENT: placed(stp_mode="DECREMENT_AND_CANCEL"),
    PLACED: placed(post_only=True),
    TRADED: met(),
    REPLACED: replaced,
    EXPIRED: expired,
    PENDING_NEW: placed_late,
    PENDING_CANCEL: canceled_late,
    PENDING_REPLACE: replaced_late,
    TRIGGERED: triggered,
    REJECTED: rejected,
    STOP: placed(type="STOP", stop_price="3000", price=None),
    STOP_LIMIT: placed(type="STOP_LIMIT", stop_price="3000"),
    BRACKET: placed(type="TAKE_PROFIT_STOP_LOSS", stop_price="3100", stop_limit_price="3110"),
    TWAP: placed(tif="GTT", expire_time=_END, algo_strategy="TWAP"),
}

_ASKED = (
    Row(part=Part.LINE, name="DELETE /api/v1/orders/{id}", says="no body", by=CANCEL),
    asked(Part.PATH, "id", "string", "required: the venue's id", CANCEL, 404),
    asked(Part.PATH, "id", "string", "or the client's own", BY_NAME, 404),
    asked(Part.QUERY, "portfolio", "UUID", "required: by UUID", CANCEL, 400),
    asked(Part.QUERY, "portfolio", "string", "or by its short id", BY_NUMBER, 400),
    asked(Part.HEADER, "CB-ACCESS-KEY", "string", "required: the key's id", CANCEL, 401),
    asked(Part.HEADER, "CB-ACCESS-PASSPHRASE", "string", "required", CANCEL, 401),
    asked(Part.HEADER, "CB-ACCESS-SIGN", "base64 of 32 bytes",
          "required: HMAC SHA-256 over stamp, method, path and body", CANCEL, 401),
    asked(Part.HEADER, "CB-ACCESS-TIMESTAMP", "seconds", "required: when it is made", CANCEL, 401),
)  # fmt: skip

_FIELDS = (
    field("order_id", "string", "the venue's id", CANCEL),
    field("client_order_id", "string", "the client's", CANCEL),
    field("side", "string", "an enumeration", CANCEL),
    field("instrument_id", "string", "the market's id", CANCEL),
    field("instrument_uuid", "UUID", "and its UUID", CANCEL),
    field("symbol", "string", "the market's name", CANCEL),
    field("portfolio_id", "string", "the portfolio's id", CANCEL),
    field("portfolio_uuid", "UUID", "and its UUID", CANCEL),
    field("type", "string", "an enumeration", CANCEL),
    field("price", "decimal string", "the limit, of limit orders alone", CANCEL),
    field("stop_price", "decimal string", "what activates a stop", STOP),
    field("stop_limit_price", "decimal string", "the limit of a bracket's stop", BRACKET),
    field("size", "decimal string", "in the base asset", CANCEL),
    field("tif", "string", "an enumeration", CANCEL),
    field("expire_time", "date-time", "the end of a GTT order", GTT),
    field("stp_mode", "string", "an enumeration", CANCEL),
    field("event_type", "string", "an enumeration: what happened last", CANCEL),
    field("event_time", "date-time", "and when", CANCEL),
    field("submit_time", "date-time", "when it was placed", CANCEL),
    field("order_status", "string", "an enumeration", CANCEL),
    field("leaves_qty", "decimal string", "what remains", CANCEL),
    field("exec_qty", "decimal string", "what traded", CANCEL),
    field("avg_price", "decimal string", "and at what price", TRADED),
    field("fee", "decimal string", "of the trade", TRADED),
    field("post_only", "boolean", "as asked for", PLACED),
    field("close_only", "boolean", "as asked for", CANCEL),
    field("algo_strategy", "string", "an enumeration", TWAP),
    field("text", "string", "of canceled orders", CANCEL),
)  # fmt: skip

_WORDS = (
    *words("side", {"BUY": CANCEL, "SELL": SELL}),
    *words("type", {
        "LIMIT": CANCEL, "MARKET": MARKET, "STOP_LIMIT": STOP_LIMIT, "STOP": STOP,
        "TAKE_PROFIT_STOP_LOSS": BRACKET,
    }),
    *words("tif", {"GTC": CANCEL, "IOC": IOC, "GTT": GTT, "FOK": FOK}),
    *words("stp_mode", STP | {"DECREMENT_AND_CANCEL": DECREMENT}),
    *words("event_type", {
        "NEW": PLACED, "TRADE": TRADED, "CANCELED": CANCEL, "REPLACED": REPLACED,
        "EXPIRED": EXPIRED, "PENDING_NEW": PENDING_NEW, "PENDING_CANCEL": PENDING_CANCEL,
        "PENDING_REPLACE": PENDING_REPLACE, "STOP_TRIGGERED": TRIGGERED,
        "REJECTED": REJECTED,
    }),
    *words("order_status", {"WORKING": PLACED, "DONE": CANCEL}),
    *words("algo_strategy", {"TWAP": TWAP}),
    *words("text", {"client cancel": CANCEL}),
)  # fmt: skip

_BEYOND = (
    field("order_uuid", "UUID", "in the captured answer", CANCEL, CAPTURE),
    field("reduce_only", "boolean", "the official Python SDK fails without", CANCEL, NOWHERE),
    *words(
        "text",
        {
            "ioc remainder": IOC,
            "fok not filled": FOK,
            "order rejected": REJECTED,
        },
        NOWHERE,
    ),
    status(400, "it is done already", AGAIN, source=NOWHERE),
    status(401, "no key, or not one", NOBODY, source=INTRO),
    status(403, "the key may only look", LOOKING, source=INTRO),
    status(404, "no such order", UNKNOWN, source=NOWHERE),
    status(503, "no room", FULL, source=NOWHERE),
    status(503, "the journal failed", LOST, source=NOWHERE),
    media("application/json", AGAIN, TITLE),
    field("title", "string", "a refusal's", AGAIN, TITLE),
    field("status", "integer", "a refusal's", AGAIN, TITLE),
    field("message", "string", "a refusal's", AGAIN, INTRO),
    field("error", "string", "a refusal's, as the Java and .NET SDKs read it", AGAIN, NOWHERE),
)

SEED = Seed(
    venue=NAME,
    document='Coinbase International, REST reference 1.0 (docs.cdp.coinbase.com), "Cancel order"',
    line="DELETE /api/v1/orders/{id}",
    cases=common(NAME) | listed(NAME, NOBODY, LOOKING, UNKNOWN) | _OWN,
    spoken={
        table.name: frozenset(text for _, text in table.rows)
        for table in (
            tables.SIDES,
            tables.TIMES_IN_FORCE,
            tables.STP_MODES,
            tables.EVENT_TYPES,
        )
    }
    | {"type": frozenset(tables.COMES_IN_AS)},
    rows=(
        *_ASKED,
        status(200, "canceled", CANCEL),
        media("application/json", CANCEL),
        status(400, "an attribute is not valid", BAD_PORTFOLIO),
        status(400, "no key, where the page alone counts", NOBODY + LISTED, source=NOWHERE),
        status(400, "may not, where the page alone counts", LOOKING + LISTED, source=NOWHERE),
        status(400, "no such order, where the page alone counts", UNKNOWN + LISTED, source=NOWHERE),
        *_FIELDS,
        *_WORDS,
        *_BEYOND,
    ),
)
