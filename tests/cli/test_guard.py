"""`countermand guard`: however a bot ends, nothing of it runs or is open afterwards."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.cli.calling import Calls, low
from tests.served import Served

from countermand.control.client import Control

VENUE = "coinbase-intx"
BOT = Path(__file__).with_name("guarded_bot.py")

linux = pytest.mark.skipif(sys.platform != "linux", reason="only there descendants are adopted")


class Guard:
    """A guard over a bot, as a process of its own."""

    def __init__(self, served: Served, folder: Path, does: str, *options: str) -> None:
        self.served, self.file = served, folder / "told"
        told, (symbol, quantity, price) = served.venue(VENUE), low(VENUE)
        key = json.dumps(told["accounts"]["alice"])
        order = json.dumps([symbol, "buy", quantity, price])
        bot = [sys.executable, str(BOT), does, VENUE, told["base_url"], key, order, str(self.file)]
        words = [sys.executable, "-m", "countermand", "guard", "--venue", VENUE, "--json"]
        words += ["--quiet-for", "0.3", "--ledger", str(folder / "ledger.sqlite"), *options, "--"]
        self.began_s = time.monotonic()
        self.process = subprocess.Popen(words + bot, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ended(self) -> tuple[int, dict[str, Any]]:
        """Await it; return its exit code and what it printed."""
        out, err = self.process.communicate(timeout=60)
        assert b"Traceback" not in err, err.decode()
        return self.process.returncode, json.loads(out.splitlines()[-1])

    def told(self) -> list[str]:
        """Return the lines that the bot wrote."""
        return self.file.read_text().splitlines() if self.file.exists() else []

    def await_line(self, line: str) -> None:
        """Await a line of the bot's."""
        until_s = time.monotonic() + 30
        while line not in self.told():
            assert time.monotonic() < until_s, self.told()
            time.sleep(0.02)

    def running(self) -> list[int]:
        """Return the processes of the bot that still run."""
        pids = [int(line.split()[1]) for line in self.told() if line.startswith(("bot", "child"))]
        return [pid for pid in pids if _runs(pid)]

    def check(self) -> None:
        """See that nothing runs, nothing is open, and no order came after the first cancel."""
        assert self.running() == []
        time.sleep(0.3)
        found = Control(self.served.ready["control"]).call("orders", venue=VENUE, limit=1000).orders
        mine = [one for one in found if one.account.startswith("alice")]
        assert {one.standing for one in mine} == {"closed"}
        own = [one for one in mine if one.submit_time > self.before]
        assert len(own) >= 3
        assert max(one.submit_time for one in own) < min(one.transact_time for one in own)

    before = ""


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def started(call: Calls, served: Served, folder: Path, does: str, *options: str) -> Guard:
    """Start a guard where nothing is open."""
    assert call("cancel-all", VENUE).code == 0
    found = Control(served.ready["control"]).call("orders", venue=VENUE, limit=1).orders
    guard = Guard(served, folder, does, *options)
    guard.before = found[0].transact_time if found else ""
    return guard


DEEDS = {
    "exits": ((), 0, "exit"),
    "fails": ((), 1, "exit"),
    "dies": ((), 1, "signal"),
    "hangs": (("--deadline", "2"), 1, "silent"),
    "goes on": (("--deadline", "2"), 1, "silent"),
    "goes on with the ledger": (("--deadline", "2"), 1, "silent"),
    "ignores": (("--deadline", "2", "--grace", "0.5"), 1, "silent"),
    "stands still": (("--deadline", "2", "--grace", "0.3"), 1, "silent"),
    "calls by file": (("--deadline", "2"), 0, "exit"),
    "calls by pipe": (("--deadline", "2"), 0, "exit"),
    "leaves children": ((), 0, "exit"),
}


@linux
@pytest.mark.parametrize("does", DEEDS)
def test_nothing_is_left(call: Calls, exchange_here: Served, tmp_path: Path, does: str) -> None:
    """However it ends: its processes first, then its orders."""
    options, code, how = DEEDS[does]
    guard = started(call, exchange_here, tmp_path, does, *options)
    ended = guard.ended()
    guard.check()

    assert ended[0] == code, ended
    assert ended[1]["program"]["how"] == how
    assert ended[1]["program"]["left"] == []
    assert ended[1]["is_empty"]


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_are_passed_on(
    call: Calls, exchange_here: Served, tmp_path: Path, number: signal.Signals
) -> None:
    """A signal that asks the guard to end ends both, with 0; another does not."""
    guard = started(call, exchange_here, tmp_path, "obeys")
    guard.await_line("ready")
    guard.process.send_signal(signal.SIGUSR1)
    guard.await_line(f"signal {int(signal.SIGUSR1)}")
    guard.process.send_signal(signal.SIGTSTP)
    guard.process.send_signal(number)
    code, told = guard.ended()
    guard.check()

    assert (code, told["program"]["how"], told["program"]["code"]) == (0, "asked", 0)
    assert f"signal {int(number)}" in guard.told()


@linux
def test_bot_that_does_not_end_when_asked_is_killed(
    call: Calls, exchange_here: Served, tmp_path: Path
) -> None:
    """After the grace; and another signal does not keep its orders from being canceled."""
    guard = started(call, exchange_here, tmp_path, "ignores", "--grace", "0.5")
    until_s = time.monotonic() + 30
    while not guard.told() and time.monotonic() < until_s:
        time.sleep(0.05)
    time.sleep(1.5)
    guard.process.send_signal(signal.SIGTERM)
    time.sleep(0.7)
    guard.process.send_signal(signal.SIGTERM)
    code, told = guard.ended()
    guard.check()

    assert (code, told["program"]["how"]) == (0, "asked")
    assert told["program"]["code"] == -signal.SIGKILL


def test_guard_does_not_run_what_can_place_nothing(
    call: Calls, exchange_here: Served, tmp_path: Path
) -> None:
    """A kill that was not lifted, or a command that is none."""
    ledger = ("--ledger", str(tmp_path / "ledger"))
    call("kill", "--venue", VENUE, "--quiet-for", "0", *ledger)
    marker = tmp_path / "ran"
    blocked = call("guard", *ledger, "--", "touch", str(marker))
    call("kill", "--lift", *ledger)
    none = call("guard", *ledger, "--", "no-such-command")

    assert (blocked.code, none.code) == (7, 2)
    assert "countermand kill --lift" in blocked.err
    assert not marker.exists()
    assert none.err == "countermand: no-such-command: No such file or directory\n"


def test_earlier_children_are_left_alone(call: Calls, tmp_path: Path) -> None:
    """A guard within another program leaves that program's children alone."""
    before = signal.getsignal(signal.SIGTERM)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"]) as other:
        said = call("guard", "--quiet-for", "0", "--ledger", tmp_path / "ledger", "--", "true")
        still_runs = other.poll() is None
        other.kill()

    assert (said.code, still_runs) == (0, True)
    assert signal.getsignal(signal.SIGTERM) is before
    assert "guard: true ended with 0; canceling" in said.out
