"""Routes: what this venue answers, and where each row is written down."""

from typing import Any

from countermand.venues.polymarket_us import read_routes
from countermand.venues.polymarket_us.messages import orders as o
from countermand.venues.polymarket_us.translate import (
    created,
    leniency,
    modifying,
    order_reports,
    orders,
    placing,
    several,
)
from countermand.wire.bridge import Square, rows_at
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Routes

_order_row = rows_at(
    "/v1", "Orders API reference: ", posting={"tidy": leniency.tidy, "decimal_numbers": True}
)

_SYNCHRONOUS: dict[str, Any] = {"linger": created.block_ns, "then": created.asked_then}

_ORDERS = (
    _order_row(
        Operation.PLACE_ORDER,
        Access.TRADE,
        "POST /orders",
        (o.CreateOrder, o.Created),
        Square(
            placing.place_from_wire,
            created.created_to_wire,
            placing.place_to_wire,
            created.created_from_wire,
        ),
        "Create Order",
        **_SYNCHRONOUS,
    ),
    _order_row(
        Operation.PLACE_ORDER,
        Access.TRADE,
        "POST /orders/batched",
        (o.CreateOrders, o.CreatedIds),
        Square(placing.place_many_from_wire, created.created_many_to_wire),
        "Create Batched Orders",
    ),
    _order_row(
        Operation.PLACE_ORDER,
        Access.TRADE,
        "POST /order/close-position",
        (o.ClosePosition, o.Created),
        Square(several.close_from_wire, created.created_to_wire),
        "Close Position Order",
        find=several.find_position,
        **_SYNCHRONOUS,
    ),
    _order_row(
        Operation.PREVIEW_ORDER,
        Access.VIEW,
        "POST /order/preview",
        (o.PreviewOrder, o.OneOrder),
        Square(placing.preview_from_wire, order_reports.preview_to_wire),
        "Preview Order",
    ),
    _order_row(
        Operation.GET_ORDER,
        Access.VIEW,
        "GET /order/{orderId}",
        (o.GetOrder, o.OneOrder),
        Square(
            orders.get_from_wire,
            order_reports.found_to_wire,
            orders.get_to_wire,
            order_reports.found_from_wire,
        ),
        "Get Order",
    ),
    _order_row(
        Operation.LIST_ORDERS,
        Access.VIEW,
        "GET /orders/open",
        (o.ListOrders, o.OrderList),
        Square(
            orders.list_from_wire,
            order_reports.list_to_wire,
            orders.list_to_wire,
            order_reports.list_from_wire,
        ),
        "Get Open Orders",
    ),
    _order_row(
        Operation.REPLACE_ORDER,
        Access.TRADE,
        "POST /order/{orderId}/modify",
        (o.ModifyOrder, o.Empty),
        Square(
            modifying.modify_from_wire,
            modifying.modified_to_wire,
            modifying.modify_to_wire,
            orders.empty_from_wire,
        ),
        "Modify Order",
        find=modifying.find_modified,
    ),
    _order_row(
        Operation.REPLACE_ORDER,
        Access.TRADE,
        "POST /orders/batched/modify",
        (o.ModifyOrders, o.ModifiedIds),
        Square(several.modify_many_from_wire, several.modify_many_to_wire),
        "Modify Batched Orders",
        find=several.find_many_modified,
    ),
    _order_row(
        Operation.CANCEL_ORDER,
        Access.TRADE,
        "POST /order/{orderId}/cancel",
        (o.CancelOrder, o.Empty),
        Square(
            orders.cancel_from_wire,
            orders.canceled_to_wire,
            orders.cancel_to_wire,
            orders.empty_from_wire,
        ),
        "Cancel Order",
    ),
    _order_row(
        Operation.CANCEL_ORDER,
        Access.TRADE,
        "POST /orders/batched/cancel",
        (o.CancelOrders, o.CanceledIds),
        Square(several.cancel_many_from_wire, several.cancel_many_to_wire),
        "Cancel Batched Orders",
    ),
    _order_row(
        Operation.MASS_CANCEL,
        Access.TRADE,
        "POST /orders/open/cancel",
        (o.CancelAllOrders, o.CanceledIds),
        Square(
            several.cancel_all_from_wire,
            several.canceled_all_to_wire,
            several.cancel_all_to_wire,
            several.canceled_all_from_wire,
        ),
        "Cancel All Open Orders",
    ),
)

ROUTES = Routes(_ORDERS + read_routes.ROWS)
