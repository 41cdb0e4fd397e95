"""Read orders: one, by its number."""

from tests.venues.toy import resolve
from tests.venues.toy.messages import orders as m
from tests.venues.toy.settings import Ctx
from tests.venues.toy.show import read_order, show_order

from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import GetOrder
from countermand.wire.conversation import Op, one
from countermand.wire.errors import NotFound


def _query(message: m.OneOrder, ctx: Ctx) -> GetOrder:
    return GetOrder(resolve.account_id(ctx), OrderId(message.id))


def _missing(message: m.OneOrder) -> NotFound:
    return NotFound("no such order")


def ask_get(query: GetOrder, ctx: Ctx) -> m.OneOrder:
    """Return the request for an order."""
    return m.OneOrder(query.order_id)


GET = Op(m.OneOrder, m.Order, one(_query, show_order, _missing), ask_get, read_order)
