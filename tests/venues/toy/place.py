"""Place: a new limit order."""

from decimal import Decimal

from tests.venues.toy import resolve
from tests.venues.toy.messages import orders as m
from tests.venues.toy.settings import Ctx
from tests.venues.toy.show import limit, read_order, show_order
from tests.venues.toy.tables import SIDES

from countermand.vocabulary.commands import NewOrder
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving
from countermand.wire.fields import steps
from countermand.wire.receipts import the_order


def serve_place(message: m.PlaceOrder, ctx: Ctx) -> Serving[m.Order]:
    """Place an order. Raises InvalidField or OrderRefused."""
    market = resolve.instrument(message.symbol, ctx)
    price_ticks = steps("price", numbers.price_ticks, market, message.price)
    qty_lots = steps("quantity", numbers.qty_lots, market, message.quantity)
    terms = limit(SIDES.from_wire(message.side), qty_lots, price_ticks)
    receipt = yield NewOrder(resolve.account_id(ctx), market.instrument_id, "", terms)
    return show_order(the_order(receipt), ctx)


def ask_place(command: NewOrder, ctx: Ctx) -> m.PlaceOrder:
    """Return the request for a new order."""
    market, terms = ctx.directory.instruments[command.instrument_id], command.terms
    price = Decimal(numbers.price_text(market, terms.price_ticks))
    quantity = Decimal(numbers.qty_text(market, terms.order_qty_lots))
    return m.PlaceOrder(market.symbol, SIDES.to_wire(terms.side), price, quantity)


PLACE = Op(m.PlaceOrder, m.Order, serve_place, ask_place, read_order)
