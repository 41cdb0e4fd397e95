"""Building an order: it is written down, and a transaction is answered that is to be signed."""

from decimal import Decimal

from countermand.venues.deltadefi import annotations, ids, resolve, tables
from countermand.venues.deltadefi.annotations import Slippage
from countermand.venues.deltadefi.cardano import transaction
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.venues.deltadefi.messages import orders as m
from countermand.venues.deltadefi.presentation import token
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.commands import NewOrder, StageOrder
from countermand.vocabulary.events import OrderRejected
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Cash, ExecInst, OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetQuote
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import QuoteReport
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import MissingField, OrderRefused, WireError
from countermand.wire.fields import invalid

_BP = 10_000
_QUANTITIES = ("base_quantity", "quote_quantity", "quantity")


def serve_build(message: m.BuildOrder, ctx: Ctx) -> Serving[m.BuiltOrder]:
    """
    Write an order down until it is submitted, and tell its id and its transaction.

    Raises: MissingField, InvalidField, Refused for what the form itself forbids; OrderRefused when
            a slippage has no price to start from (4109), and when the exchange would refuse it now.
    Source: API reference, "Build Place Order"; "Order Types" for market orders.
    """
    if ctx.principal.credential.operation_key_hash is None:
        raise Refused(Code.NO_OPERATION_KEY)
    instrument = resolve.instrument(message.symbol, ctx)
    quote: QuoteReport | None = None
    if message.max_slippage_basis_point is not None:
        quote = yield GetQuote(instrument.instrument_id)
    order = _order(message, instrument, quote, ctx)
    receipt: Receipt = yield StageOrder(order, ctx.settings.build_lifetime_s * times.S)
    event = receipt.events[0]
    if isinstance(event, OrderRejected):
        raise refusal(event.reason, instrument, order.terms.price_ticks, ctx)
    order_id = ids.order_text(event.orders[0].order_id)
    return m.BuiltOrder(order_id, transaction.build(order_id))


def ask_build(command: NewOrder, ctx: Ctx) -> m.BuildOrder:
    """Return the form of an order."""
    instrument, terms = ctx.directory.instruments[command.instrument_id], command.terms
    quote, limited = resolve.assets(instrument, ctx)[1], terms.ord_type is OrdType.LIMIT
    lots, cash = Decimal(numbers.qty_text(instrument, terms.order_qty_lots)), terms.cash_minor
    return m.BuildOrder(
        symbol=instrument.symbol,
        side=tables.SIDES.to_wire(terms.side),
        type=tables.ORD_TYPES.to_wire(terms.ord_type),
        base_quantity=None if cash else lots,
        quote_quantity=Decimal(numbers.minor_text(quote, cash)) if cash else None,
        price=Decimal(numbers.price_text(instrument, terms.price_ticks)) if limited else None,
        post_only=True if terms.exec_inst & ExecInst.POST_ONLY else None,
    )


def refusal(reason: RejectReason, instrument: Instrument, price_ticks: int, ctx: Ctx) -> WireError:
    """Return the refusal of an order, in this market's own numbers where the text has numbers."""
    base, quote = resolve.assets(instrument, ctx)
    match reason:
        case RejectReason.QTY_BELOW_MIN:
            least = f"{numbers.qty_text(instrument, instrument.order_qty_lots_min)} {base.symbol}"
            return Refused(Code.TOO_SMALL, f"Order size must be at least {least}")
        case RejectReason.NOTIONAL_BELOW_MIN:
            least = f"{numbers.minor_text(quote, instrument.notional_minor_min)} {quote.symbol}"
            return Refused(Code.TOO_SMALL, f"Order size must be at least {least}")
        case RejectReason.PRICE_OUTSIDE_BAND if price_ticks < instrument.limit_down_ticks:
            return Refused(Code.PRICE_TOO_LOW)
    return OrderRefused(reason)


def _order(
    form: m.BuildOrder, instrument: Instrument, quote: QuoteReport | None, ctx: Ctx
) -> NewOrder:
    side, ord_type = tables.SIDES.from_wire(form.side), tables.ORD_TYPES.from_wire(form.type)
    slippage, price_ticks, limit_ticks = None, 0, None
    if ord_type is OrdType.LIMIT:
        if form.price is None:
            raise MissingField("price")
        price_ticks = limit_ticks = resolve.price_ticks(form.price, instrument)
    elif quote is not None and form.max_slippage_basis_point is not None:
        slippage = _slippage(form.max_slippage_basis_point, side, quote)
        price_ticks = slippage.bound_ticks
    lots, cash_minor = _quantity(form, instrument, limit_ticks, ctx)
    terms = OrderTerms(
        side,
        ord_type,
        TimeInForce.GTC,
        lots,
        price_ticks=price_ticks,
        exec_inst=int(ExecInst.POST_ONLY if form.post_only else ExecInst.NONE),
        cash=Cash(cash_minor) if cash_minor else None,
        text=annotations.write(slippage),
    )
    account_id = resolve.account(ctx)
    return NewOrder(account_id, instrument.instrument_id, "", terms, keep_rejected=True)


def _slippage(asked: Decimal, side: Side, quote: QuoteReport) -> Slippage:
    try:
        points: int = numbers.scaled(asked, 0)
    except numbers.NotOnGrid:
        raise Refused(Code.SLIPPAGE) from None
    if not 0 <= points <= _BP:
        raise Refused(Code.SLIPPAGE)
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
    form: m.BuildOrder, instrument: Instrument, limit_ticks: int | None, ctx: Ctx
) -> tuple[int, int]:
    # The lots, or the amount of quote where only a market order can tell the lots.
    given = [name for name in _QUANTITIES if getattr(form, name) is not None]
    if not given:
        raise MissingField("base_quantity")
    if len(given) > 1:
        raise invalid(given[1], f"does not go together with {given[0]}")
    name, value = given[0], getattr(form, given[0])
    if name != "quote_quantity":
        return resolve.qty_lots(name, value, instrument), 0
    quote = resolve.assets(instrument, ctx)[1]
    cash = resolve.cash_minor(name, value, quote, token(quote, ctx).max_qty_dp)
    if cash <= 0:
        raise OrderRefused(RejectReason.QTY_NOT_POSITIVE)
    if limit_ticks is None:
        return 0, cash
    if limit_ticks <= 0:
        raise OrderRefused(RejectReason.PRICE_NOT_POSITIVE)
    return cash // (limit_ticks * instrument.notional_minor), 0


BUILD = Op(m.BuildOrder, m.BuiltOrder, serve_build)
