"""
A kill over all venues, each with many orders open, while bots place; judged by the exchange itself.

A venue is proven empty only if the exchange had no order of the account open at any time while the
kill says that it was quiet.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.calling import home, low
from tests.served import Served

from countermand import connect
from countermand.client.audit import audit
from countermand.client.ledger import Ledger
from countermand.client.records import GONE, Intent
from countermand.control.client import Control
from countermand.venues import VENUES

ROOT = Path(__file__).parents[2]
FOREIGN = "coinbase-intx"
QUIET_S = 1.0
# What the clocks of two ends of a socket, and the way there, may differ by.
SLACK_S = 0.2

# How many orders are open at each venue.
SLICE = pytest.param(40, id="slice")
WHOLE = pytest.param(200, id="whole", marks=pytest.mark.soak)
every_length = pytest.mark.parametrize("orders", [SLICE, WHOLE])


class Floor:
    """An exchange with orders open at every venue, half of them placed with the ledger."""

    def __init__(self, folder: Path, orders: int) -> None:
        self.folder, self.ledger = folder, folder / "ledger.sqlite"
        self.served = Served(folder / "data")
        self.control = Control(self.served.ready["control"])
        self.before = {venue: {o["order"] for o in self.orders(venue)} for venue in VENUES}
        self.placed = asyncio.run(self._place(orders))

    async def _place(self, orders: int) -> dict[str, list[str]]:
        told = await asyncio.gather(*[self._place_at(venue, orders) for venue in VENUES])
        return dict(zip(VENUES, told, strict=True))

    async def _place_at(self, venue: str, orders: int) -> list[str]:
        told, placed = self.served.venue(venue), list[str]()
        where = told["base_url"], told["accounts"]["alice"]
        for ledger in (self.ledger, None):
            async with connect(venue, *where, ledger=ledger, keep_limits=False) as client:
                for _ in range(orders // 2):
                    outcome = await client.place(*order(venue))
                    assert outcome.name == "Open", outcome
                    placed.append(outcome.order_id)
        return placed

    def orders(self, venue: str) -> list[dict[str, Any]]:
        """Return all orders there ever were of Alice's, as the exchange has them."""
        found: list[Any] = []
        while True:
            page = self.control.call("orders", venue=venue, limit=1000, offset=len(found))
            found += page.orders
            if len(found) >= page.total:
                break
        return [
            {
                "order": one.order,
                "is_open": one.standing != "closed",
                "from_s": seconds(one.submit_time),
                "to_s": seconds(one.transact_time),
            }
            for one in found
            if one.account.startswith("alice")
        ]

    def kill(self, *options: str) -> subprocess.Popen[bytes]:
        """Begin a kill in a process of its own."""
        words = [sys.executable, "-m", "countermand", "kill", "--json"]
        words += ["--quiet-for", str(QUIET_S), "--ledger", str(self.ledger), *options]
        return subprocess.Popen(words, stdout=subprocess.PIPE)

    @contextmanager
    def bots(self, which: str) -> Iterator[subprocess.Popen[bytes]]:
        """Bots that place, from when all of them have begun."""
        given = [self.served.ready["venues"], {venue: order(venue) for venue in VENUES}]
        words = [sys.executable, "-m", "tests.client.kill_bots", which]
        words += [*map(json.dumps, given), str(self.ledger)]
        env = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(words, env=env, cwd=ROOT, **pipes) as process:
            assert process.stdout is not None
            for _ in VENUES if which == "client" else ("foreign",):
                assert process.stdout.readline()
            try:
                yield process
            finally:
                process.kill()

    def check_proof(self, told: dict[str, Any], but: tuple[str, ...] = ()) -> None:
        """See that where a kill says empty it was so, for as long as it says."""
        ends = self._ends_s()
        for row in told["venues"]:
            venue = row["venue"]
            if venue in but:
                continue
            assert row["state"] == "empty", row["text"]
            orders = self.orders(venue)
            assert not any(one["is_open"] for one in orders), venue
            first, last = ends[venue] - QUIET_S + SLACK_S, ends[venue] - SLACK_S
            late = [one for one in orders if one["from_s"] < last and one["to_s"] > first]
            assert late == [], venue

    def _ends_s(self) -> dict[str, float]:
        # The outcome of a kill is written after its last read.
        return {
            one.wanted["venue"]: one.records[-1].ts_ns / 1e9
            for one in audit(self.ledger).intents
            if one.wanted["verb"] == "kill"
        }


def order(venue: str) -> list[str]:
    """Return the words of an order that rests, small."""
    symbol, quantity, price = low(venue, 8)
    return [symbol, "buy", quantity, price]


def seconds(text: str) -> float:
    """Return a time of the exchange's, since the epoch."""
    whole, _, part = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{part or 0}")


def await_kill(floor: Floor, venue: str) -> None:
    """Await that a kill has begun at a venue."""
    until_s = time.monotonic() + 60
    while venue not in {one.wanted.get("venue") for one in _kills(floor)}:
        assert time.monotonic() < until_s, [one.wanted for one in _kills(floor)]
        time.sleep(0.02)


def ended(kill: subprocess.Popen[bytes]) -> tuple[int, dict[str, Any]]:
    """Return the exit code of a kill, and what it printed."""
    out, _ = kill.communicate(timeout=120)
    return kill.returncode, json.loads(out)


