"""Instruments and their quotes; assets."""

from decimal import Decimal
from typing import Any

from msgspec import Raw
from msgspec.structs import replace

from countermand.venues.coinbase_intx import ids, resolve, tables
from countermand.venues.coinbase_intx.messages import markets as m
from countermand.venues.coinbase_intx.messages.shared import ZERO
from countermand.venues.coinbase_intx.presentation import COLLATERAL
from countermand.venues.coinbase_intx.settings import NAME, Ctx
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument, InstrumentKind, TradingState
from countermand.vocabulary.queries import GetQuote, ListQuotes
from countermand.vocabulary.reports import QuoteReport
from countermand.vocabulary.units import PPB
from countermand.wire import numbers, times
from countermand.wire.conversation import Nothing, Op, Serving, always, each, many, reply
from countermand.wire.errors import Malformed, NotFound
from countermand.wire.reading import known

_ONE = Raw(b"1")

# Digits that our client keeps of what a venue counts: more than any answer was seen with.
SCALE = 18

# As captured; nothing is lent here.
_LOAN: dict[str, Any] = {"loan_initial_margin": "0.1", "max_loan_leverage": "3"}


def serve_get(message: m.GetInstrument, ctx: Ctx) -> Serving[m.Instrument]:
    """Show one instrument. Raises NotFound."""
    return show_instrument((yield from _quote_of(message.instrument, ctx)), ctx)


def serve_quote(message: m.GetQuote, ctx: Ctx) -> Serving[m.Quote]:
    """Show a quote. Raises NotFound."""
    return show_quote((yield from _quote_of(message.instrument, ctx)), ctx)


def ask_quote(query: GetQuote, ctx: Ctx) -> m.GetQuote:
    """Return the request for a quote."""
    return m.GetQuote(ctx.directory.instruments[query.instrument_id].symbol)


def read_quote(reply: m.Quote, message: m.GetQuote, ctx: Ctx) -> QuoteReport:
    """Return what a quote says; volumes and open interest, which it does not say, are 0."""
    return _read_quote(reply, resolve.instrument(message.instrument, ctx))


def _quote_of(text: str, ctx: Ctx) -> Serving[QuoteReport]:
    instrument_id = resolve.instrument_of_path(text, ctx).instrument_id
    found: QuoteReport | None = yield GetQuote(instrument_id)
    if found is None:
        raise NotFound("instrument not found")
    return found


def show_quote(report: QuoteReport, ctx: Ctx) -> m.Quote:
    """Return a quote."""
    instrument = report.instrument
    reference = numbers.price_text(instrument, instrument.reference_price_ticks)
    has_ask = bool(report.ask_qty_lots)
    # As captured: perpetuals always have a bid's price; clients need one.
    has_bid = bool(report.bid_qty_lots) or instrument.is_perpetual
    return m.Quote(
        best_bid_price=numbers.price_text(instrument, report.bid_px_ticks) if has_bid else None,
        best_bid_size=numbers.qty_text(instrument, report.bid_qty_lots),
        best_ask_price=numbers.price_text(instrument, report.ask_px_ticks) if has_ask else None,
        best_ask_size=numbers.qty_text(instrument, report.ask_qty_lots),
        trade_price=numbers.price_text(instrument, report.last_px_ticks),
        trade_qty=numbers.qty_text(instrument, report.last_qty_lots),
        index_price=reference,
        mark_price=numbers.price_text(instrument, report.mark_price_ticks),
        settlement_price=reference,
        limit_up=numbers.price_text(instrument, instrument.limit_up_ticks),
        limit_down=numbers.price_text(instrument, instrument.limit_down_ticks),
        predicted_funding="0",
        timestamp=times.iso_floor_ms(report.transact_ns or ctx.now_ns),
    )


