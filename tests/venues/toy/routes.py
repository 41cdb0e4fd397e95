"""Routes: the toy's three paths."""

from tests.venues.toy import cancel, place, read_orders

from countermand.wire.operation import Access, Operation
from countermand.wire.route import Routes, rows_at

_row = rows_at("/v1", "Toy README: ")

_ORDERS = (
    _row("POST /orders", Operation.PLACE_ORDER, Access.TRADE, place.PLACE, "Orders"),
    _row("GET /orders/{id}", Operation.GET_ORDER, Access.VIEW, read_orders.GET, "Orders"),
    _row("DELETE /orders/{id}", Operation.CANCEL_ORDER, Access.TRADE, cancel.CANCEL, "Orders"),
)

ROUTES = Routes(_ORDERS)