def tell_figures(orders: int, told: dict[str, Any]) -> None:
    """Print how long a kill took, for runs with `-s`."""
    for row in told["venues"]:
        settled = f"{len(row['outcomes'])} orders in {row['took_ns'] / 1e9:.2f} s"
        sys.stdout.write(f"\n{orders} at {row['venue']}: {settled}")
    sys.stdout.write(f"\nall: {told['took_ns'] / 1e9:.2f} s\n")


@pytest.fixture
def floor(orders: int, tmp_path: Path) -> Iterator[Floor]:
    """An exchange found on this machine."""
    (tmp_path / "home").mkdir()
    with home(tmp_path / "home"):
        made = Floor(tmp_path, orders)
        yield made
        made.served.stop()


@every_length
def test_bots_that_are_blocked_and_one_that_stops(floor: Floor, orders: int) -> None:
    """
    Every venue is empty at the end: resting orders, orders under way, the foreign bot's orders.
    """
    with ExitStack() as stack:
        bots = stack.enter_context(floor.bots("client"))
        other = stack.enter_context(floor.bots("foreign"))
        time.sleep(0.5)
        killing = floor.kill("--timeout", "100")
        counts, _ = bots.communicate(timeout=100)
        # It places on while its venue is swept.
        await_kill(floor, FOREIGN)
        time.sleep(1.5)
        by_other, _ = other.communicate(timeout=20)
        code, told = ended(killing)
    rows = {row["venue"]: row for row in told["venues"]}
    tell_figures(orders, told)

    assert (code, told["is_empty"]) == (0, True), {r["venue"]: r["text"] for r in rows.values()}
    floor.check_proof(told)
    assert all(set(floor.placed[venue]) <= _settled(row) for venue, row in rows.items())
    assert min(json.loads(counts)) > 0
    assert int(by_other) > 0
    assert rows[FOREIGN]["came"] > 0
    assert {row["came"] for venue, row in rows.items() if venue != FOREIGN} == {0}


def _settled(row: dict[str, Any]) -> set[str]:
    return {one["order_id"] for one in row["outcomes"] if one["is_proven"]}


@every_length
def test_one_that_does_not_stop_is_told(floor: Floor, orders: int) -> None:
    """
    The venue where a foreign bot goes on placing is reported as not empty; the others are empty.
    """
    with floor.bots("foreign"):
        code, told = ended(floor.kill("--timeout", str(6 + orders / 20)))
    states = {row["venue"]: row["state"] for row in told["venues"]}

    assert code == 6
    assert states == dict.fromkeys(VENUES, "empty") | {FOREIGN: "others still place"}
    floor.check_proof(told, but=(FOREIGN,))


@every_length
@pytest.mark.parametrize("options", [(), ("--mine",)], ids=["all", "mine"])
def test_kill_that_is_killed_is_run_again(
    floor: Floor, orders: int, options: tuple[str, ...]
) -> None:
    """By the exchange's journal no order is canceled twice, and none is left open."""
    first = floor.kill(*options)
    until_s = time.monotonic() + 60
    while not (gone := _gone(floor)) and time.monotonic() < until_s:
        time.sleep(0.01)
    first.kill()
    first.communicate()
    gone = _gone(floor)
    code, told = ended(floor.kill(*options, "--timeout", "100"))
    floor.served.stop()
    canceled = _cancels(floor)
    rows = {row["venue"]: row for row in told["venues"]}
    # The first half of each venue's was placed with the ledger.
    meant = {venue: ids[: orders // 2] if options else ids for venue, ids in floor.placed.items()}

    assert code == 0, {row["venue"]: row["text"] for row in rows.values()}
    assert gone
    # Without --mine one request may have canceled them all.
    assert {canceled[one] for one in gone} <= ({1} if options else {0, 1})
    for venue, ids in meant.items():
        assert set(ids) <= _settled(rows[venue]) | gone, venue
    assert {venue: len(row["spared"]) for venue, row in rows.items()} == {
        venue: len(floor.placed[venue]) - len(ids) + len(floor.before[venue])
        for venue, ids in meant.items()
    }


def _gone(floor: Floor) -> set[str]:
    return {order for one in _kills(floor) for order in one.orders(GONE)}


def _kills(floor: Floor) -> list[Intent]:
    ledger = Ledger(floor.ledger)
    try:
        return [one for one in ledger.intents() if one.wanted["verb"] == "kill"]
    finally:
        ledger.close()


def _cancels(floor: Floor) -> dict[str, int]:
    # How often the exchange was asked to cancel each order by itself, refused or not.
    words = [sys.executable, "-m", "countermand", "journal", "show", str(floor.folder / "data")]
    words += ["--json", "--limit", "1000000"]
    out = subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout
    counts: dict[str, int] = {}
    for line in out.splitlines():
        told = json.loads(line)
        for name in {_name(event) for event in told["events"]} - {""}:
            counts[name] = counts.get(name, 0) + (told["command"] == "CancelOrder")
    return counts


def _name(event: dict[str, Any]) -> str:
    told = event.get("order")
    return str(told["id"]) if isinstance(told, dict) else ""