def show_instrument(report: QuoteReport, ctx: Ctx) -> m.Instrument:
    """
    Return an instrument.

    Units: the exchange counts volume since the market was listed and that is what every period
           shows; a limit of 0 means none.
    """
    one = report.instrument
    base, quote = ctx.directory.assets[one.base_asset_id], ctx.directory.assets[one.quote_asset_id]
    volume = numbers.qty_text(one, report.volume_lots)
    notional = numbers.minor_text(quote, report.volume_notional_minor)
    margin = _number(one.initial_margin_ppb)
    return m.Instrument(
        instrument_id=str(one.instrument_id),
        instrument_uuid=ids.INSTRUMENT.uuid(one.instrument_id),
        symbol=one.symbol,
        # A str of the table, which has the literals that the message lists.
        type=tables.INSTRUMENT_TYPES.to_wire(one.kind),  # type: ignore[arg-type]  # see above
        **_asset_names("base", base),
        **_asset_names("quote", quote),
        base_increment=numbers.qty_text(one, 1),
        quote_increment=numbers.price_text(one, 1),
        price_band_percent=_number(one.price_band_ppb),
        market_order_percent=_number(one.market_band_ppb),
        qty_24hr=volume,
        notional_24hr=notional,
        avg_daily_qty=volume,
        avg_daily_notional=notional,
        avg_30day_notional=notional,
        avg_30day_qty=volume,
        open_interest=numbers.qty_text(one, report.open_interest_lots),
        position_limit_qty=numbers.qty_text(one, one.position_lots_max),
        **_LIMITS[one.kind],
        base_imf=margin,
        default_imf=margin,
        min_notional_value=numbers.minor_text(quote, one.notional_minor_min),
        min_quantity=numbers.qty_text(one, one.order_qty_lots_min),
        rfq_maker_fee_rate=numbers.rate_text(one.maker_fee_ppb),
        trading_state=tables.TRADING_STATES.to_wire(one.trading_state),
        quote=show_quote(report, ctx),
    )


# Limits that the exchange does not have, as captured: a 0 would read as "nothing is allowed".
_LIMITS: dict[InstrumentKind, dict[str, Any]] = {
    InstrumentKind.PERPETUAL: {
        "position_limit_adq_pct": Raw(b"1.0"),
        "position_notional_limit": "120000000",
        "open_interest_notional_limit": "300000000",
        "funding_interval": "3600000000000",
    },
    InstrumentKind.SPOT: {
        "position_limit_adq_pct": Raw(b"0.0"),
        "position_notional_limit": "5000000",
        "open_interest_notional_limit": "26000000",
        "funding_interval": "0",
    },
}


def read_instrument(message: m.Instrument, asked: Any, ctx: Ctx) -> QuoteReport:
    """
    Return what is said of an instrument.

    Units: the wire tells no asset's scale; one the context does not know gets the fewest digits in
           which every price and quantity of this instrument is exact.
    Raises: Malformed for an invalid number.
    """
    try:
        one = _instrument(message, ctx)
        quote = _asset(message.quote_asset_id, ctx) or _unknown_asset(one)
        return replace(
            _read_quote(message.quote, one),
            volume_lots=numbers.qty_lots_nearest(one, Decimal(message.qty_24hr)),
            volume_notional_minor=numbers.asset_minor_nearest(
                quote, Decimal(message.notional_24hr)
            ),
            open_interest_lots=numbers.qty_lots_nearest(one, Decimal(message.open_interest)),
        )
    except (ArithmeticError, ValueError) as error:
        raise Malformed(f"instrument {message.symbol}: {error}") from None


def show_assets(message: Nothing, ctx: Ctx) -> list[m.Asset]:
    """Return all assets."""
    return [show_asset(asset) for asset in ctx.directory.assets.values()]


def show_one_asset(message: m.GetAsset, ctx: Ctx) -> m.Asset:
    """Return the asset asked for. Raises NotFound."""
    return show_asset(resolve.asset(message.asset, ctx))


def show_networks(message: m.ListNetworks, ctx: Ctx) -> list[m.Asset]:
    """Return the networks an asset can be moved on: none, it is practice money. Raises NotFound."""
    resolve.asset(message.asset, ctx)
    return []


def show_asset(asset: Asset) -> m.Asset:
    """Return an asset."""
    weighs = asset.symbol == COLLATERAL
    return m.Asset(
        asset_id=str(asset.asset_id),
        asset_uuid=ids.ASSET.uuid(asset.asset_id),
        asset_name=asset.symbol,
        collateral_weight=_ONE if weighs else ZERO,
        **(_LOAN if weighs else {}),
    )


def read_asset(message: m.Asset, asked: Any, ctx: Ctx) -> Asset:
    """Return an asset; its scale is not told: one that is known has its own, another `SCALE`."""
    return _named_asset(message.asset_id, message.asset_name, ctx)


def assets_of(message: m.Instrument, ctx: Ctx) -> tuple[Asset, ...]:
    """Return the two assets that an instrument names. Raises as `read_asset` does."""
    named = (
        (message.base_asset_id, message.base_asset_name),
        (message.quote_asset_id, message.quote_asset_name),
    )
    return tuple(_named_asset(number, name, ctx) for number, name in named)


def _named_asset(text: str, name: str, ctx: Ctx) -> Asset:
    if (found := ctx.directory.asset_by_symbol(name)) is not None:
        return found
    return Asset(AssetId(known("asset", ctx.read_id(ids.ASSET_ID, text))), NAME, name, SCALE)


