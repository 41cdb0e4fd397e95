"""
The bridge: what the venues showed before an upgrade of the rules, they show after it.

A server of the former rules was asked, and its answers were written down; today's is asked the same
over a copy of the directory it left.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.former import EARLIER, killed, shown, stopped
from tests.served import Served, serve
from tests.traders import Traders
from typer.testing import CliRunner

from countermand.cli.journal import app

ISSUED, SHOWN = shown()
ISSUED["access"] = ["view", "trade"]

COINBASE, DELTADEFI = "coinbase-intx", "deltadefi"

# What is told otherwise today, by venue, and what is the time of the answer.
TOLD_OTHERWISE = {
    COINBASE: {
        "client_id", "match_id", "im_contribution", "max_withdraw_amount", "best_bid_price",
        "timestamp",
    },
    "loopring": {"timestamp", "version"},
    "polymarket-us": {"lastUpdated"},
}  # fmt: skip


# So many columns of a trade are told as before.
FIRST = 7


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traders]:
    """The traders of a server over a directory of the former rules."""
    with Served(stopped(tmp_path_factory.mktemp("bridge") / "data")) as server:
        yield traders(server)


def traders(server: Served) -> Traders:
    """Return the traders; bob's key at one venue was replaced by another."""
    found = Traders(server.ready)
    found.keys[DELTADEFI, "bob"] = ISSUED
    return found


def compared(answer: Any, venue: str) -> Any:
    """Return what must be the same of an answer; what was not told may be told now."""
    if isinstance(answer, dict):
        aside = TOLD_OTHERWISE.get(venue, set())
        kept = {name: value for name, value in answer.items() if name not in aside}
        if answer.get("type") == "ORDER_TYPE_MARKET":
            kept.pop("price", None)
        return {name: compared(value, venue) for name, value in kept.items()}
    if isinstance(answer, list):
        # A trade told as a row: time, id, side, quantity, price, market and fee; then what varied.
        is_row = len(answer) > FIRST and all(isinstance(one, str) for one in answer)
        return [compared(one, venue) for one in (answer[:FIRST] if is_row else answer)]
    return answer


@pytest.mark.parametrize("asked", SHOWN, ids=lambda asked: f"{asked['user']} {asked['line'][:70]}")
def test_every_read_is_answered_as_before(upgraded: Traders, asked: dict[str, Any]) -> None:
    """Orders one by one and in lists, balances, positions, fills, books."""
    venue = asked["venue"]
    status, answer = upgraded.ask(venue, asked["user"], asked["line"])

    assert asked["status"] == status
    assert compared(asked["answer"], venue) == compared(answer, venue)


def test_a_key_that_was_replaced_stays_so(upgraded: Traders) -> None:
    """The change of keys moved with the world: the first key opens nothing any more."""
    first = Traders(upgraded.ready)
    status, _ = first.ask(DELTADEFI, "bob", "GET /accounts/balance")

    assert 401 == status


def test_a_restart_shows_the_same(tmp_path: Path) -> None:
    """The second start finds what the first one left, and migrates nothing."""
    data = stopped(tmp_path / "data")
    with Served(data) as server:
        _, first = server.stop()
    with Served(data) as server:
        answers = [traders(server).ask(a["venue"], a["user"], a["line"]) for a in SHOWN]
        _, second = server.stop()

    assert [compared(a["answer"], a["venue"]) for a in SHOWN] == [
        compared(answer, asked["venue"]) for (_, answer), asked in zip(answers, SHOWN, strict=True)
    ]
    assert "migrated the snapshot of the former rules" in first
    assert "moved world and keys into the journal" in first
    assert "migrated" not in second
    assert not list(data.glob("*.json"))


def test_orders_of_before_are_canceled_over_the_wire(tmp_path: Path) -> None:
    """Each venue's cancel finds them, and what was locked for them is free."""
    with Served(stopped(tmp_path / "data")) as server:
        floor = traders(server)
        alice = server.venue(COINBASE)["accounts"]["alice"]["portfolio_uuid"]
        floor.told(COINBASE, "alice", f"DELETE /api/v1/orders/renamed-1?portfolio={alice}")
        floor.told("autoshares", "alice", "DELETE /api/v1.0/accounts/19/orders/87")
        floor.told(DELTADEFI, "bob", "POST /order/cancel-all", {"symbol": "ADAUSDM"})
        hashes = ",".join(open_at("loopring"))
        floor.told(
            "loopring", "alice", f"DELETE /api/v3/orders/byHash?accountId=10010&orderHash={hashes}"
        )
        floor.told("polymarket-us", "alice", "POST /v1/orders/open/cancel", {})

        locked = floor.told(
            "loopring", "alice", "GET /api/v3/user/balances?accountId=10010&tokens=1"
        )
        assert ["0"] == [one["locked"] for one in locked]
        assert {"0"} == {
            one["locked"] for one in floor.told(DELTADEFI, "bob", "GET /accounts/balance")
        }
        assert [] == floor.told("polymarket-us", "alice", "GET /v1/orders/open")["orders"]


def open_at(venue: str) -> list[str]:
    """Return the hashes of alice's open orders, as they were shown."""
    lists = [a["answer"] for a in SHOWN if a["line"] == "GET /api/v3/orders?accountId=10010"]
    return [one["hash"] for one in lists[0]["orders"] if one["status"] == "processing"]


def test_a_directory_that_was_killed_is_refused_in_one_line(tmp_path: Path) -> None:
    """The line says the way forward, the exit code is 1, and no file is moved."""
    data = killed(tmp_path / "data")
    refused = serve("--data", str(data), "--port", "0")

    assert 1 == refused.returncode
    (line,) = [text for text in refused.stderr.splitlines() if not text.startswith("{")]
    assert f"record {EARLIER + 1} and those after it were written by" in line
    assert "start once with the version that wrote them and stop it cleanly" in line
    assert (data / "world.json").exists()


def test_a_journal_of_the_former_rules_can_be_read(tmp_path: Path) -> None:
    """Counted and printed, with the rules it was written under."""
    data = str(killed(tmp_path / "data"))
    run = CliRunner().invoke

    counted = run(app, ["stat", data]).stdout
    assert "NewOrder" in counted
    assert "StageOrder" in counted
    lines = run(app, ["show", data, "--from", "87", "--limit", "1"]).stdout
    assert " 19 NewOrder instrument=16 side=BUY" in lines
    assert 'exec_inst=["ALL_OR_NONE"]' in lines
    verified = run(app, ["verify", data])
    assert 1 == verified.exit_code
    assert "rules 2" in verified.stdout
