"""
Routes: what this venue answers, and where each row is written down.

Rows are written without `/api`, which a proxy in front of the venue drops, and with version 1.0;
`normal` reads the other spellings.
"""

import re
from typing import Any

from countermand.venues.autoshares import read_routes
from countermand.venues.autoshares.errors import LoginState
from countermand.venues.autoshares.messages import logins as n
from countermand.venues.autoshares.messages import orders as o
from countermand.venues.autoshares.translate import (
    history,
    listing,
    logins,
    order_reports,
    orders,
    placing,
    previews,
    replacing,
)
from countermand.venues.autoshares.translate.tidy import any_case
from countermand.wire.bridge import Square, old_route
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Attempts, Route, Routes

_LOGIN = re.compile(rb"(?:/api)?(/token|/logout)")
_SPELLING = re.compile(rb"(?:/api)?/v(?:1|1\.0|2\.0)(/(?!token$|logout$).+)")

_REFERENCE = "Orders API reference: "
_MANUAL = "ETNA manual: "
_SWAGGER = "swagger file: "


def normal(path: bytes) -> bytes:
    """
    Return the one spelling of a path that rows are written in.

    Source: Autoshares API, "Environments" (without `/api`); ETNA manual, samples (with it);
            versions 1 and 1.0: Orders API reference; 2.0: stands of ETNA. No other is served, and
            a login has none: ETNA manual, "Token".
    """
    if (login := _LOGIN.fullmatch(path)) is not None:
        return bytes(login[1])
    if (match := _SPELLING.fullmatch(path)) is None:
        return path
    rest: bytes = match[1]
    if rest.endswith(b"/transactions/"):
        # The manual's template of this one path ends so.
        rest = rest[:-1]
    return b"/v1.0" + rest


def row(  # one line per route reads best when the line says only what differs
    operation: Operation,
    access: Access,
    line: str,
    messages: tuple[Any, Any],
    square: Square,
    source: str,
    **more: Any,
) -> Route:
    """Return a row; one whose method is POST or PUT has a body, unless it says otherwise."""
    method, path = line.split()
    request, reply = messages
    if more.setdefault("body", method in ("POST", "PUT")):
        more |= {"tidy": any_case(request), "decimal_numbers": True}
    path = path if path in ("/token", "/logout") else f"/v1.0{path}"
    return old_route(operation, method, path, access, request, reply, square, source, **more)


_LOGINS = (
    row(
        Operation.LOG_IN,
        Access.VIEW,
        "POST /token",
        (n.Nothing, LoginState),
        Square(logins.login_from_wire, logins.login_to_wire),
        _MANUAL + "Token",
        body=False,
        attempts=Attempts(logins.user_of, logins.per_minute, logins.too_many),
    ),
    row(
        Operation.LOG_OUT,
        Access.VIEW,
        "POST /logout",
        (n.Nothing, None),
        Square(logins.logout_from_wire, orders.nothing_to_wire),
        "Autoshares API: Logout",
        body=False,
    ),
)


def _order_rows(name: str, *, sync: bool) -> tuple[Route, ...]:
    # `syncorders` wait for the market, so their answers show what became of an order.
    one, all_of = f"/accounts/{{accountId}}/{name}/{{orderId}}", f"/accounts/{{accountId}}/{name}"
    settled: dict[str, Any] = {"then": order_reports.find_last_fills} if sync else {}
    placed = order_reports.settled_to_wire if sync else order_reports.placed_to_wire
    replaced = order_reports.settled_replace_to_wire if sync else order_reports.replaced_to_wire
    return (
        row(
            Operation.PLACE_ORDER,
            Access.TRADE,
            f"POST {all_of}",
            (o.CreateOrder, o.Order),
            Square(
                placing.place_from_wire, placed, placing.place_to_wire, placing.placed_from_wire
            ),
            _MANUAL + "Place order",
            **settled,
        ),
        row(
            Operation.REPLACE_ORDER,
            Access.TRADE,
            f"PUT {one}",
            (o.ModifyOrder, o.Order),
            Square(
                replacing.replace_from_wire,
                replaced,
                replacing.replace_to_wire,
                replacing.replaced_from_wire,
            ),
            _MANUAL + "Replace order",
            find=replacing.find_replaced,
            **settled,
        ),
        row(
            Operation.CANCEL_ORDER,
            Access.TRADE,
            f"DELETE {one}",
            (o.OneOrder, None),
            Square(
                orders.cancel_from_wire,
                orders.canceled_to_wire,
                orders.cancel_to_wire,
                orders.canceled_from_wire,
            ),
            _REFERENCE + "Cancel order",
            status=204,
        ),
    )


