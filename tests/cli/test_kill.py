"""`countermand kill`, at every venue of a running exchange, as a shell calls it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.calling import Calls, Said, low
from tests.served import Served
from tests.traders import Traders

from countermand import connect_sync
from countermand.control.client import Control
from countermand.venues import VENUES

QUIET = ("--quiet-for", "0.2")
COLUMNS = {
    "venue", "said_by", "base_url", "account", "state", "code", "is_empty", "text", "notes",
    "outcomes", "spared", "came", "took_ns",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _as_before(call: Calls) -> Iterator[None]:
    yield
    call("kill", *QUIET)
    call("kill", "--lift")


def placed(call: Calls, venue: str, *more: str) -> str:
    """Place an order that rests; return its id."""
    symbol, quantity, price = low(venue)
    said = call("place", venue, symbol, "buy", quantity, price, "--json", *more)
    assert said.code == 0, said
    return str(said.json["order_id"])


def foreign(served: Served, venue: str) -> str:
    """Place an order with a client that keeps no ledger."""
    told, (symbol, quantity, price) = served.venue(venue), low(venue)
    with connect_sync(venue, told["base_url"], told["accounts"]["alice"]) as client:
        return client.place(symbol, "buy", quantity, price).order_id


def still_open(served: Served, venue: str) -> set[str]:
    """Return what the exchange itself has open of Alice's."""
    with_control = Control(served.ready["control"])
    found = with_control.call("orders", venue=venue, which="open", limit=1000)
    return {one.order for one in found.orders if one.account.startswith("alice")}


def states(said: Said) -> dict[str, str]:
    """Return the state of each venue."""
    return {row["venue"]: row["state"] for row in said.json["venues"]}


def test_all_venues_are_emptied_and_blocked(call: Calls, exchange_here: Served) -> None:
    """
    The exchange has no open order left, and no client of the ledger places until it is lifted.
    """
    orders = {placed(call, venue) for venue in VENUES} | {
        foreign(exchange_here, venue) for venue in VENUES
    }
    said = call("kill", *QUIET, "--json")
    blocked = {venue: call("place", venue, *_rest(venue)).code for venue in VENUES}
    status = call("kill", "--status", "--json")
    lifted = call("kill", "--lift", "--json")
    for venue in VENUES:
        placed(call, venue)

    assert said.code == 0, said
    assert states(said) == dict.fromkeys(VENUES, "empty")
    assert {row["code"] for row in said.json["venues"]} == {"done"}
    assert all(row.keys() == COLUMNS for row in said.json["venues"])
    assert {o["order_id"] for row in said.json["venues"] for o in row["outcomes"]} == orders
    assert blocked == dict.fromkeys(VENUES, 7)
    [told] = status.json["ledgers"]
    assert (told["is_blocked"], told["venues"]) == (True, ["*"])
    assert {one["venue"] for one in told["kills"]} == set(VENUES)
    assert {one["outcome"]["outcome"] for one in told["kills"]} == {"Empty"}
    assert not lifted.json["ledgers"][0]["is_blocked"]


def _rest(venue: str) -> tuple[str, ...]:
    symbol, quantity, price = low(venue)
    return symbol, "buy", quantity, price


def test_table_and_one_line_are_for_people(call: Calls) -> None:
    """A row for each venue."""
    said = call("kill", *QUIET)

    assert said.out.split()[:3] == ["venue", "account", "state"]
    assert [line.split()[0] for line in said.out.splitlines()[1:6]] == list(VENUES)
    assert "empty: proven after" in said.out
    assert "kill --lift" in said.out


def test_dry_run_changes_nothing(call: Calls, exchange_here: Served) -> None:
    """The orders that would be canceled are listed, and nothing is blocked."""
    order = placed(call, "loopring")
    said = call("kill", "--dry-run", "--json")
    people = call("kill", "--dry-run")
    again = placed(call, "loopring")

    meant = {one["order_id"] for row in said.json["would_kill"] for one in row["meant"]}
    assert (said.code, meant) == (0, {order})
    assert f"would be canceled: loopring {order}" in people.out
    assert still_open(exchange_here, "loopring") == {order, again}


