"""Routes: what this venue answers, and where each row is written down."""

from typing import Any

from countermand.venues.deltadefi import read_routes
from countermand.venues.deltadefi.messages import orders as o
from countermand.venues.deltadefi.translate import building, orders, submitting
from countermand.wire.bridge import Square, old_route
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route, Routes

_REFERENCE = "API reference: "


def _trading(  # one line per route reads best when the line says only what differs
    operation: Operation,
    paths: str,
    messages: tuple[Any, Any],
    square: Square,
    section: str,
    **more: Any,
) -> tuple[Route, ...]:
    request, reply = messages
    more.setdefault("body", True)
    return tuple(
        old_route(
            operation,
            "POST",
            path,
            Access.TRADE,
            request,
            reply,
            square,
            _REFERENCE + section,
            **more,
        )
        for path in paths.split()
    )


# The second path is the one the API reference writes, the first the one that clients call.
ROUTES = Routes(
    (
        *_trading(
            Operation.STAGE_ORDER,
            "/order/build /orders/build",
            (o.BuildOrder, o.BuiltOrder),
            Square(building.build_from_wire, building.built_to_wire),
            "Build Place Order",
            find=building.find_quote,
        ),
        *_trading(
            Operation.PLACE_ORDER,
            "/order/submit /orders/submit",
            (o.SubmitOrder, o.Order),
            Square(
                submitting.submit_from_wire,
                submitting.submitted_to_wire,
                submitting.submit_to_wire,
                submitting.submitted_from_wire,
            ),
            "Submit Place Order",
            find=submitting.find_built,
        ),
        *_trading(
            Operation.CANCEL_ORDER,
            "/order/{orderId}/cancel",
            (o.CancelOrder, o.CanceledOrder),
            Square(
                orders.cancel_from_wire,
                orders.canceled_to_wire,
                orders.cancel_to_wire,
                orders.canceled_from_wire,
            ),
            "Cancel Order",
            find=orders.find_building,
            body=False,
        ),
        *_trading(
            Operation.MASS_CANCEL,
            "/order/cancel-all",
            (o.CancelAllOrders, o.CanceledOrders),
            Square(
                orders.cancel_all_from_wire,
                orders.canceled_all_to_wire,
                orders.cancel_all_to_wire,
                orders.canceled_all_from_wire,
            ),
            "Cancel All Orders",
        ),
        *read_routes.ROWS,
    )
)
