"""
Express: what a venue's wire has no words for is found out before anything is sent.

The message our client made is decoded and served back, up to the first ask that is of the kind that
was meant. What differs is what the wire cannot say.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from countermand.client.stand_in import stand_in
from countermand.vocabulary.commands import StageOrder
from countermand.vocabulary.queries import Query
from countermand.wire import codec
from countermand.wire.conversation import AnyContext
from countermand.wire.errors import NotExpressible, WireError
from countermand.wire.http import Request
from countermand.wire.ids import foreign_text
from countermand.wire.times import MS, S
from countermand.wire.venue import Venue

# Fields that a venue fills in itself: a name that is also the id, an expiry, a page's size, the
# policy for refused orders.
SUPPLIED = frozenset(
    {
        "cl_ord_id",
        "secondary_cl_ord_id",
        "expire_ns",
        "limit",
        "text",
        "keep_rejected",
        "needs_liquidity",
        "policy",
        "levels_max",
        "position_effect",
        "slices",
        "interval_ns",
    }
)


_STEPS = ((S, "seconds"), (MS, "milliseconds"), (1_000, "microseconds"), (100, "hundreds of ns"))


def check_expressible(venue: Venue, request: Request, says: Any, ctx: AnyContext) -> None:
    """See that a request, served back, asks for what it `says`. Raises NotExpressible."""
    meant = served_back(venue, request, says, ctx)
    if meant is None:
        return
    if differs := difference(says, meant):
        why = differs == "expire_ns" and _coarser_end(says, meant)
        raise NotExpressible(why or f"{differs} of {type(says).__name__}")


def _coarser_end(says: Any, meant: Any) -> str:
    # How finely the venue tells when an order ends, empty where that is not what differs.
    first = [one.orders[0] if hasattr(one, "orders") else one for one in (says, meant)]
    wanted, got = (one.terms.expire_ns for one in first)
    for step_ns, name in _STEPS:
        if wanted % step_ns and wanted - wanted % step_ns == got:
            return f"expire_ns {wanted} would arrive as {got}: the venue can tell whole {name}"
    return ""


def served_back(venue: Venue, request: Request, says: Any, ctx: AnyContext) -> Any:
    """
    Return the first ask of a served request that has the type of `says`; a staged order counts as
    an order. A query that is answered without any ask is None.

    Raises: NotExpressible when it comes to none.
    """
    asks = 0
    try:
        route, params = venue.routes.match(request.method, request.path)
        steps = route.op.serve(codec.decode_request(route, request, params), ctx)
        ask = next(steps)
        while True:
            meant = ask.order if isinstance(ask, StageOrder) else ask
            if type(meant) is type(says):
                return meant
            asks += 1
            ask = steps.send(stand_in(ask, says))
    except StopIteration:
        if isinstance(says, Query) and not asks:
            return None
        raise NotExpressible(f"{type(says).__name__}: no such ask is served") from None
    except WireError as error:
        raise NotExpressible(error.text) from None


def difference(asked: Any, arrived: Any) -> str:
    """Return the name of the first field that did not arrive as it was asked, empty for none."""
    for field in msgspec.structs.fields(type(asked)):
        wanted, got = getattr(asked, field.name), getattr(arrived, field.name)
        is_unsaid = not wanted or wanted == field.default
        if wanted == got or (field.name in SUPPLIED and is_unsaid):
            continue
        if field.name == "cl_ord_id" and wanted == getattr(arrived, "secondary_cl_ord_id", None):
            continue  # A venue that has one name of its own takes an owner's as the second.
        if field.name == "order_id" and _is_named(wanted, arrived):
            continue
        if inner := _within(field.name, wanted, got):
            return inner
    return ""


def _within(name: str, wanted: Any, got: Any) -> str:
    # The first difference within a field, for values that are no structs its own name.
    if isinstance(wanted, Struct) and type(wanted) is type(got):
        return difference(wanted, got)
    if isinstance(wanted, tuple) and isinstance(got, tuple) and len(wanted) == len(got):
        pairs = zip(wanted, got, strict=True)
        return next((inner for pair in pairs if (inner := _within(name, *pair))), "")
    return "" if wanted == got else name


def _is_named(order_id: int | None, arrived: Any) -> bool:
    # A field for ids and for owners' names: a server reads a text that is none of its ids as a
    # name. The venue that gave the id out knows it as an id.
    named = getattr(arrived, "cl_ord_id", "")
    return order_id is not None and order_id < 0 and foreign_text(order_id) == named
