"""While a block stands in a ledger none of its clients brings an order, in either shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.client.desks import SHELLS, Seat, market, rested
from tests.served import Served

from countermand.client.acts import Blocked, Note
from countermand.client.audit import audit
from countermand.client.ledger import Ledger
from countermand.client.outcome import Canceled, NotSent, Open
from countermand.venues import VENUES
from countermand.wire.operation import Capability

ALL = tuple(VENUES)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The demo world, on free ports."""
    with Served(None) as running:
        yield running


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("venue", VENUES)
def test_blocked_client_cancels_and_does_not_place(
    venue: str, shell: str, served: Served, tmp_path: Path
) -> None:
    """Nor replaces, though it runs since before; another venue's does, and all do once lifted."""
    path, (symbol, price, quantity) = tmp_path / "ledger", market(venue)
    seat = Seat(shell, venue, served.venue(venue), "alice", ledger=path)
    order = rested(seat, venue)
    with_block = Ledger(path)
    with_block.block([venue])
    placed = seat.place(symbol, "buy", quantity, price)
    replaced = NotSent(text="blocked")
    if Capability.REPLACE in VENUES[venue].capabilities:
        replaced = seat.replace(order, order_qty=quantity * 2)
    canceled = seat.cancel(order)
    with_block.lift()
    again = seat.place(symbol, "buy", quantity, price)
    assert isinstance(seat.cancel(again.order_id), Canceled)
    with_block.block(["elsewhere"])
    elsewhere = seat.place(symbol, "buy", quantity, price)
    seat.cancel(elsewhere.order_id)
    open_orders = seat.open_orders()
    seat.close()

    assert isinstance(placed, NotSent)
    assert "blocked by a kill since" in placed.text
    assert placed.evidence.witnesses == ()
    assert isinstance(replaced, NotSent)
    assert isinstance(canceled, Canceled)
    assert isinstance(again, Open)
    assert isinstance(elsewhere, Open)
    assert open_orders == ()
    assert audit(path).open == ()


CASES = {
    "all": ([()], ALL),
    "one": ([("loopring",)], ("loopring",)),
    "one more": ([("loopring",), ("deltadefi",)], ("loopring", "deltadefi")),
    "all, though one was": ([("loopring",), ()], ALL),
}


@pytest.mark.parametrize("case", CASES)
def test_blocks_add_up(case: str, tmp_path: Path) -> None:
    """And the oldest says since when."""
    ledger = Ledger(tmp_path / "ledger")
    blocks, expected = CASES[case]
    for number, venues in enumerate(blocks):
        ledger.block(venues, now_ns=number + 1)
    block = Ledger(tmp_path / "ledger").blocked()

    assert tuple(venue for venue in ALL if block.covers(venue)) == tuple(
        venue for venue in ALL if venue in expected
    )
    assert (block.since_ns, block.pid) == (1, os.getpid())


def test_lift_of_one_leaves_the_others(tmp_path: Path) -> None:
    """Also when all were blocked at once; the outcome says what is so by then."""
    ledger = Ledger(tmp_path / "ledger")
    ledger.block()
    left = ledger.lift(["loopring"], known=VENUES)
    rest = ledger.lift([venue for venue in VENUES if venue != "loopring"], known=VENUES)

    assert set(left.venues) == set(VENUES) - {"loopring"}
    assert rest.venues == ()
    assert [one.outcome["outcome"] for one in audit(ledger.path).intents if one.outcome] == [
        "Blocked",
        "Blocked",
        "Lifted",
    ]


def test_intent_is_before_the_block_or_refused(tmp_path: Path) -> None:
    """Many write while one blocks: none is written after, and all that were are under way."""
    path = tmp_path / "ledger"
    Ledger(path).close()
    intent = Note("intent", {"verb": "place", "venue": "loopring"}, 0, must_last=True)
    written: list[int] = []
    refused: list[Blocked] = []

    def write() -> None:
        ledger = Ledger(path)
        while not refused:
            told = ledger.write(intent, 1)
            (refused if isinstance(told, Blocked) else written).append(told)  # type: ignore[arg-type]

    writers = [threading.Thread(target=write) for _ in range(3)]
    for one in writers:
        one.start()
    while len(written) < 20:
        pass
    ledger = Ledger(path)
    ledger.block()
    under_way = [one.intent_id for one in ledger.under_way()]
    for one in writers:
        one.join()

    assert sorted(written) == under_way
    assert refused


SCRIPT = """
import json, sys
from countermand.client.acts import Note
from countermand.client.ledger import Ledger
ledger = Ledger(sys.argv[1])
told = [ledger.write(Note("intent", {"verb": verb}, 0, True), 1) for verb in sys.argv[2:]]
print(json.dumps([isinstance(one, int) for one in told]), flush=True)
sys.stdin.read()
"""


def test_another_process_is_blocked_and_one_that_ended_is_not_awaited(tmp_path: Path) -> None:
    """What is under way is what a process that runs set out to do."""
    path = tmp_path / "ledger"
    ledger = Ledger(path)

    def run(*verbs: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", SCRIPT, str(path), *verbs]
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    with run("place", "cancel", "replace") as first:
        assert first.stdout is not None
        assert json.loads(first.stdout.readline()) == [True, True, True]
        ledger.block()
        under_way = [one.wanted["verb"] for one in ledger.under_way()]
        with run("place", "cancel", "replace") as second:
            assert second.stdout is not None
            told = json.loads(second.stdout.readline())
        first.kill()

    assert under_way == ["place", "replace"]
    assert told == [False, True, False]
    assert ledger.under_way() == []
