"""`audit` and `resume`: after a client that was killed, and of what nothing was proven."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.calling import Calls, low
from tests.served import Served

from countermand.cli.asked import usual_ledger
from countermand.venues import VENUES

VENUE = "coinbase-intx"


@pytest.fixture(autouse=True)
def ledger(
    exchange_here: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Calls
) -> Iterator[Path]:
    """A ledger for each test; at the end there is no fault and no open order."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    yield usual_ledger()
    assert 0 == call("ctl", "clear-faults").code
    assert 0 == call("cancel-all", VENUE, "--user", "alice").code


def placed(call: Calls, venue: str = VENUE, *more: str) -> str:
    """Place an order that rests; return its id."""
    symbol, quantity, price = low(venue)
    return call("place", venue, symbol, "buy", quantity, price, "--quiet", *more).out.strip()


def fault(call: Calls, kind: str, operation: str, *more: str, venue: str = VENUE) -> None:
    """Let something go wrong until the test ends."""
    words = ("ctl", "add-fault", kind, "--venue", venue, "--operation", operation)
    assert 0 == call(*words, *more).code


def begun(ledger: Path, *words: str) -> subprocess.Popen[str]:
    """Start a call in a process of its own; return it once its intent is on disk."""
    # A run in the background ignores Ctrl-C, and what it starts would too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "countermand", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, before)
    query = "SELECT count(*) FROM records WHERE kind = 'intent' AND CAST(body AS TEXT) LIKE ?"
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        with sqlite3.connect(ledger) as db:
            [count] = db.execute(query, (f'%"verb":"{words[0]}"%',)).fetchone()
        db.close()
        if count:
            return process
        time.sleep(0.02)
    raise AssertionError(process.communicate())


def test_a_killed_cancel_is_settled(call: Calls, ledger: Path) -> None:
    """The request may be on its way when its client dies; the next one says what came of it."""
    order = placed(call)
    fault(call, "delayed-before", "cancel-order", "--delay-ms", "1000", "--count", "1")
    process = begun(ledger, "cancel", VENUE, order)
    process.kill()
    process.communicate()

    open_then = call("audit", "--open", "--json").json
    settled = call("resume", "--json")
    again = call("resume")

    assert [order] == [one["wanted"]["order"] for one in open_then["intents"]]
    assert (0, []) == (settled.code, settled.json["open"])
    [one] = settled.json["settled"]
    assert (True, ["Canceled"]) == (one["is_proven"], [o["outcome"] for o in one["outcomes"]])
    assert not call("order", VENUE, order, "--json").json["order"]["is_open"]
    assert (0, "nothing is open\n") == (again.code, again.out)


def test_an_interrupted_cancel_is_settled(call: Calls, ledger: Path) -> None:
    """Ctrl-C is one line that says how to go on."""
    order = placed(call)
    fault(call, "delayed-after", "cancel-order", "--delay-ms", "20000", "--count", "1")
    process = begun(ledger, "cancel", VENUE, order)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert (130, "") == (process.returncode, out)
    assert "countermand: interrupted; countermand resume settles what is open\n" == err
    assert 0 == call("resume", VENUE).code


@pytest.mark.parametrize("venue", VENUES)
def test_an_unproven_intent_is_settled_later(call: Calls, venue: str) -> None:
    """A resume settles it when the venue answers again."""
    order = placed(call, venue)
    fault(call, "lost-after", "cancel-order", venue=venue)
    fault(call, "error-before", "get-order", venue=venue)
    unknown = call("cancel", venue, order, "--symbol", low(venue)[0], "--timeout", "0.2")
    still = call("resume", "--timeout", "0.2")
    assert 0 == call("ctl", "clear-faults").code

    settled = call("resume")

    assert [6, 6, 0] == [unknown.code, still.code, settled.code]
    assert f"still open: 1 of {venue} at 127.0.0.1:" in still.out
    assert settled.out.startswith(f"Canceled: {order} ")
    assert "1 open" not in call("audit").out