@pytest.mark.parametrize("venue", VENUES)
def test_mine_leaves_those_of_other_clients(call: Calls, exchange_here: Served, venue: str) -> None:
    """Orders that the ledger does not know are spared, and listed."""
    own, other = placed(call, venue), foreign(exchange_here, venue)
    said = call("kill", "--mine", "--venue", venue, *QUIET, "--json")
    [row] = said.json["venues"]

    assert said.code == 0, said
    assert [one["order_id"] for one in row["outcomes"]] == [own]
    assert [one["order_id"] for one in row["spared"]] == [other]
    assert still_open(exchange_here, venue) == {other}


def test_one_venue_alone_is_blocked(call: Calls) -> None:
    """Orders go to the others."""
    call("kill", "--venue", "loopring", *QUIET)

    assert call("place", "loopring", *_rest("loopring")).code == 7
    assert placed(call, "coinbase-intx")


def test_stops_are_kept_where_they_are_told(call: Calls, exchange_here: Served) -> None:
    """A stop stays, an order that rests goes; elsewhere it is said that none can be told."""
    traders, venue = Traders(exchange_here.ready), "coinbase-intx"
    body = {
        "client_order_id": "protects", "side": "SELL", "type": "STOP_LIMIT", "tif": "GTC",
        "instrument": "ETH-PERP", "size": "0.01", "price": "2000", "stop_price": "2100",
        "portfolio": exchange_here.venue(venue)["accounts"]["alice"]["portfolio_uuid"],
    }  # fmt: skip
    stop = traders.told(venue, "alice", "POST /api/v1/orders", body)["order_id"]
    words = ("LRC-ETH", "sell", "100", "0.015", "--stop-price", "0.016", "--quiet")
    limit = call("place", "loopring", *words).out.strip()
    rests = placed(call, venue)
    said = call("kill", "--keep-protective", *QUIET, "--json")
    rows = {row["venue"]: row for row in said.json["venues"]}

    assert said.code == 0, said
    assert [one["order_id"] for one in rows[venue]["outcomes"]] == [rests]
    assert [one["order_id"] for one in rows[venue]["spared"]] == [stop]
    assert rows[venue]["notes"] == []
    assert "no stop can be told" in rows["polymarket-us"]["notes"][0]
    assert [limit] == [one["order_id"] for one in rows["loopring"]["spared"]]
    assert [] == rows["loopring"]["notes"]
    assert still_open(exchange_here, venue) == {stop}


def configured(served: Served, folder: Path, **changed: dict[str, Any]) -> None:
    """Write a profile of each venue, some of them changed."""
    lines = []
    for venue in VENUES:
        told, more = served.venue(venue), changed.get(venue.replace("-", "_"), {})
        keys = folder / f"{venue}.json"
        keys.write_text(json.dumps(told["accounts"]["alice"] | more.get("credentials", {})))
        keys.chmod(0o600)
        lines += [
            f"[profiles.desk.{venue}]",
            f'base_url = "{more.get("base_url", told["base_url"])}"',
            f'credentials = {{ file = "{more.get("keys", keys)}" }}',
            "keep_limits = false",
        ]
    path = folder / "countermand.toml"
    path.write_text('profile = "desk"\n' + "\n".join(lines))
    path.chmod(0o600)


def closed_port() -> int:
    """Return a port at which nothing answers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


FAILS: dict[str, tuple[dict[str, Any], str, int]] = {
    "not reached": ({"base_url": f"http://127.0.0.1:{closed_port()}"}, "not reached", 7),
    "refused": ({"credentials": {"signing_key": "bm8tc3VjaC1rZXk="}}, "refused", 5),
}


@pytest.mark.parametrize("fails", FAILS)
def test_others_are_finished_where_one_fails(
    call: Calls,
    exchange_here: Served,
    own_home: Path,
    fails: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The report names it, and the code is its."""
    for venue in VENUES:
        foreign(exchange_here, venue)
    changed, state, code = FAILS[fails]
    folder = own_home / f"desk-{fails.replace(' ', '-')}"
    folder.mkdir()
    monkeypatch.chdir(folder)
    configured(exchange_here, folder, coinbase_intx=changed)
    said = call("kill", *QUIET, "--timeout", "3", "--json")

    assert said.code == code, said
    assert states(said) == dict.fromkeys(VENUES, "empty") | {"coinbase-intx": state}
    assert not said.json["is_empty"]
    assert [venue for venue in VENUES if still_open(exchange_here, venue)] == ["coinbase-intx"]


