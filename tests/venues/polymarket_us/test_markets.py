"""
The public reads: markets, books, settlements.

Vectors: examples of the Markets API reference; where a number is not in one, it is worked out
beside the assertion.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.venues.polymarket_us.floor import CHAMPION, FED, GAME, NAME, Floor, told

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.venues import VENUES
from countermand.venues.polymarket_us import depth, markets
from countermand.venues.polymarket_us.messages import markets as m
from countermand.venues.polymarket_us.presentation import Presentation
from countermand.vocabulary.commands import ListInstrument
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.queries import GetQuote, ListQuotes
from countermand.vocabulary.reports import DepthReport, QuoteReport, ReferenceData
from countermand.wire.directory import Directory
from countermand.wire.errors import Malformed, NotFound
from countermand.wire.operation import Operation

NOTHING = {
    "code": 5, "message": "The server was unable to process your request.", "details": [],
}  # fmt: skip


@pytest.fixture
def floor() -> Floor:
    """A floor of one's own."""
    return Floor()


@pytest.fixture
def quoted(floor: Floor) -> Floor:
    """The example of the documents: 120 bid at 0.54, 80.5 offered at 0.56, last trade at 0.55."""
    floor.sell("bob", "1", "0.55")
    floor.buy("alice", "1", "0.55")
    floor.buy("alice", "120", "0.54")
    floor.sell("bob", "80.5", "0.56")
    return floor


def dollars(value: str) -> dict[str, str]:
    """Return an Amount."""
    return {"value": value, "currency": "USD"}


def slugs(floor: Floor, query: str) -> list[str]:
    """Return what a list of markets shows."""
    status, page = floor.get(f"/v1/markets?{query}")
    assert status == 200, page
    return [market["slug"] for market in page["markets"]]


# --- markets


def test_market_of_the_documents(quoted: Floor) -> None:
    """Every field of the documented example is there with its value; only the ids are ours."""
    market = quoted.get(f"/v1/market/slug/{GAME}")[1]["market"]
    sides = market.pop("marketSides")
    documented = {
        "slug": GAME, "question": "NY vs SA", "active": True, "closed": False, "archived": False,
        "hidden": False, "category": "sports", "marketType": "moneyline",
        "startDate": "2026-06-01T00:00:00Z", "endDate": "2026-06-06T00:00:00Z",
        "orderPriceMinTickSize": 0.01, "minimumTradeQty": 0.01, "feeCoefficient": 0.0695,
        "bestBid": 0.54, "bestAsk": 0.56, "outcomes": '["NY","SA"]',
        "outcomePrices": '["0.55","0.45"]',
    }  # fmt: skip

    assert documented == {name: market[name] for name in documented}
    kind = "MARKET_SIDE_TYPE_INSTRUMENT"
    names = ("marketSideType", "description", "price", "long")
    assert [(kind, "NY", "0.55", True), (kind, "SA", "0.45", False)] == [
        tuple(side[name] for name in names) for side in sides
    ]


def test_market_as_gateways_of_today_tell_it(quoted: Floor) -> None:
    """The fields clients report beyond the documents."""
    market = quoted.get(f"/v1/market/slug/{GAME}")[1]["market"]

    assert (dollars("0.54"), dollars("0.56")) == (market["bestBidQuote"], market["bestAskQuote"])
    assert ("MARKET_STATUS_OPEN", "OPEN") == (market["status"], market["ep3Status"])
    assert "NY vs SA" == market["title"]


def test_what_no_market_has_is_null(quoted: Floor) -> None:
    """Documented, so that it is there: lines, times of listing, teams."""
    market = quoted.get(f"/v1/market/slug/{GAME}")[1]["market"]
    order = quoted.get("/v1/orders/open", "alice")[1]["orders"][0]
    names = ("sportsMarketTypeV2", "line", "createdAt", "updatedAt")

    assert [None] * 4 == [market[name] for name in names]
    for one in (*market["marketSides"], order["marketMetadata"]):
        assert (None, None) == (one["teamId"], one["team"])


