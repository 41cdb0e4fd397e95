"""Execution records: what an order traded, one record for each match."""

from collections.abc import Sequence

from msgspec import Struct

from countermand.venues.deltadefi import ids
from countermand.venues.deltadefi.ids import Kind
from countermand.venues.deltadefi.messages import orders
from countermand.venues.deltadefi.translate import resolve
from countermand.vocabulary.events import Traded
from countermand.vocabulary.ids import AccountId, InstrumentId, MatchId, OrderId
from countermand.vocabulary.order import Side
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.wire import numbers
from countermand.wire.context import Context

MAKER, TAKER = "maker", "taker"


class _Part(Struct, frozen=True):
    # What a record is made of, wherever it was read. Units as in `Fill`.
    match_id: MatchId
    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    side: Side
    is_maker: bool
    price_ticks: int
    qty_lots: int
    fee_minor: int
    ts_ns: int


def record_of_fill(fill: Fill, ctx: Context) -> orders.ExecutionRecord:
    """Return the record of a fill."""
    part = _Part(
        fill.match_id,
        fill.order_id,
        fill.account_id,
        fill.instrument_id,
        fill.terms.side,
        fill.is_maker,
        fill.last_px_ticks,
        fill.last_qty_lots,
        fill.fee_minor,
        fill.ts_ns,
    )
    return _record(part, ctx)


def records_of(fills: Sequence[Fill], ctx: Context) -> list[orders.ExecutionRecord]:
    """Return the records of an order's fills, which come newest first; the oldest comes first."""
    return [record_of_fill(fill, ctx) for fill in reversed(fills)]


def records_of_receipt(
    receipt: Receipt, report: OrderReport, ctx: Context
) -> list[orders.ExecutionRecord]:
    """Return the records of what an order traded as it came in."""
    taken = [event for event in receipt.events if isinstance(event, Traded)]
    return [
        _record(
            _Part(
                event.match_id,
                report.order_id,
                report.account_id,
                report.instrument_id,
                report.terms.side,
                False,
                event.price_ticks,
                event.qty_lots,
                event.taker_fee_minor,
                receipt.ts_ns,
            ),
            ctx,
        )
        for event in taken
    ]


def _record(part: _Part, ctx: Context) -> orders.ExecutionRecord:
    instrument = ctx.directory.instruments[part.instrument_id]
    quote = ctx.directory.assets[instrument.quote_asset_id]
    received = resolve.received(instrument, part.side, ctx)
    notional_minor = instrument.notional_of(part.price_ticks, part.qty_lots)
    kind = Kind.MAKER_FILL if part.is_maker else Kind.TAKER_FILL
    return orders.ExecutionRecord(
        id=ids.uuid(kind, part.match_id),
        order_id=ids.order_text(part.order_id),
        account_id=ids.uuid(Kind.ACCOUNT, part.account_id),
        execution_price=numbers.price_text(instrument, part.price_ticks),
        filled_base_qty=numbers.qty_text(instrument, part.qty_lots),
        filled_quote_qty=numbers.minor_text(quote, notional_minor),
        commission_unit=received.symbol,
        commission=numbers.minor_text(received, part.fee_minor),
        role=MAKER if part.is_maker else TAKER,
        # The other side's order is not ours to know; both sides of a match are told the same id.
        counter_party_order_id=ids.uuid(Kind.COUNTER_PARTY, part.match_id),
        created_at=resolve.time_text(part.ts_ns),
    )
