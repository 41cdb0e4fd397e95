"""Orders as the core keeps them, made by hand."""

from typing import Any

from msgspec.structs import replace

from countermand.core.order import Order
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.order import OrderTerms, OrdType, Side, Standing, TimeInForce
from countermand.vocabulary.reports import OrderReport


def order(**changes: Any) -> Order:
    """Return an order that rests, to buy 5 at 100, with some fields or terms different."""
    terms = OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 5, 100)
    now = OrderReport(
        OrderId(1),
        AccountId(5),
        InstrumentId(3),
        "a1",
        terms,
        Standing.RESTING,
        leaves_qty_lots=5,
        submit_ns=1,
        transact_ns=1,
    )
    made = Order(now, 1)
    change(made, **changes)
    return made


def change(made: Order, **changes: Any) -> None:
    """Give an order other fields or terms than an event gave it."""
    names = OrderTerms.__struct_fields__
    terms = replace(made.now.terms, **{n: v for n, v in changes.items() if n in names})
    fields = {name: value for name, value in changes.items() if name not in names}
    made.now = replace(made.now, terms=terms, **fields)
