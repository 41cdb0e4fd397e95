"""
Securities, options, streamers.

Vectors: samples of the ETNA manual, "Get equity info by internal ID", "Get filtered equities", "Get
equity info by mask", "Get streamers' info"; of a security, ids and dates are ours.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from tests.venues.autoshares.window import HOST, Window

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.venues.autoshares import markets
from countermand.venues.autoshares.messages.markets import Equity
from countermand.venues.autoshares.messages.shared import Page
from countermand.venues.autoshares.presentation import About, Person
from countermand.venues.autoshares.settings import AutosharesSettings
from countermand.vocabulary.queries import ListQuotes
from countermand.wire.operation import Operation

GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
ALL = "pageNumber=0&pageSize=100&sortField=Id&desc=false"


@pytest.fixture(scope="module")
def window() -> Window:
    """A window that no test changes."""
    return Window()


def symbols(window: Window, target: str) -> list[str]:
    """Return the symbols a list or a page shows."""
    said = window.seen(target)
    return [one["Symbol"] for one in (said["Result"] if isinstance(said, dict) else said)]


# --- one security


def test_security_of_the_manual(window: Window) -> None:
    """Every documented field; numbers are numbers."""
    stock = window.stock()

    assert {
        "Id": stock.instrument_id, "Symbol": "AAPL", "Description": "Apple Inc.",
        "Exchange": "XNAS", "Currency": "USD", "AddedDate": "0001-01-01T00:00:00Z",
        "ModifyDate": "0001-01-01T00:00:00Z", "Type": "CommonStock", "Precision": 2,
        "VolumePrecision": 0, "TickSize": 0.01, "Enabled": True, "AllowTrade": True,
        "AllowMargin": True, "AllowShort": True,
    } == window.seen("/v1.0/equities/AAPL")  # fmt: skip
    assert b'"TickSize":0.01,' in window.raw("/v1.0/equities/AAPL")[1]


def test_security_by_symbol_and_by_id(window: Window) -> None:
    """Both have one path; symbols are read in any case."""
    said = window.seen("/v1.0/equities/AAPL")

    assert said == window.seen(f"/v1.0/equities/{said['Id']}")
    assert said == window.seen("/api/v1/equities/aapl")


@pytest.mark.parametrize("name", ["NONE", "2147483647", "0", "-1", "99999999999999999999", "%20"])
def test_security_there_is_not(window: Window, name: str) -> None:
    """404, whether by symbol or by id; a number too large is a symbol of nothing."""
    assert (404, {"Message": "Security was not found."}) == window.get(f"/v1.0/equities/{name}")


def test_halted_security_is_not_allowed_to_trade() -> None:
    """`AllowTrade` follows the market; `Enabled` is what the settings say."""
    window = Window()
    window.halt()
    said = window.seen("/v1.0/equities/AAPL")

    assert (False, True) == (said["AllowTrade"], said["Enabled"])


def test_securities_have_the_settings_descriptions(window: Window) -> None:
    """A security without settings has its symbol for a name, and no exchange."""
    told = Window(
        securities={"AAPL": About(cusip="037833100", added_date="2012-11-29T16:05:43.993Z")}
    ).seen("/v1.0/equities/AAPL")

    assert ("AAPL", "037833100", "2012-11-29T16:05:43.993Z") == (
        told["Description"],
        told["Cusip"],
        told["AddedDate"],
    )
    assert "Exchange" not in told


@pytest.mark.parametrize(
    ("kind", "name"), [(About, "added_date"), (About, "modify_date"), (Person, "added_date")]
)
def test_invalid_date_is_refused_at_the_start(kind: type[About], name: str) -> None:
    """The error names the field, in any part of the settings."""
    group = "securities" if kind is About else "people"

    with pytest.raises(msgspec.ValidationError, match=f"{name} must be"):
        msgspec.convert({group: {"one": {name: "yesterday"}}}, AutosharesSettings)


# --- looking up


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mask=apple", ["AAPL"]),
        ("mask=APPLE&count=5", ["AAPL"]),
        ("symbol=AAPL", ["AAPL"]),
        ("mask=xnas", ["AAPL", "MSFT"]),
        ("mask=xnas&count=1", ["AAPL"]),
        ("mask=xnas&count=0", []),
        ("mask=s", ["SPY", "AAPL", "MSFT"]),
        ("mask=p", ["AAPL", "MSFT", "SPY"]),
        ("mask=spy", ["SPY"]),
        ("mask=", ["AAPL", "MSFT", "SPY"]),
        ("mask=nothing", []),
        ("mask=p&filter=Type%3D'ETF'", ["SPY"]),
        ("mask=p&filter=Type%20in%20('ETF',%20'CommonStock')", ["AAPL", "MSFT", "SPY"]),
        ("mask=p&filter=Type%3D'MutualFund'", []),
        ("mask=apple&symbol=SPY", ["AAPL"]),
    ],
)
def test_look_up(window: Window, query: str, expected: list[str]) -> None:
    """A search by symbol, exchange or description, in any case; the nearest symbols come first."""
    assert expected == symbols(window, f"/v1.0/equities/lookup?{query}")


def test_look_up_shows_whole_securities(window: Window) -> None:
    """Each row is the security's own answer."""
    (said,) = window.seen("/v1.0/equities/lookup?mask=apple")

    assert window.seen("/v1.0/equities/AAPL") == said


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("count=5", 404),
        ("mask=a&count=-1", 400),
        ("mask=a&count=many", 400),
        ("mask=a&filter=Nothing%3D1", 400),
    ],
)
def test_look_up_without_a_word(window: Window, query: str, status: int) -> None:
    """A search without a word is an unknown path."""
    answer, body = window.get(f"/v1.0/equities/lookup?{query}")

    assert status == answer
    assert body["Message"]