def test_numbers_are_exact(floor: Floor) -> None:
    """Digit for digit in the bytes: no float has been near them."""
    floor.buy("alice", "3", "0.605", FED)
    raw = floor.raw(f"/v1/market/slug/{FED}")[1]

    assert b'"orderPriceMinTickSize":0.005,"minimumTradeQty":1,"feeCoefficient":0.0695' in raw
    assert b'"bestBid":0.605,"bestAsk":null' in raw


def test_market_by_id(floor: Floor) -> None:
    """The id of a body is the number of the path."""
    listed = floor.get("/v1/markets")[1]["markets"]
    for market in listed:
        assert market["id"].isdigit()
        assert (200, {"market": market}) == floor.get(f"/v1/market/id/{market['id']}")


def test_side_ids_are_unique(floor: Floor) -> None:
    """No two markets share a side's id."""
    listed = floor.get("/v1/markets")[1]["markets"]
    ids = [side["id"] for market in listed for side in market["marketSides"]]

    assert 6 == len(set(ids))


@pytest.mark.parametrize(
    "target",
    ["/v1/market/slug/nope", "/v1/market/id/999999", "/v1/markets/nope/book",
     "/v1/markets/nope/bbo", "/v1/markets/nope/settlement", "/v1/events/7", "/v1/events/slug/x",
     "/v1/series/id/7"],
)  # fmt: skip
def test_unknown_paths(floor: Floor, target: str) -> None:
    """Each unknown path has the gateway's one text."""
    assert (404, NOTHING) == floor.get(target)


def test_id_that_is_no_number(floor: Floor) -> None:
    """The path is typed."""
    status, body = floor.get("/v1/market/id/abc")

    assert (400, 3) == (status, body["code"])


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/v1/events?limit=3&active=true", {"events": []}),
        ("/v1/series", {"series": []}),
        ("/v1/sports", {"sports": []}),
        ("/v1/sports/teams/provider?provider=x", {"teams": {}}),
        ("/v1/search?query=nba+finals", {"events": []}),
    ],
)
def test_rest_of_the_gateway_is_empty(floor: Floor, target: str, body: Any) -> None:
    """The other lists are empty, with all keys that clients index."""
    assert (200, body) == floor.get(target)


# --- lists of markets


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [GAME, CHAMPION, FED]),
        ("limit=2", [GAME, CHAMPION]),
        ("limit=2&offset=2", [FED]),
        ("offset=3", []),
        ("limit=0", [GAME, CHAMPION, FED]),
        (f"slug={FED}&slug={GAME}&slug=nope", [GAME, FED]),
        ("active=true", [GAME, CHAMPION, FED]),
        ("active=false", []),
        ("closed=false&archived=false", [GAME, CHAMPION, FED]),
        ("closed=true", []),
        ("categories=economics", [FED]),
        ("categories=economics&categories=sports", [GAME, CHAMPION, FED]),
        ("marketTypes=moneyline", [GAME]),
        ("sportsMarketTypes=spread", []),
        ("eventSlug=mlb-champ-2026", [CHAMPION]),
        ("startDateMin=2026-06-01T00:00:00Z", [GAME, FED]),
        ("startDateMax=2026-05-31T23:59:59Z", [CHAMPION]),
        ("endDateMin=2026-06-06T00:00:01Z&endDateMax=2026-11-04T00:00:00Z", [CHAMPION]),
        ("orderBy=endDate&orderDirection=desc", [FED, CHAMPION, GAME]),
        ("orderBy=slug", [GAME, FED, CHAMPION]),
        ("orderBy=id&orderDirection=ASC", [GAME, CHAMPION, FED]),
        ("orderBy=EndDate&orderDirection=DESC", [FED, CHAMPION, GAME]),
        ("orderBy=slug&orderDirection=up", [GAME, FED, CHAMPION]),
        ("orderBy=startDate&orderDirection=asc&limit=1", [CHAMPION]),
        ("orderBy=liquidity&orderDirection=desc", [GAME, CHAMPION, FED]),
        ("tagIds=3&gameId=4&relatedTags=true&whatever=1", [GAME, CHAMPION, FED]),
    ],
)
def test_list_is_narrowed(floor: Floor, query: str, expected: list[str]) -> None:
    """Filters that apply here narrow the list; others are ignored."""
    assert expected == slugs(floor, query)


