"""Building an order: the venue's form to an order that is staged, and back."""

from collections.abc import Sequence
from decimal import Decimal

from countermand.venues.deltadefi import ids, settings, tables, transaction
from countermand.venues.deltadefi.errors import Refused, order_refused
from countermand.venues.deltadefi.messages import orders
from countermand.venues.deltadefi.translate import resolve
from countermand.venues.deltadefi.translate.slippage import Slippage, slippage_text
from countermand.vocabulary.commands import NewOrder, StageOrder
from countermand.vocabulary.events import OrderRejected, OrderStaged
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrderTerms,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.queries import GetQuote, Query
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import QuoteReport
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, MissingField, NotExpressible, OrderRefused

_BP = 10_000
_QUANTITIES = ("base_quantity", "quote_quantity", "quantity")


def find_quote(message: orders.BuildOrder, ctx: Context) -> Query | tuple[Query, ...]:
    """Return the question for the best prices, which only a slippage needs."""
    if message.max_slippage_basis_point is None:
        return ()
    return GetQuote(resolve.instrument(message.symbol, ctx).instrument_id)


def build_from_wire(message: orders.BuildOrder, ctx: Context) -> StageOrder:
    """
    Return the order asked for, to be written down until it is submitted.

    Raises: MissingField, InvalidField, Refused for what the form itself forbids, OrderRefused
            (4109) for a slippage from a price that is not there.
    Source: API reference, "Build Place Order"; "Order Types" for market orders.
    """
    held = resolve.credential(ctx)
    if held is not None and held.operation_key_hash is None:
        raise Refused(tables.NO_OPERATION_KEY)
    instrument = resolve.instrument(message.symbol, ctx)
    side, ord_type = (
        tables.SIDES.from_wire(message.side),
        tables.ORD_TYPES.from_wire(message.type),
    )
    limited = ord_type is OrdType.LIMIT
    slippage = None if limited else _slippage(message, side, ctx.found)
    price_ticks = slippage.bound_ticks if slippage else 0
    if limited:
        if message.price is None:
            raise MissingField("price")
        price_ticks = resolve.price_ticks(message.price, instrument)
    qty_lots, cash_minor = _quantity(message, instrument, price_ticks if limited else None, ctx)
    terms = OrderTerms(
        side,
        ord_type,
        TimeInForce.GTC,
        qty_lots,
        price_ticks=price_ticks,
        exec_inst=int(ExecInst.POST_ONLY if message.post_only else ExecInst.NONE),
        cash=Cash(cash_minor) if cash_minor else None,
        text=slippage_text(slippage),
    )
    account_id, lifetime_ns = resolve.account(ctx), settings.lifetime_ns(ctx.settings)
    order = NewOrder(account_id, instrument.instrument_id, "", terms, keep_rejected=True)
    return StageOrder(order, lifetime_ns)


def build_to_wire(command: NewOrder, ctx: Context) -> orders.BuildOrder:
    """Return the form of an order. Raises NotExpressible for what it has no room for."""
    resolve.check_own(command.account_id, ctx)
    _check_expressible(command)
    instrument = ctx.directory.instruments[command.instrument_id]
    quote, cash = resolve.assets(instrument, ctx)[1], command.terms.cash_minor
    limited, lots = command.terms.ord_type is OrdType.LIMIT, command.terms.order_qty_lots
    return orders.BuildOrder(
        symbol=instrument.symbol,
        side=tables.SIDES.to_wire(command.terms.side),
        type=tables.ORD_TYPES.to_wire(command.terms.ord_type),
        base_quantity=None if cash else Decimal(numbers.qty_text(instrument, lots)),
        quote_quantity=Decimal(numbers.minor_text(quote, cash)) if cash else None,
        price=Decimal(numbers.price_text(instrument, command.terms.price_ticks))
        if limited
        else None,
        post_only=True if command.terms.exec_inst & ExecInst.POST_ONLY else None,
    )


