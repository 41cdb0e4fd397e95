"""Order names: from a text that people have for an order, a venue's or their own, to the order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport
from countermand.wire.conversation import AnyContext
from countermand.wire.errors import WireError
from countermand.wire.operation import Operation
from countermand.wire.route import Route, Routes

_NO_ID = OrderId(0)

# Two numbers no order has: what a request for one says otherwise than a request for the other is
# where a dialect names the order.
_PROBES = (OrderId(2**40 - 2), OrderId(2**40 - 1))


def find_order(
    routes: Routes, account_id: AccountId, text: str, ctx: AnyContext, view: Callable[[Any], Any]
) -> OrderReport | None:
    """
    Return the order of an account that `text` names: the venue's own id first, then the owner's
    name for it, then the second one. None when there is none.
    """
    for query in _readings(routes, account_id, text, ctx):
        found: OrderReport | None = view(query)
        if found is not None:
            return found
    return None


def _readings(
    routes: Routes, account_id: AccountId, text: str, ctx: AnyContext
) -> Iterator[GetOrder]:
    try:
        route = routes.of(Operation.GET_ORDER)
    except KeyError:
        pass
    else:
        if (order_id := _spelled(route, account_id, text, ctx)) is not None:
            yield GetOrder(account_id, order_id)
    yield GetOrder(account_id, _NO_ID, text)
    yield GetOrder(account_id, _NO_ID, "", text)


def _spelled(route: Route, account_id: AccountId, text: str, ctx: AnyContext) -> OrderId | None:
    # The number that the venue's request for one order reads in a text, as it reads its ids.
    if (ask := route.op.ask) is None:
        return None
    first, second = (ask(GetOrder(account_id, probe), ctx) for probe in _PROBES)
    fields = msgspec.structs.fields(type(first))
    names = [each.name for each in fields if _differs(first, second, each.name)]
    if not names:
        return None
    message = msgspec.structs.replace(first, **dict.fromkeys(names, text))
    try:
        question = next(route.op.serve(message, ctx))
    except (WireError, StopIteration):
        return None
    return (question.order_id or None) if isinstance(question, GetOrder) else None


def _differs(first: Any, second: Any, name: str) -> bool:
    return bool(getattr(first, name) != getattr(second, name))