# --- the list


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (ALL, ["AAPL", "MSFT", "SPY"]),
        ("pageNumber=0&pageSize=2&sortField=Type&desc=true", ["SPY", "AAPL"]),
        ("pageNumber=1&pageSize=2&sortField=Symbol&desc=false", ["SPY"]),
        (f"{ALL}&filter=Symbol%20in%20('AAPL',%20'TSLA')", ["AAPL"]),
        (f"{ALL}&filter=AllowMargin%3Dtrue%20and%20AllowShort%3Dfalse", []),
        (f"{ALL}&filter=Exchange%3D'XNAS'", ["AAPL", "MSFT"]),
        (f"{ALL}&filter=AddedDate%20%3E%3D%20%232019-03-13T18:31:42%23", []),
    ],
)
def test_list_is_filtered_sorted_and_cut(window: Window, query: str, expected: list[str]) -> None:
    """The manual's sample queries among them; a security without a date meets no condition."""
    assert expected == symbols(window, f"/v1.0/equities?{query}")


def test_list_says_how_many_there_are_and_where_they_go_on(window: Window) -> None:
    """Links are absolute, and there is none before the first page."""
    page = window.seen("/api/v1.0/equities?pageNumber=0&pageSize=2&sortField=Type&desc=true")

    assert (3, "") == (page["TotalCount"], page["PreviousPageLink"])
    assert (
        f"http://{HOST}/api/v1.0/equities?pageNumber=1&pageSize=2&sortField=Type&desc=true"
        == page["NextPageLink"]
    )


@pytest.mark.parametrize("missing", ["pageNumber", "pageSize", "sortField", "desc"])
@pytest.mark.parametrize("path", ["/v1.0/equities", "/v1.0/options"])
def test_list_needs_every_paging_parameter(window: Window, path: str, missing: str) -> None:
    """The manual's common mistake: 404 that repeats the URL."""
    query = "&".join(pair for pair in ALL.split("&") if not pair.startswith(missing))
    target = f"{path}?{query}"
    said = f"No HTTP resource was found that matches the request URI 'http://{HOST}{target}'."

    assert (404, {"Message": said}) == window.get(target)


def test_client_reads_the_markets(window: Window) -> None:
    """Each is as the exchange has it, but for prices, which are not told."""
    read = asyncio.run(
        call(
            window.desk.venue,
            Operation.LIST_INSTRUMENTS,
            ListQuotes("autoshares"),
            context=window.desk.context(),
            credential=window.desk.credential(),
            transport=InProcessTransport(window.desk.pipeline.handle),
        )
    )

    assert list(window.desk.directory.instruments.values()) == [one.instrument for one in read]
    assert {0} == {one.mark_price_ticks for one in read}


def equity(**changes: Any) -> Equity:
    """Return a security that the world has not: ticks of a twentieth, lots of a thousandth."""
    fields: dict[str, Any] = {
        "Id": 4, "Symbol": "ZVZZT", "Description": "Test", "Currency": "USD",
        "AddedDate": "2012-11-29T16:05:43.993Z", "ModifyDate": "2012-11-29T16:05:43.993Z",
        "Type": "CommonStock", "Precision": 2, "VolumePrecision": 0, "TickSize": 0.05,
        "Enabled": True, "AllowTrade": True, "AllowMargin": True, "AllowShort": True,
    }  # fmt: skip
    return msgspec.json.decode(msgspec.json.encode(fields | changes), type=Equity)


def paged(one: Equity, link: str = "") -> Page[Equity]:
    """Return a page with one security."""
    return Page(result=[one], next_page_link=link, previous_page_link="", total_count=1)


def read(window: Window, one: Equity) -> Any:
    """Return what our client makes of a page with one security."""
    page, ctx = paged(one), window.desk.context()
    return markets.read_list(page, markets.ask_list(ListQuotes("autoshares"), ctx), ctx)