def built_to_wire(receipt: Receipt, ctx: Context) -> orders.BuiltOrder:
    """
    Return the order's id and the transaction that is to be signed for it.

    Raises: Refused, OrderRefused for an order that the exchange would not take now.
    """
    event = receipt.events[0]
    if isinstance(event, OrderStaged):
        order_id = ids.order_text(event.order.order_id)
        return orders.BuiltOrder(order_id, transaction.build(order_id))
    assert isinstance(event, OrderRejected)  # noqa: S101  (what else a staging comes to)
    instrument = resolve.instrument(ctx.message.symbol, ctx)
    price = ctx.message.price
    ticks = 0 if price is None else resolve.price_ticks(price, instrument)
    raise order_refused(event.reason, instrument, *resolve.assets(instrument, ctx), ticks)


def _slippage(
    message: orders.BuildOrder, side: Side, quote: QuoteReport | Sequence[object] | None
) -> Slippage | None:
    if message.max_slippage_basis_point is None or not isinstance(quote, QuoteReport):
        return None
    points = resolve.whole(message.max_slippage_basis_point)
    if points is None or not 0 <= points <= _BP:
        raise Refused(tables.SLIPPAGE)
    best = quote.ask_px_ticks if side is Side.BUY else quote.bid_px_ticks
    if not best:
        raise OrderRefused(RejectReason.NO_LIQUIDITY)
    # Rounded toward fewer trades; beyond the market's own limits there is nothing to trade with.
    if side is Side.BUY:
        bound = best * (_BP + points) // _BP
        return Slippage(points, min(bound, quote.instrument.limit_up_ticks or bound))
    bound = -(-best * (_BP - points) // _BP)
    return Slippage(points, max(bound, quote.instrument.limit_down_ticks))


def _quantity(
    message: orders.BuildOrder, instrument: Instrument, limit_ticks: int | None, ctx: Context
) -> tuple[int, int]:
    """Return lots, or what they shall cost or bring where only a market order can tell."""
    given = [name for name in _QUANTITIES if getattr(message, name) is not None]
    if not given:
        raise MissingField("base_quantity")
    if len(given) > 1:
        text = f"invalid {given[1]}: does not go together with {given[0]}"
        raise InvalidField(given[1], text)
    name, value = given[0], getattr(message, given[0])
    if name != "quote_quantity":
        return resolve.qty_lots(name, value, instrument), 0
    quote = resolve.assets(instrument, ctx)[1]
    places = settings.token(ctx.settings, quote).max_qty_dp
    cash = resolve.cash_minor(name, value, quote, quote.scale if places is None else places)
    if cash <= 0:
        raise OrderRefused(RejectReason.QTY_NOT_POSITIVE)
    if limit_ticks is None:
        return 0, cash
    if limit_ticks <= 0:
        raise OrderRefused(RejectReason.PRICE_NOT_POSITIVE)
    return cash // (limit_ticks * instrument.notional_minor), 0


def _check_expressible(command: NewOrder) -> None:
    limited = command.terms.ord_type is OrdType.LIMIT
    for told, what in (
        (command.cl_ord_id or command.terms.secondary_cl_ord_id, "a client order id"),
        (command.terms.ord_type not in tables.ORD_TYPES, "this type of order"),
        (
            command.terms.time_in_force is not TimeInForce.GTC or command.terms.expire_ns,
            "an order that ends",
        ),
        (command.terms.stp is not SelfTradePrevention.NONE, "self-trade prevention"),
        (command.terms.exec_inst & ~ExecInst.POST_ONLY, "any instruction but post-only"),
        (command.terms.exec_inst and not limited, "a market order that is post-only"),
        (command.terms.price_ticks and not limited, "the bound of a market order in a price"),
        (command.terms.position_effect, "a position"),
    ):
        if told:
            raise NotExpressible(what)
