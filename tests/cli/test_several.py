"""Several exchanges of one user: which one a verb goes to, and how another is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.calling import Calls
from tests.served import Served

VENUE = "coinbase-intx"
LOOK = ("balances", VENUE)


@pytest.fixture(scope="module")
def newest(exchange_here: Served) -> Iterator[Served]:
    """An exchange that was started later."""
    with Served(None, "--venue", VENUE, "--venue", "loopring") as started:
        yield started


def port(served: Served) -> str:
    """Return the control port of an exchange."""
    return str(served.ready["control"].rpartition(":")[2])


@pytest.mark.parametrize("words", [LOOK, ("cancel", VENUE, "none"), ("doctor", VENUE)])
def test_the_newest_is_used_and_told(
    call: Calls, exchange_here: Served, newest: Served, words: tuple[str, ...]
) -> None:
    """One line on stderr names both; stdout has the one document."""
    said = call(*words, "--json")

    assert newest.venue(VENUE)["base_url"] == said.json["base_url"]
    assert (
        "countermand: 2 exchanges of yours run here; the newest is used, with control port "
        f"{port(newest)}; --port chooses another: {port(exchange_here)}\n"
    ) == said.err


def test_one_is_chosen(call: Calls, exchange_here: Served, newest: Served) -> None:
    """By its control port, or by the base URL of its venue; then there is no line."""
    for one in (exchange_here, newest):
        base_url = one.venue(VENUE)["base_url"]
        for words in (
            ("--port", port(one)),
            ("--base-url", base_url),
            ("--base-url", base_url + "/"),
        ):
            said = call(*LOOK, *words, "--json")
            assert (0, base_url, "") == (said.code, said.json["base_url"], said.err)


def test_one_that_alone_serves_a_venue_needs_no_line(
    call: Calls, exchange_here: Served, newest: Served
) -> None:
    """There is nothing to choose."""
    assert "autoshares" not in newest.ready["venues"]
    said = call("orders", "autoshares", "--json")

    assert exchange_here.venue("autoshares")["base_url"] == said.json["base_url"]
    assert "" == said.err


def test_a_port_goes_before_what_is_configured(
    call: Calls, exchange_here: Served, newest: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As --user does; beside --profile it is asked wrongly."""
    monkeypatch.setenv("COUNTERMAND_COINBASE_INTX_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("COUNTERMAND_COINBASE_INTX_ACCESS_KEY", "mine")
    said = call(*LOOK, "--port", port(exchange_here), "--json")
    both = call(*LOOK, "--port", port(newest), "--profile", "desk")

    assert (0, exchange_here.venue(VENUE)["base_url"]) == (said.code, said.json["base_url"])
    assert 2 == both.code
    assert "--port is of the exchange here, and --profile is not" in both.err


def test_a_port_where_no_exchange_is(call: Calls, exchange_here: Served, newest: Served) -> None:
    """Is told, with those there are."""
    said = call(*LOOK, "--port", "1")

    assert (7, "") == (said.code, said.out)
    assert said.err == (
        "countermand: no exchange of yours here has control port 1; "
        f"there is {port(newest)}, {port(exchange_here)}\n"
    )


def test_a_kill_goes_to_one(
    call: Calls, exchange_here: Served, newest: Served, tmp_path: Path
) -> None:
    """The newest, and says so; or the one whose port is told."""
    ledger = ("--ledger", tmp_path / "ledger.sqlite")
    words = ("kill", "--venue", VENUE, "--quiet-for", "0.1", *ledger, "--json")
    usual, chosen = call(*words), call(*words, "--port", port(exchange_here))

    assert f"with control port {port(newest)};" in usual.err
    assert [newest.venue(VENUE)["base_url"]] == [row["base_url"] for row in usual.json["venues"]]
    assert "" == chosen.err
    [row] = chosen.json["venues"]
    assert exchange_here.venue(VENUE)["base_url"] == row["base_url"]
    assert "" == call("kill", "--status", *ledger).err


def test_a_drill_goes_to_one(call: Calls, exchange_here: Served, newest: Served) -> None:
    """It is asked there what is open."""
    words = ("kill", "--drill", "1", "--venue", VENUE, "--quiet-for", "0.1", "--json")
    usual, chosen = call(*words), call(*words, "--port", port(exchange_here))

    for said, one in ((usual, newest), (chosen, exchange_here)):
        assert 0 == said.code
        assert [one.venue(VENUE)["base_url"]] == [row["base_url"] for row in said.json["venues"]]
    assert (1, "") == (len(usual.err.splitlines()), chosen.err)