def test_client_reads_a_market_it_does_not_know(window: Window) -> None:
    """Tick, lot and what one costs are in what the venue says: 0.05 dollars are 500 at scale 4."""
    (report,) = read(window, equity())
    one = report.instrument

    assert (4, "ZVZZT", 5, 2, 1, 0, 500) == (
        one.instrument_id,
        one.symbol,
        one.tick_units,
        one.price_scale,
        one.lot_units,
        one.qty_scale,
        one.notional_minor,
    )
    assert one.trading_state.matches
    assert not read(window, equity(AllowTrade=False))[0].instrument.trading_state.matches


def test_client_does_not_take_a_page_for_the_whole(window: Window) -> None:
    """More securities than a page shows are read from the pages after it."""
    flow, venue = window.desk.venue.flows[Operation.LIST_INSTRUMENTS], window.desk.venue
    steps = flow(ListQuotes(venue.name), window.desk.credential(), window.desk.context())
    numbers = [next(steps).message.page_number]
    numbers.append(steps.send(paged(equity(), "http://127.0.0.1/more")).message.page_number)
    with pytest.raises(StopIteration) as end:
        steps.send(paged(equity(Id=5, Symbol="ZWZZT")))

    assert ([0, 1], ["ZVZZT", "ZWZZT"]) == (
        numbers,
        [report.instrument.symbol for report in end.value.value],
    )


def test_client_keeps_what_the_wire_does_not_say(window: Window) -> None:
    """A security it knows stays what it is."""
    (report,) = read(window, equity(Id=1, Symbol="AAPL", TickSize=0.01))

    assert window.stock() == report.instrument


# --- options


def test_there_are_no_options(window: Window) -> None:
    """Lists of them are empty, and none is there by its name or id."""
    symbol = quote("AAPL  200214C00327500")

    assert [] == window.seen(f"/v1.0/options?{ALL}")["Result"]
    assert [] == window.seen("/v1.0/options/expirations?underlying=AAPL")
    assert {"Expirations": []} == window.seen("/v1.0/options/optionChain/AAPL?filter=Range%3D1")
    assert 404 == window.get(f"/v1.0/options/{symbol}")[0]
    assert 404 == window.get("/v1.0/options/19358441")[0]
    assert 404 == window.get("/v1.0/options/optionChain/NONE")[0]
    assert 404 == window.get("/v1.0/options/expirations")[0]


# --- streamers


def test_streamers_are_where_the_request_went(window: Window) -> None:
    """As documented: a session for quotes, none for data."""
    said = window.seen("/v1.0/streamers")
    (quotes,) = said["QuoteAddresses"]

    assert (f"ws://{HOST}", "Delayed") == (quotes["Url"], quotes["Type"])
    assert GUID.fullmatch(quotes["SessionId"])
    assert [{"Url": f"ws://{HOST}", "Type": "delayed"}] == said["DataAddresses"]


def test_streamers_are_where_the_settings_say() -> None:
    """The settings may name another host."""
    said = Window(
        quote_streamer_url="wss://md.example.com:443", data_streamer_url="wss://oms.example.com:443"
    ).seen("/v1.0/streamers")

    assert "wss://md.example.com:443" == said["QuoteAddresses"][0]["Url"]
    assert "wss://oms.example.com:443" == said["DataAddresses"][0]["Url"]


def recovered(window: Window, query: str, owner: str = "alice", key: int = 0) -> tuple[int, Any]:
    """Ask for a session."""
    target = f"/v1.0/streamers/session/recover{query}"
    status, raw = window.raw(target, owner, key, "PUT")
    return status, msgspec.json.decode(raw)


def test_session_is_the_tokens(window: Window) -> None:
    """The same however often it is asked for, another for each kind and each token."""
    quotes = window.seen("/v1.0/streamers")["QuoteAddresses"][0]["SessionId"]
    data = recovered(window, "?sessionType=0")

    assert (200, {"Id": quotes}) == recovered(window, "?sessionType=1")
    assert data == recovered(window, "")
    assert 4 == len(
        {
            quotes,
            data[1]["Id"],
            recovered(window, "", "bob")[1]["Id"],
            recovered(window, "", key=1)[1]["Id"],
        }
    )


@pytest.mark.parametrize("kind", ["2", "-1", "data"])
def test_session_of_another_kind(window: Window, kind: str) -> None:
    """422 that names the parameter."""
    status, body = recovered(window, f"?sessionType={kind}")

    assert (422, ["sessionType"]) == (status, list(body["ModelState"]))


@pytest.mark.parametrize(
    "path",
    ["/equities/AAPL", "/equities/lookup?mask=a", f"/equities?{ALL}", "/options/expirations",
     "/streamers", "/users/@me/info"],
)  # fmt: skip
def test_each_path_needs_a_key(window: Window, path: str) -> None:
    """Each path needs an application's key; a read-only token is enough."""
    assert 403 == window.raw(f"/v1.0{path}", None)[0]
    assert window.raw(f"/v1.0{path}", key=1)[0] in {200, 404}