def test_list_by_id(floor: Floor) -> None:
    """Ids are repeated like slugs."""
    first, second = (floor.market(slug).instrument_id for slug in (GAME, FED))

    assert [GAME, FED] == slugs(floor, f"id={second}&id={first}")


def test_list_by_volume(quoted: Floor) -> None:
    """One contract traded at 0.55, which is 0.55 dollars."""
    assert [GAME] == slugs(quoted, "volumeNumMin=0.55")
    assert [CHAMPION, FED] == slugs(quoted, "volumeNumMax=0.549999")
    assert [GAME] == slugs(quoted, "orderBy=volumeNum&orderDirection=desc&limit=1")


def test_list_is_twenty_long(floor: Floor) -> None:
    """Unless it is told otherwise."""
    for number in range(20):
        one = replace(floor.market(), instrument_id=InstrumentId(0), symbol=f"more-{number:02d}")
        floor.desk.engine.enter(ListInstrument(one))

    assert 20 == len(slugs(floor, ""))
    assert ["more-17", "more-18", "more-19"] == slugs(floor, "offset=20")
    assert 23 == len(slugs(floor, "limit=100"))


def test_hidden_and_archived(floor: Floor) -> None:
    """A hidden market must be asked for; an archived one is listed unless excluded."""
    said = {GAME: Presentation(hidden=True), CHAMPION: Presentation(archived=True)}
    floor.desk.pipeline.settings = replace(floor.desk.settings, markets=said)

    assert [CHAMPION, FED] == slugs(floor, "")
    assert [GAME, CHAMPION, FED] == slugs(floor, "includeHidden=true")
    assert [FED] == slugs(floor, "archived=false")


def test_market_without_a_description(floor: Floor) -> None:
    """A market without a description has its slug for a title, and outcomes Yes and No."""
    floor.desk.pipeline.settings = replace(floor.desk.settings, markets={})
    market = floor.get(f"/v1/market/slug/{GAME}")[1]["market"]

    assert (GAME, GAME, '["Yes","No"]', None) == (
        market["title"], market["question"], market["outcomes"], market["endDate"],
    )  # fmt: skip


@pytest.mark.parametrize("field", ["start_date", "end_date", "game_start_time"])
def test_date_that_is_none_is_no_world(field: str) -> None:
    """A world is refused before it is served, and the field is named."""
    settings = {"markets": {GAME: {field: "2026-02-30T00:00:00Z"}}}

    with pytest.raises(msgspec.ValidationError, match=rf"{field} .*\.markets\[\.\.\.\]"):
        msgspec.convert(settings, VENUES[NAME].settings)


@pytest.mark.parametrize(
    "query",
    ["limit=-1", "limit=ten", "offset=-1", "id=x", "active=maybe",
     "volumeNumMin=lots", "volumeNumMin=NaN", "startDateMin=yesterday", "limit=1&limit=2"],
)  # fmt: skip
def test_bad_filter(floor: Floor, query: str) -> None:
    """The filter is refused and not guessed at."""
    status, body = floor.get(f"/v1/markets?{query}")

    assert (400, 3) == (status, body["code"])


# --- books