def _asset_names(role: str, asset: Asset) -> dict[str, Any]:
    return {
        f"{role}_asset_id": str(asset.asset_id),
        f"{role}_asset_uuid": ids.ASSET.uuid(asset.asset_id),
        f"{role}_asset_name": asset.symbol,
    }


def _number(ppb: int) -> Raw:
    return Raw(numbers.rate_text(ppb).encode())


def _ppb(raw: Raw) -> int:
    return numbers.rate_ppb_nearest(Decimal(bytes(raw).decode()))


def _asset(text: str, ctx: Ctx) -> Asset | None:
    return ctx.directory.assets.get(AssetId(ctx.read_id(ids.ASSET_ID, text) or 0))


def _unknown_asset(one: Instrument) -> Asset:
    scale = one.price_scale + one.qty_scale
    return Asset(one.quote_asset_id, NAME, "", scale)


def _read_quote(message: m.Quote, one: Instrument) -> QuoteReport:
    def ticks(text: str | None) -> int:
        return numbers.price_ticks_nearest(one, Decimal(text or 0))

    def lots(text: str) -> int:
        return numbers.qty_lots_nearest(one, Decimal(text))

    return QuoteReport(
        one,
        ticks(message.best_bid_price),
        lots(message.best_bid_size),
        ticks(message.best_ask_price),
        lots(message.best_ask_size),
        ticks(message.trade_price),
        last_qty_lots=lots(message.trade_qty),
        mark_price_ticks=ticks(message.mark_price),
        transact_ns=times.parse_iso(message.timestamp),
    )


def _instrument(message: m.Instrument, ctx: Ctx) -> Instrument:
    tick_units, price_scale = numbers.grid(Decimal(message.quote_increment))
    lot_units, qty_scale = numbers.grid(Decimal(message.base_increment))
    base, quote = _asset(message.base_asset_id, ctx), _asset(message.quote_asset_id, ctx)
    quote_scale = quote.scale if quote else price_scale + qty_scale
    base_scale = base.scale if base else qty_scale
    if min(quote_scale - price_scale, base_scale) < qty_scale:
        raise ValueError("trades in steps that its assets do not have")
    one = Instrument(
        instrument_id=InstrumentId(ctx.read_id(ids.INSTRUMENT_ID, message.instrument_id) or 0),
        venue=NAME,
        symbol=message.symbol,
        kind=tables.INSTRUMENT_TYPES.from_wire(message.type),
        base_asset_id=AssetId(ctx.read_id(ids.ASSET_ID, message.base_asset_id) or 0),
        quote_asset_id=AssetId(ctx.read_id(ids.ASSET_ID, message.quote_asset_id) or 0),
        tick_units=tick_units,
        price_scale=price_scale,
        lot_units=lot_units,
        qty_scale=qty_scale,
        notional_minor=tick_units * lot_units * 10 ** (quote_scale - price_scale - qty_scale),
        lot_minor=lot_units * 10 ** (base_scale - qty_scale),
    )
    return _with_rules(one, message, quote_scale)


def _with_rules(one: Instrument, message: m.Instrument, quote_scale: int) -> Instrument:
    # A missing field, such as the taker's fee, keeps its default.
    def said(name: str) -> Decimal:
        return Decimal(getattr(message, name, 0))

    reference = Decimal(message.quote.index_price)
    rules = {
        "order_qty_lots_min": numbers.qty_lots(one, said("min_quantity")),
        "notional_minor_min": numbers.nearest(said("min_notional_value"), quote_scale),
        "position_lots_max": numbers.qty_lots_nearest(one, said("position_limit_qty")),
        "price_band_ppb": _ppb(message.price_band_percent),
        "market_band_ppb": _ppb(message.market_order_percent),
        "maker_fee_ppb": numbers.rate_ppb_nearest(said("rfq_maker_fee_rate")),
        "initial_margin_ppb": _ppb(message.base_imf) or PPB,
        "reference_price_ticks": numbers.price_ticks_nearest(one, reference),
        # An unknown word is read as a state without trading.
        "trading_state": tables.TRADING_STATES.read(message.trading_state, TradingState.HALTED),
    }
    return replace(one, **rules)


_every = many(always(ListQuotes(NAME)), show_instrument)
_ask_every = always(Nothing())

LIST = Op(Nothing, list[m.Instrument], _every, _ask_every, each(read_instrument))
GET = Op(m.GetInstrument, m.Instrument, serve_get)
QUOTE = Op(m.GetQuote, m.Quote, serve_quote, ask_quote, read_quote)
ASSETS = Op(Nothing, list[m.Asset], reply(show_assets), _ask_every, each(read_asset))
ASSET = Op(m.GetAsset, m.Asset, reply(show_one_asset))
NETWORKS = Op(m.ListNetworks, list[m.Asset], reply(show_networks))
