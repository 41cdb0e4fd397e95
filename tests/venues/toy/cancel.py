"""Cancel: one order, by its number."""

from tests.venues.toy import resolve
from tests.venues.toy.messages import orders as m
from tests.venues.toy.settings import Ctx
from tests.venues.toy.show import read_order, show_order

from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import OrderId
from countermand.wire.conversation import Op, Serving
from countermand.wire.receipts import the_order


def serve_cancel(message: m.OneOrder, ctx: Ctx) -> Serving[m.Order]:
    """Cancel an order. Raises CancelRefused."""
    receipt = yield CancelOrder(resolve.account_id(ctx), OrderId(message.id))
    return show_order(the_order(receipt), ctx)


def ask_cancel(command: CancelOrder, ctx: Ctx) -> m.OneOrder:
    """Return the request for a cancel."""
    return m.OneOrder(command.order_id)


CANCEL = Op(m.OneOrder, m.Order, serve_cancel, ask_cancel, read_order)