def test_book_of_the_documents(quoted: Floor) -> None:
    """Best first, prices as Amounts, quantities as text; one contract has traded."""
    data = quoted.get(f"/v1/markets/{GAME}/book")[1]["marketData"]
    stats = data.pop("stats")
    assert data.pop("transactTime").startswith("2027-01-15T08:00:00")

    assert {
        "marketSlug": GAME, "bids": [{"px": dollars("0.54"), "qty": "120"}],
        "offers": [{"px": dollars("0.56"), "qty": "80.5"}], "state": "MARKET_STATE_OPEN",
    } == data  # fmt: skip
    assert {
        "openPx": dollars("0.55"), "highPx": dollars("0.55"), "lowPx": dollars("0.55"),
        "lastTradePx": dollars("0.55"), "lastTradeQty": "1", "currentPx": dollars("0.55"),
        "settlementPx": None, "sharesTraded": "1", "notionalTraded": dollars("0.55"),
        "openInterest": "1",
        # Nothing closes, and nothing is called before it opens.
        "closePx": None, "indicativeOpenPx": None, "tradingReferencePx": None,
    } == stats  # fmt: skip


def test_book_tells_where_trading_began_and_how_far_it_went(floor: Floor) -> None:
    """The first price, the highest and the lowest, with aggressors on both sides."""
    for price in ("0.50", "0.61", "0.42", "0.55"):
        floor.sell("bob", "1", price)
        floor.buy("alice", "1", price)
    stats = floor.get(f"/v1/markets/{GAME}/book")[1]["marketData"]["stats"]

    assert [dollars(price) for price in ("0.50", "0.61", "0.42", "0.55")] == [
        stats[name] for name in ("openPx", "highPx", "lowPx", "lastTradePx")
    ]


def test_levels_are_summed_and_best_first(floor: Floor) -> None:
    """Two orders at one price are one level; a NO order rests on the YES side it is."""
    for qty, price in (("1", "0.40"), ("0.25", "0.42"), ("2.5", "0.42")):
        floor.buy("alice", qty, price)
    for qty, price in (("1", "0.60"), ("0.01", "0.50")):
        floor.sell("bob", qty, price)
    data = floor.get(f"/v1/markets/{GAME}/book")[1]["marketData"]

    assert [("0.42", "2.75"), ("0.40", "1")] == [(x["px"]["value"], x["qty"]) for x in data["bids"]]
    assert [("0.50", "0.01"), ("0.60", "1")] == [
        (x["px"]["value"], x["qty"]) for x in data["offers"]
    ]


def test_book_of_a_market_that_never_traded(floor: Floor) -> None:
    """Both sides are empty lists, unknown prices are null, counts are 0."""
    data = floor.get(f"/v1/markets/{CHAMPION}/book")[1]["marketData"]

    assert ([], [], None) == (data["bids"], data["offers"], data["transactTime"])
    assert {
        "openPx": None, "highPx": None, "lowPx": None, "closePx": None,
        "indicativeOpenPx": None, "tradingReferencePx": None,
        "lastTradePx": None, "lastTradeQty": "0", "currentPx": dollars("0.25"),
        "settlementPx": None, "sharesTraded": "0", "notionalTraded": dollars("0.00"),
        "openInterest": "0",
    } == data["stats"]  # fmt: skip


def test_bbo_of_the_documents(floor: Floor) -> None:
    """An empty side is null, its depth 0; NO costs what YES is not bid."""
    floor.sell("bob", "1", "0.55")
    floor.buy("alice", "1", "0.55")
    floor.buy("alice", "120", "0.54")
    floor.buy("alice", "7", "0.54")

    assert {
        "marketSlug": GAME, "bestBid": dollars("0.54"), "bestAsk": None, "bidDepth": 1,
        "askDepth": 0, "lastTradePx": dollars("0.55"), "currentPx": dollars("0.55"),
        "settlementPx": None, "sharesTraded": "1", "openInterest": "1", "longQuote": None,
        "shortQuote": dollars("0.46"), "state": "MARKET_STATE_OPEN", "bidShares": "127",
        "askShares": "0",
    } == floor.get(f"/v1/markets/{GAME}/bbo")[1]["marketData"]  # fmt: skip


