"""How our client reads the venue's markets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.polymarket_us.floor import CHAMPION, FED, GAME, NAME, Floor, told

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.venues.polymarket_us import depth, markets
from countermand.venues.polymarket_us.messages import markets as m
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.queries import GetQuote, ListQuotes
from countermand.vocabulary.reports import DepthReport, QuoteReport, ReferenceData
from countermand.wire.directory import Directory
from countermand.wire.errors import Malformed, NotFound
from countermand.wire.operation import Operation


def ask(floor: Floor, operation: Operation, query: Any, directory: Directory | None = None) -> Any:
    """Ask as a client does, with or without knowing what things are called."""
    desk = floor.desk
    context = desk.context()
    if directory is not None:
        context = replace(context, directory=directory)
    return asyncio.run(
        call(
            desk.venue, operation, query,
            context=context, credential=None, transport=InProcessTransport(desk.pipeline.handle),
        )
    )  # fmt: skip


def test_client_reads_a_quote(quoted: Floor) -> None:
    """All fields, except the last trade's size and time and the value traded."""
    query = GetQuote(quoted.market().instrument_id)
    known = quoted.desk.engine.exchange.query(query)

    assert replace(
        known, last_qty_lots=0, volume_notional_minor=0, transact_ns=0
    ) == ask(quoted, Operation.GET_QUOTE, query)  # fmt: skip


def test_client_reads_markets(quoted: Floor) -> None:
    """Their rules, their best prices and what they are marked at; sizes are not told."""
    quoted.become(TradingState.CANCEL_ONLY, FED)
    quoted.settle("1", CHAMPION)
    read: tuple[QuoteReport, ...] = ask(quoted, Operation.LIST_INSTRUMENTS, ListQuotes(NAME))
    known = quoted.desk.engine.exchange.query(ListQuotes(NAME))

    assert [one.instrument for one in known] == [one.instrument for one in read]
    assert [(one.bid_px_ticks, one.ask_px_ticks) for one in known] == [
        (one.bid_px_ticks, one.ask_px_ticks) for one in read
    ]
    assert [None, 1000, None] == [one.settled_px_ticks for one in read]
    assert [55, 1000, 120] == [one.mark_price_ticks for one in read]


def test_client_reads_markets_it_has_never_heard_of(quoted: Floor) -> None:
    """The grid, the payout and the fee are read from the wire."""
    usd = ReferenceData((quoted.usd,), (), ())
    read = ask(quoted, Operation.LIST_INSTRUMENTS, ListQuotes(NAME), Directory(NAME, usd))

    for one in (report.instrument for report in read):
        known = quoted.market(one.symbol)
        for name in (
            "instrument_id", "kind", "quote_asset_id", "tick_units", "price_scale", "lot_units",
            "qty_scale", "notional_minor", "payout_ticks", "fee_basis", "taker_fee_ppb",
        ):  # fmt: skip
            assert getattr(known, name) == getattr(one, name), name


def test_unreadable_answers(quoted: Floor) -> None:
    """A quote of an unknown market, and a market with unreadable prices."""
    desk = quoted.desk
    known = desk.engine.exchange.query(GetQuote(quoted.market().instrument_id))
    ctx, asked = desk.context(), m.BySlug(GAME)
    bbo = told(
        depth.serve_quote(asked, ctx), known, DepthReport(known.instrument.instrument_id, (), ())
    )
    market = markets.show_market(known, ctx)
    other = replace(bbo, market_data=replace(bbo.market_data, market_slug="other"))
    broken = [
        replace(market, outcome_prices=text, market_sides=[]) for text in ("[]", '["x"]', "0.5")
    ]

    with pytest.raises(Malformed, match="not known"):
        depth.read_quote(other, asked, ctx)
    for one in broken:
        with pytest.raises(Malformed, match=f"market {GAME}"):
            markets.read_market(one, m.ListMarkets(), ctx)


def test_market_that_is_gone_is_not_there(floor: Floor) -> None:
    """Should the exchange have no quote of a market the venue knows, that is a 404."""
    for row in (markets.BY_SLUG, depth.QUOTE, depth.BOOK, depth.SETTLEMENT):
        with pytest.raises(NotFound, match=r"The server was unable to process your request\."):
            told(row.serve(m.BySlug(GAME), floor.desk.context()), None)
