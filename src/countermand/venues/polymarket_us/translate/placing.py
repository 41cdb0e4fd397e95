"""Placing and previewing: the venue's order form to `NewOrder`, and back."""

from decimal import Decimal

from countermand.venues.polymarket_us import tables
from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.messages.money import Amount
from countermand.venues.polymarket_us.tables import Indicator, Outcome
from countermand.venues.polymarket_us.translate import resolve, slippage
from countermand.venues.polymarket_us.translate.money import price_to_wire
from countermand.venues.polymarket_us.translate.remarks import (
    Remarks,
    parse_remarks,
    remarks_text,
)
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecInst, OrdType, SelfTradePrevention, Side, TimeInForce
from countermand.vocabulary.queries import PreviewOrder
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, MissingField, NotExpressible

_IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)


def place_from_wire(message: orders.CreateOrder, ctx: Context) -> NewOrder:
    """
    Return the order asked for. Whatever the exchange refuses is kept as a rejected order.

    Raises: MissingField, InvalidField for what the form itself forbids.
    Source: Orders API reference, "Create Order".
    """
    return _new_order(message, resolve.account(ctx), ctx)


def place_many_from_wire(message: orders.CreateOrders, ctx: Context) -> tuple[NewOrder, ...]:
    """Return the orders of a batch; one that is malformed refuses them all."""
    account_id = resolve.account(ctx)
    return resolve.each(message.orders, lambda form: _new_order(form, account_id, ctx))


def preview_from_wire(message: orders.PreviewOrder, ctx: Context) -> PreviewOrder:
    """Return the question what an order would do. Raises as `place_from_wire` does."""
    if message.request is None:
        raise MissingField("request")
    return PreviewOrder(place_from_wire(message.request, ctx), ctx.now_ns)


def place_to_wire(command: NewOrder, ctx: Context) -> orders.CreateOrder:
    """Return the form of an order. Raises NotExpressible for what it has no room for."""
    resolve.check_own(command.account_id, ctx)
    _check_expressible(command)
    instrument = ctx.directory.instruments[command.instrument_id]
    limited, remarks = command.ord_type is OrdType.LIMIT, parse_remarks(command.text)
    expires = command.time_in_force is TimeInForce.GTD
    cash, lots = command.cash_qty_minor, command.order_qty_lots
    return orders.CreateOrder(
        market_slug=instrument.symbol,
        intent=tables.INTENTS.to_wire((command.side, remarks.outcome)),
        type=tables.ORD_TYPES.to_wire(command.ord_type),
        price=price_to_wire(instrument, command.price_ticks) if limited else None,
        quantity=None if cash else Decimal(numbers.qty_text(instrument, lots)),
        cash_order_qty=_cash_to_wire(cash, instrument, ctx) if cash else None,
        tif=tables.TIMES_IN_FORCE.to_wire(command.time_in_force),
        good_till_time=times.iso_ns(command.expire_ns) if expires else None,
        participate_dont_initiate=True if command.exec_inst & ExecInst.POST_ONLY else None,
        manual_order_indicator=indicator_to_wire(remarks.indicator),
    )


def _check_expressible(command: NewOrder) -> None:
    if command.ord_type not in tables.ORD_TYPES:
        raise NotExpressible("this type of order")
    limited, expires = command.ord_type is OrdType.LIMIT, command.time_in_force is TimeInForce.GTD
    sayable = NewOrder(
        command.account_id,
        command.instrument_id,
        "",
        command.side,
        command.ord_type,
        command.time_in_force,
        command.order_qty_lots,
        command.price_ticks if limited else 0,
        command.expire_ns if expires else 0,
        command.exec_inst & ExecInst.POST_ONLY,
        SelfTradePrevention.REJECT,
        text=command.text,
        cash_qty_minor=0 if limited else command.cash_qty_minor,
        keep_rejected=command.keep_rejected,
        cash_at_complement=_at_complement(command.cash_qty_minor, parse_remarks(command.text)),
    )
    for name in NewOrder.__struct_fields__:
        if getattr(command, name) != getattr(sayable, name):
            raise NotExpressible(f"{name} of an order")


def _cash_to_wire(minor: int, instrument: Instrument, ctx: Context) -> Amount:
    asset = ctx.directory.assets[instrument.quote_asset_id]
    return Amount(numbers.minor_text(asset, minor), asset.symbol)


def _new_order(form: orders.CreateOrder, account_id: AccountId, ctx: Context) -> NewOrder:
    slug, (side, outcome) = resolve.required_slug(form.market_slug), _intent(form)
    check_block_time(form.max_block_time)
    ord_type = _ord_type(form)
    time_in_force = _time_in_force(form, ord_type)
    instrument = ctx.directory.instrument_by_symbol(slug)
    remarks = Remarks(outcome, indicator_from_wire(form.manual_order_indicator))
    price_ticks, qty_lots, cash_minor = 0, 0, 0
    if instrument is None:
        remarks = _unknown(form, remarks, slug, ord_type)
    else:
        price_ticks = _price_ticks(form, side, ord_type, instrument)
        qty_lots, cash_minor = _quantity(form, ord_type, instrument, ctx)
    return NewOrder(
        account_id,
        InstrumentId(0) if instrument is None else instrument.instrument_id,
        "",
        side,
        ord_type,
        time_in_force,
        qty_lots,
        price_ticks,
        _expire_ns(form, time_in_force, ctx),
        int(ExecInst.POST_ONLY if form.participate_dont_initiate else ExecInst.NONE),
        SelfTradePrevention.REJECT,
        text=remarks_text(remarks),
        cash_qty_minor=cash_minor,
        keep_rejected=True,
        cash_at_complement=_at_complement(cash_minor, remarks),
    )