def _looking_rows(name: str) -> tuple[Route, ...]:
    # What only looks at an order that is there or might be.
    one, account = f"/accounts/{{accountId}}/{name}/{{orderId}}", "/accounts/{accountId}"
    all_of = f"{account}/{name}"
    return (
        row(
            Operation.GET_ORDER,
            Access.VIEW,
            f"GET {one}",
            (o.OneOrder, o.Order),
            Square(
                orders.get_from_wire,
                order_reports.found_to_wire,
                orders.get_to_wire,
                order_reports.order_from_wire,
            ),
            _MANUAL + "Get order",
            then=order_reports.find_last_fills,
        ),
        row(
            Operation.LIST_ORDERS,
            Access.VIEW,
            f"GET {all_of}",
            (o.ListOrders, o.OrderPage),
            Square(
                listing.list_from_wire,
                listing.list_to_wire_reply,
                listing.list_to_wire,
                listing.list_from_wire_reply,
            ),
            _MANUAL + "List orders",
            then=listing.find_last_fills,
        ),
        row(
            Operation.GET_ORDER,
            Access.VIEW,
            f"GET {one}/details",
            (o.OneOrder, list[o.OrderState]),
            Square(history.history_from_wire, history.history_to_wire),
            _SWAGGER + "orders/{orderId}/details",
            find=history.find_order,
        ),
    )


def _preview_rows(name: str) -> tuple[Route, ...]:
    # What an order would come to.
    account = "/accounts/{accountId}"
    previewed = f"{account}/preview/{name}"
    return (
        row(
            Operation.PREVIEW_ORDER,
            Access.VIEW,
            f"POST {previewed}",
            (o.CreateOrder, o.Preview),
            Square(previews.preview_from_wire, previews.preview_to_wire),
            _MANUAL + "Verify order",
            find=previews.find_quote,
        ),
        row(
            Operation.PREVIEW_ORDER,
            Access.TRADE,
            f"PUT {previewed}/{{orderId}}",
            (o.ModifyOrder, o.Preview),
            Square(orders.verify_replace_from_wire, orders.nothing_to_wire),
            _MANUAL + "Verify replacement",
        ),
        row(
            Operation.PREVIEW_ORDER,
            Access.VIEW,
            f"GET {account}/verified/{name}/{{orderId}}",
            (o.OneOrder, o.Preview),
            Square(previews.verified_from_wire, previews.verified_to_wire),
            _SWAGGER + "verified/orders/{orderId}",
            find=previews.find_verified,
        ),
    )


_OTHERS = (
    row(
        Operation.LIST_ORDERS,
        Access.VIEW,
        "POST /orders/consolidated",
        (o.ListConsolidated, o.OrderPage),
        Square(listing.list_from_wire, listing.list_to_wire_reply),
        _SWAGGER + "orders/consolidated",
        then=listing.find_last_fills,
    ),
    row(
        Operation.CANCEL_ORDER,
        Access.TRADE,
        "DELETE /accounts/{clearingNumber}/orders/mutual-funds/{orderId}",
        (o.CancelMutualFund, None),
        Square(orders.cancel_fund_from_wire, orders.nothing_to_wire),
        _MANUAL + "Cancel mutual fund order",
    ),
)

ROUTES = Routes(
    (
        *_LOGINS,
        *_order_rows("orders", sync=False),
        *_looking_rows("orders"),
        *_preview_rows("orders"),
        *_order_rows("syncorders", sync=True),
        *_looking_rows("syncorders"),
        *_preview_rows("syncorders"),
        *_OTHERS,
        *read_routes.ROWS,
    ),
    normal,
)
