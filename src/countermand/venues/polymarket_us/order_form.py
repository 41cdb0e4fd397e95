"""The order form: what a request to place, preview or batch says, as an order."""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.polymarket_us import resolve, slippage, tables
from countermand.venues.polymarket_us.annotations import ANNOTATIONS, Annotation
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.tables import Indicator
from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrderTerms,
    OrdType,
    Outcome,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason
from countermand.wire.errors import MissingField
from countermand.wire.fields import instant, invalid


def read_form(form: m.CreateOrder, account_id: AccountId, ctx: Ctx) -> NewOrder | RecordRejected:
    """
    Return the order asked for. What the exchange refuses is kept as a rejected order.

    Raises: MissingField, InvalidField for what the form itself forbids.
    Source: Orders API reference, "Create Order".
    """
    slug, (side, outcome) = resolve.required_slug(form.market_slug), _intent(form)
    check_block_time(form.max_block_time)
    ord_type = _ord_type(form)
    time_in_force = _time_in_force(form, ord_type)
    instrument = ctx.directory.instrument_by_symbol(slug)
    indicator = tables.INDICATORS.from_wire_if(form.manual_order_indicator) or Indicator.NONE
    noted = Annotation(outcome, indicator)
    if instrument is None:
        noted = _unknown(form, noted, slug, ord_type)
        terms = _terms(form, side, ord_type, time_in_force, noted, ctx)
        return RecordRejected(account_id, terms, RejectReason.UNKNOWN_INSTRUMENT)
    price_ticks = _price_ticks(form, side, ord_type, instrument)
    qty_lots, cash = _quantity(form, ord_type, outcome, instrument, ctx)
    terms = replace(
        _terms(form, side, ord_type, time_in_force, noted, ctx),
        order_qty_lots=qty_lots, price_ticks=price_ticks, cash=cash,
    )  # fmt: skip
    named = (account_id, instrument.instrument_id, "")
    return NewOrder(*named, terms, keep_rejected=True, needs_liquidity=True)


def _terms(
    form: m.CreateOrder,
    side: Side,
    ord_type: OrdType,
    time_in_force: TimeInForce,
    noted: Annotation,
    ctx: Ctx,
) -> OrderTerms:
    # Without a price and a quantity, which need a market's grid.
    return OrderTerms(
        side,
        ord_type,
        time_in_force,
        0,
        expire_ns=_expire_ns(form, time_in_force, ctx),
        exec_inst=int(ExecInst.POST_ONLY if form.participate_dont_initiate else ExecInst.NONE),
        stp=SelfTradePrevention.REJECT,
        text=ANNOTATIONS.write(noted),
    )


def check_block_time(seconds: int | None) -> None:
    """Refuse a negative time to wait. Raises InvalidField."""
    if seconds is not None and seconds < 0:
        raise invalid("maxBlockTime", "must not be negative")


def future_ns(until: str, ctx: Ctx) -> int:
    """Return the end of a good-till-date order. Raises InvalidField unless it is to come."""
    expire_ns = instant("goodTillTime", until)
    if expire_ns <= ctx.now_ns:
        raise invalid("goodTillTime", "must be in the future")
    return expire_ns


def check_no_end(until: str | None) -> None:
    """Refuse an end for an order that is not good till a date. Raises InvalidField."""
    if until:
        raise invalid("goodTillTime", "applies to good-till-date orders only")


def _intent(form: m.CreateOrder) -> tuple[Side, Outcome]:
    # Outcome side and action together win over an intent; one of them alone is refused.
    if form.outcome_side is None and form.action is None:
        if form.intent is None:
            raise MissingField("intent")
        return tables.INTENTS.from_wire(form.intent)
    if form.outcome_side is None:
        raise MissingField("outcomeSide")
    if form.action is None:
        raise MissingField("action")
    outcome = tables.OUTCOMES.from_wire(form.outcome_side)
    action = tables.ACTIONS.from_wire(form.action)
    return (action if outcome is Outcome.YES else action.opposite), outcome


def _ord_type(form: m.CreateOrder) -> OrdType:
    if form.type is not None:
        return tables.ORD_TYPES.from_wire(form.type)
    if form.price is None:
        raise MissingField("type")
    return OrdType.LIMIT


def _time_in_force(form: m.CreateOrder, ord_type: OrdType) -> TimeInForce:
    asked = tables.TIMES_IN_FORCE.from_wire_if(form.tif) or TimeInForce.DAY
    if ord_type is OrdType.MARKET and asked is not TimeInForce.FOK:
        return TimeInForce.IOC
    return asked


def _expire_ns(form: m.CreateOrder, time_in_force: TimeInForce, ctx: Ctx) -> int:
    if time_in_force is not TimeInForce.GTD:
        check_no_end(form.good_till_time)
        return 0
    if not form.good_till_time:
        raise MissingField("goodTillTime")
    return future_ns(form.good_till_time, ctx)


def _price_ticks(form: m.CreateOrder, side: Side, ord_type: OrdType, instrument: Instrument) -> int:
    _check_price(form, ord_type)
    if form.price is None:
        return slippage.bound_ticks(form.slippage_tolerance, side, instrument)
    return resolve.price_ticks("price", resolve.amount("price", form.price), instrument)


def _check_price(form: m.CreateOrder, ord_type: OrdType) -> None:
    if ord_type is OrdType.LIMIT and form.price is None:
        raise MissingField("price")
    if ord_type is OrdType.MARKET and form.price is not None:
        raise invalid("price", "does not apply to market orders")
    if ord_type is OrdType.LIMIT and form.slippage_tolerance is not None:
        raise invalid("slippageTolerance", "applies to market orders only")


def _quantity(
    form: m.CreateOrder, ord_type: OrdType, outcome: Outcome, instrument: Instrument, ctx: Ctx
) -> tuple[int, Cash | None]:
    _check_quantity(form, ord_type)
    if form.cash_order_qty is None:
        return resolve.qty_lots("quantity", form.quantity or Decimal(0), instrument), None
    cash = resolve.amount("cashOrderQty", form.cash_order_qty)
    if cash <= 0:
        raise invalid("cashOrderQty", "must be positive")
    quote = ctx.directory.assets[instrument.quote_asset_id]
    # Prices are those of YES for every intent, but cash is that of the outcome traded.
    minor = resolve.steps("cashOrderQty", cash, quote.scale)
    return 0, Cash(minor, outcome) if minor else None


def _check_quantity(form: m.CreateOrder, ord_type: OrdType) -> None:
    if form.cash_order_qty is None:
        if form.quantity is None:
            raise MissingField("quantity")
        return
    if form.quantity is not None:
        raise invalid("cashOrderQty", "does not go together with quantity")
    if ord_type is not OrdType.MARKET:
        raise invalid("cashOrderQty", "applies to market orders only")


def _unknown(form: m.CreateOrder, noted: Annotation, slug: str, ord_type: OrdType) -> Annotation:
    # The grid of an unknown market is not known either, so the numbers are told back as they were
    # sent.
    _check_price(form, ord_type)
    _check_quantity(form, ord_type)
    price = "" if form.price is None else f"{resolve.amount('price', form.price):f}"
    quantity = "" if form.quantity is None else f"{resolve.reasonable(form.quantity):f}"
    return Annotation(noted.outcome, noted.indicator, slug, price, quantity)