def test_profile_whose_secret_is_not_there_keeps_none_from_being_finished(
    call: Calls, exchange_here: Served, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets are got after the block."""
    foreign(exchange_here, "loopring")
    folder = own_home / "desk-no-secret"
    folder.mkdir()
    monkeypatch.chdir(folder)
    configured(exchange_here, folder, coinbase_intx={"keys": folder / "not-there"})
    said = call("kill", *QUIET, "--json")

    assert said.code == 2, said
    assert states(said)["coinbase-intx"] == "not configured"
    assert states(said)["loopring"] == "empty"


def test_ledger_that_cannot_be_written_keeps_no_order_open(
    call: Calls, exchange_here: Served, tmp_path: Path
) -> None:
    """All are canceled; the output says that nothing is blocked, and the code is not 0."""
    foreign(exchange_here, "loopring")
    said = call("kill", *QUIET, "--ledger", tmp_path, "--json")
    mine = call("kill", "--mine", *QUIET, "--ledger", tmp_path, "--json")

    assert said.code == 6, said
    assert set(states(said).values()) == {"empty"}
    assert all("not blocked" in row["notes"][0] for row in said.json["venues"])
    assert still_open(exchange_here, "loopring") == set()
    assert mine.code != 0


def test_others_that_place_are_told(call: Calls, exchange_here: Served) -> None:
    """A client with no ledger places until the time is over."""
    told, (symbol, quantity, price) = exchange_here.venue("loopring"), low("loopring")
    ends = threading.Event()

    def run() -> None:
        with connect_sync("loopring", told["base_url"], told["accounts"]["alice"]) as client:
            while not ends.wait(0.1):
                client.place(symbol, "buy", quantity, price)

    bot = threading.Thread(target=run)
    bot.start()
    said = call("kill", "--quiet-for", "1", "--timeout", "3", "--json")
    ends.set()
    bot.join()

    assert said.code == 6, said
    assert states(said)["loopring"] == "others still place"
    assert {state for venue, state in states(said).items() if venue != "loopring"} == {"empty"}


def test_drill_leaves_what_it_found(call: Calls, exchange_here: Served) -> None:
    """A drill kills its own orders alone, blocks nothing, and checks with the exchange."""
    order = placed(call, "loopring")
    said = call("kill", "--drill", "3", *QUIET, "--json")
    people = call("kill", "--drill", "2", *QUIET)

    assert said.code == 0, said
    assert said.json["placed"] == dict.fromkeys(VENUES, 3)
    assert said.json["still_open"] == {venue: [] for venue in VENUES}
    assert "placed for it: 10; the exchange has open of them: 0" in people.out
    assert still_open(exchange_here, "loopring") == {order}
    assert placed(call, "loopring")


WRONG = {
    "no venue": ("--venue", "nowhere"),
    "no user": ("--user", "nobody"),
    "no profile": ("--profile", "none"),
    "two ways": ("--status", "--lift"),
    "drill and rehearsal": ("--drill", "3", "--dry-run"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_asked_wrongly_blocks_nothing(call: Calls, wrong: str) -> None:
    """One line, and code 2."""
    said = call("kill", *WRONG[wrong])

    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert not any(one["is_blocked"] for one in call("kill", "--status", "--json").json["ledgers"])


def test_without_an_exchange_or_a_profile_nothing_is_done(
    call: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code 7, and a drill says what it needs; what is blocked is told all the same."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    assert call("kill").code == 7
    assert call("kill", "--drill", "3").code == 7
    assert call("kill", "--status").code == 0
