"""Fills: what an account's orders traded."""

from __future__ import annotations

from msgspec import Struct

from countermand.control import names, orders
from countermand.control.host import Host, Served
from countermand.control.names import Side
from countermand.control.row import PREFIX, Asked, ControlRow
from countermand.vocabulary import order as vocabulary
from countermand.vocabulary.instrument import FeeBasis
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import Fill
from countermand.wire import numbers, times


class ListTheirFills(Asked, frozen=True):
    """Whose fills, and how many after how many."""

    venue: str
    account: str
    symbol: str | None = None
    limit: int = 100
    offset: int = 0


class Filled(Struct, frozen=True):
    """One side of a match, as its account sees it. Units: decimal text; `time` in RFC 3339."""

    order_id: int
    cl_ord_id: str
    symbol: str
    side: Side
    last_px: str
    last_qty: str
    fee: str
    fee_asset: str
    is_maker: bool
    time: str


class Fills(Struct, frozen=True):
    """Fills of an account, the newest first."""

    fills: tuple[Filled, ...]


async def list_fills(host: Host, asked: ListTheirFills) -> Fills:
    """Return fills of an account."""
    at = names.served(host, asked.venue)
    accounts, on = orders.accounts_of(at, asked.account), orders.instruments_of(at, asked.symbol)
    limit, offset = orders.page(asked.limit, asked.offset)
    query = ListFills(accounts, instrument_ids=on, limit=limit, offset=offset)
    found: tuple[Fill, ...] = host.exchange.view(query)
    return Fills(tuple(_filled(at, one) for one in found))


def _filled(at: Served, fill: Fill) -> Filled:
    on = at.directory.instruments[fill.instrument_id]
    # As the core charges it: what is received, where that is the basis, else money.
    is_base = on.fee_basis is FeeBasis.RECEIVED and fill.terms.side is vocabulary.Side.BUY
    of = at.directory.assets[on.base_asset_id if is_base else on.quote_asset_id]
    return Filled(
        fill.order_id,
        fill.cl_ord_id,
        on.symbol,
        Side[fill.terms.side.name],
        numbers.price_text(on, fill.last_px_ticks),
        numbers.qty_text(on, fill.last_qty_lots),
        numbers.minor_text(of, fill.fee_minor),
        of.symbol,
        fill.is_maker,
        times.iso_ns(fill.ts_ns),
    )


_VENUE = f"{PREFIX}/venues/{{venue}}"

ROWS = (
    ControlRow(
        name="fills",
        method="GET",
        path=f"{_VENUE}/accounts/{{account}}/fills",
        message=ListTheirFills,
        reply=Fills,
        run=list_fills,
        summary="List the fills of an account",
    ),
)
