"""
Markets and their lists, as anyone can read them.

Vectors: examples of the Markets API reference; where a number is not in one, it is worked out
beside the assertion.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.venues.polymarket_us.floor import CHAMPION, FED, GAME, NAME, Floor, dollars, slugs

from countermand.venues import VENUES
from countermand.venues.polymarket_us.presentation import Presentation
from countermand.vocabulary.commands import ListInstrument
from countermand.vocabulary.ids import InstrumentId

NOTHING = {
    "code": 5, "message": "The server was unable to process your request.", "details": [],
}  # fmt: skip


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


def test_documented_fields_without_a_value_are_null(quoted: Floor) -> None:
    """Documented fields without a value here: lines, times of listing, teams."""
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