def test_another_users_intent_is_left(call: Calls) -> None:
    """Their accounts have one name, and the order of one is not found by the other."""
    order = placed(call, VENUE, "--user", "bob")
    fault(call, "error-before", "cancel-order")
    fault(call, "error-before", "get-order")
    assert 6 == call("cancel", VENUE, order, "--user", "bob", "--timeout", "0.2").code
    assert 0 == call("ctl", "clear-faults").code

    alice, bob = call("resume", "--json"), call("resume", "--user", "bob", "--json")

    assert (6, [], 1) == (alice.code, alice.json["settled"], len(alice.json["open"]))
    assert (0, "Canceled") == (bob.code, bob.json["settled"][0]["outcomes"][0]["outcome"])


def test_a_venue_that_is_gone_keeps_none_of_the_others_waiting(
    call: Calls, exchange_here: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other venues' intents are settled, and those of the missing one are counted."""
    order = placed(call)
    other = placed(call, "loopring")
    fault(call, "error-before", "cancel-order")
    fault(call, "error-before", "get-order")
    assert 6 == call("cancel", VENUE, order, "--timeout", "0.2").code
    fault(call, "error-after", "cancel-order", venue="loopring")
    fault(call, "error-after", "get-order", venue="loopring")
    assert 6 == call("cancel", "loopring", other, "--timeout", "0.2").code
    assert 0 == call("ctl", "clear-faults").code
    monkeypatch.setenv("COUNTERMAND_COINBASE_INTX_BASE_URL", "http://127.0.0.1:1")
    for field in ("access_key", "passphrase", "signing_key"):
        needs = exchange_here.venue(VENUE)["accounts"]["alice"]
        monkeypatch.setenv(f"COUNTERMAND_COINBASE_INTX_{field.upper()}", needs[field])

    said = call("resume")

    assert 6 == said.code
    assert f"Canceled: {other} " in said.out
    assert "still open: 1 of coinbase-intx at " in said.out
    assert "countermand: coinbase-intx at http://127.0.0.1:1: not sent: " in said.err


def test_audit(call: Calls, ledger: Path) -> None:
    """Each intent in a row, all records of one in lines, and everything in JSON."""
    order = placed(call)
    assert 0 == call("cancel", VENUE, order).code

    rows, told = call("audit"), call("audit", "--json").json
    number = told["intents"][1]["intent_id"]
    lines, last = call("audit", number), call("audit", "--limit", "1", "--json").json

    assert ["place", "cancel"] == [one["wanted"]["verb"] for one in told["intents"]]
    assert [False, False] == [one["is_open"] for one in told["intents"]]
    assert {"ledger", "records", "open", "intents"} == set(told)
    assert {"intent_id", "ts_ns", "wanted", "outcome", "is_open", "records"} == set(
        told["intents"][0]
    )
    assert f"{ledger}: 6 records, whole; 2 intents, 0 open\n" == rows.out.splitlines(True)[-1]
    assert 4 == len(rows.out.splitlines())
    assert ["intent", "answered", "outcome"] == [one.split()[3] for one in lines.out.splitlines()]
    assert [number] == [one["intent_id"] for one in last["intents"]]
    assert (4, f"countermand: ledger {ledger}: no intent 99\n") == call("audit", 99)[::2]


def test_a_ledger_that_is_not_whole(call: Calls, ledger: Path) -> None:
    """Is one line that names the record; one that is not there is one line too."""
    assert 1 == call("audit").code
    assert 0 == call("resume").code
    placed(call)
    with sqlite3.connect(ledger) as db:
        db.execute("UPDATE records SET ts_ns = ts_ns + 1 WHERE seq = 2")
    db.close()

    said = call("audit")

    assert (1, "") == said[:2]
    assert f"countermand: ledger {ledger}: record 2 is not as it was written\n" == said.err