def _at_complement(cash_minor: int, remarks: Remarks) -> bool:
    # Prices are those of YES whatever the intent, but cash is that of the outcome traded.
    return cash_minor > 0 and remarks.outcome is Outcome.NO


def _intent(form: orders.CreateOrder) -> tuple[Side, Outcome]:
    # A pair wins over an intent, but half of one would be guessed at, so that it says nothing.
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


def _ord_type(form: orders.CreateOrder) -> OrdType:
    if form.type is not None:
        return tables.ORD_TYPES.from_wire(form.type)
    if form.price is None:
        raise MissingField("type")
    return OrdType.LIMIT


def _time_in_force(form: orders.CreateOrder, ord_type: OrdType) -> TimeInForce:
    asked = TimeInForce.DAY if form.tif is None else tables.TIMES_IN_FORCE.from_wire(form.tif)
    if ord_type is OrdType.MARKET and asked not in _IMMEDIATE:
        return TimeInForce.IOC
    return asked


def _expire_ns(form: orders.CreateOrder, time_in_force: TimeInForce, ctx: Context) -> int:
    if time_in_force is not TimeInForce.GTD:
        if form.good_till_time:
            text = "invalid goodTillTime: applies to good-till-date orders only"
            raise InvalidField("goodTillTime", text)
        return 0
    if not form.good_till_time:
        raise MissingField("goodTillTime")
    expire_ns = resolve.instant("goodTillTime", form.good_till_time)
    if expire_ns <= ctx.now_ns:
        raise InvalidField("goodTillTime", "invalid goodTillTime: must be in the future")
    return expire_ns


def _price_ticks(
    form: orders.CreateOrder, side: Side, ord_type: OrdType, instrument: Instrument
) -> int:
    _check_price(form, ord_type)
    if form.price is not None:
        price = resolve.amount("price", form.price)
        return resolve.price_ticks("price", price, instrument)
    return slippage.bound_ticks(form.slippage_tolerance, side, instrument)


def _check_price(form: orders.CreateOrder, ord_type: OrdType) -> None:
    if ord_type is OrdType.LIMIT and form.price is None:
        raise MissingField("price")
    if ord_type is OrdType.MARKET and form.price is not None:
        raise InvalidField("price", "invalid price: does not apply to market orders")
    if ord_type is OrdType.LIMIT and form.slippage_tolerance is not None:
        text = "invalid slippageTolerance: applies to market orders only"
        raise InvalidField("slippageTolerance", text)


def _quantity(
    form: orders.CreateOrder, ord_type: OrdType, instrument: Instrument, ctx: Context
) -> tuple[int, int]:
    _check_quantity(form, ord_type)
    if form.quantity is not None:
        return resolve.qty_lots("quantity", form.quantity, instrument), 0
    cash = _cash(form)
    scale = ctx.directory.assets[instrument.quote_asset_id].scale
    return 0, resolve.cash_minor("cashOrderQty", cash, scale)


def _check_quantity(form: orders.CreateOrder, ord_type: OrdType) -> None:
    if form.cash_order_qty is None:
        if form.quantity is None:
            raise MissingField("quantity")
        return
    if form.quantity is not None:
        text = "invalid cashOrderQty: does not go together with quantity"
        raise InvalidField("cashOrderQty", text)
    if ord_type is not OrdType.MARKET:
        text = "invalid cashOrderQty: applies to market orders only"
        raise InvalidField("cashOrderQty", text)


def _cash(form: orders.CreateOrder) -> Decimal:
    assert form.cash_order_qty is not None  # noqa: S101  (one of the two is there)
    cash = resolve.amount("cashOrderQty", form.cash_order_qty)
    if cash <= 0:
        raise InvalidField("cashOrderQty", "invalid cashOrderQty: must be positive")
    return cash


def _unknown(form: orders.CreateOrder, remarks: Remarks, slug: str, ord_type: OrdType) -> Remarks:
    # Nobody knows its grid, so what was sent is told back as it came.
    _check_price(form, ord_type)
    _check_quantity(form, ord_type)
    price = "" if form.price is None else f"{resolve.amount('price', form.price):f}"
    quantity = form.quantity
    if quantity is not None and not resolve.is_reasonable(quantity):
        raise InvalidField("quantity", "invalid quantity: is no amount")
    return Remarks(
        remarks.outcome,
        remarks.indicator,
        slug,
        price,
        "" if quantity is None else f"{quantity:f}",
    )


def check_block_time(seconds: int | None) -> None:
    """Look at a time to wait before anything is done. Raises InvalidField for a negative one."""
    if seconds is not None and seconds < 0:
        raise InvalidField("maxBlockTime", "invalid maxBlockTime: must not be negative")


def indicator_from_wire(text: str | None) -> Indicator:
    """Return who decided to send an order. Raises InvalidField."""
    return Indicator.NONE if text is None else tables.INDICATORS.from_wire(text)


def indicator_to_wire(indicator: Indicator) -> str | None:
    """Return the venue's word for it, if anything was said."""
    return None if indicator is Indicator.NONE else tables.INDICATORS.to_wire(indicator)