def test_bbo_counts_levels(quoted: Floor) -> None:
    """Levels, not orders and not contracts."""
    quoted.buy("alice", "5", "0.30")
    quoted.buy("alice", "5", "0.31")
    data = quoted.get(f"/v1/markets/{GAME}/bbo")[1]["marketData"]

    assert (3, 1, "120", "80.5") == (
        data["bidDepth"], data["askDepth"], data["bidShares"], data["askShares"],
    )  # fmt: skip
    assert (dollars("0.56"), dollars("0.46")) == (data["longQuote"], data["shortQuote"])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (TradingState.TRADING, "MARKET_STATE_OPEN"),
        (TradingState.LIMIT_ONLY, "MARKET_STATE_OPEN"),
        (TradingState.POST_ONLY, "MARKET_STATE_PREOPEN"),
        (TradingState.CANCEL_ONLY, "MARKET_STATE_SUSPENDED"),
        (TradingState.PAUSED, "MARKET_STATE_SUSPENDED"),
        (TradingState.HALTED, "MARKET_STATE_HALTED"),
    ],
)
def test_states(floor: Floor, state: TradingState, expected: str) -> None:
    """
    Book and BBO have the venue's word for each state, and in none of them is the market closed.
    """
    floor.become(state)
    targets = [f"/v1/markets/{GAME}/{view}" for view in ("book", "bbo")]
    seen = {floor.get(target)[1]["marketData"]["state"] for target in targets}
    market = floor.get(f"/v1/market/slug/{GAME}")[1]["market"]

    assert {expected} == seen
    assert (True, False) == (market["active"], market["closed"])


# --- settlement


def test_settlement_that_is_not_there_yet(quoted: Floor) -> None:
    """404, naming the market."""
    assert (
        404,
        {"code": 5, "message": f"Settlement not found for market {GAME}", "details": []},
    ) == quoted.get(f"/v1/markets/{GAME}/settlement")


@pytest.mark.parametrize(("price", "number"), [("1", b"1"), ("0", b"0"), ("0.5", b"0.5")])
def test_settlement(quoted: Floor, price: str, number: bytes) -> None:
    """The settlement is the worth of YES, with either source asked for."""
    quoted.settle(price)
    expected = b'{"slug":"%b","settlement":%b}' % (GAME.encode(), number)

    assert (200, expected) == quoted.raw(f"/v1/markets/{GAME}/settlement")
    assert (200, expected) == quoted.raw(f"/v1/markets/{GAME}/settlement?fromEp3=true")


def test_settled_market(quoted: Floor) -> None:
    """The market is closed, its book is empty, and its outcomes have their final worth."""
    quoted.settle("1")
    market = quoted.get(f"/v1/market/slug/{GAME}")[1]["market"]
    bbo = quoted.get(f"/v1/markets/{GAME}/bbo")[1]["marketData"]

    assert (False, True, "EXPIRED") == (market["active"], market["closed"], market["ep3Status"])
    assert '["1.00","0.00"]' == market["outcomePrices"]
    assert ("MARKET_STATE_EXPIRED", dollars("1.00"), None, None) == (
        bbo["state"], bbo["settlementPx"], bbo["bestBid"], bbo["bestAsk"],
    )  # fmt: skip
    assert [GAME] == slugs(quoted, "closed=true")
    assert [CHAMPION, FED] == slugs(quoted, "active=true")


def test_market_settled_at_nothing(quoted: Floor) -> None:
    """A price of 0 is a price."""
    quoted.settle("0")
    bbo = quoted.get(f"/v1/markets/{GAME}/bbo")[1]["marketData"]
    market = quoted.get(f"/v1/market/slug/{GAME}")[1]["market"]

    assert dollars("0.00") == bbo["settlementPx"]
    assert '["0.00","1.00"]' == market["outcomePrices"]


# --- our client


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
