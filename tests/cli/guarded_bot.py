"""
A bot for a guard to guard: it places orders, calls home, and does what its first argument says.

Arguments: what it does, the venue, its base URL, credentials and an order in JSON, a file.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from countermand import connect_sync

DOES, VENUE, BASE_URL, KEY, ORDER, FILE = sys.argv[1:7]


def client(ledger: str | None) -> Any:
    """Return a client of the ledger that the guard blocks, or a foreign one."""
    return connect_sync(VENUE, BASE_URL, json.loads(KEY), ledger=ledger, keep_limits=False)


def placing(times: int, ledger: str | None) -> None:
    """Place orders, ten a second at most."""
    with client(ledger) as placer:
        for _ in range(times):
            placer.place(*json.loads(ORDER))
            time.sleep(0.05)


def call_home() -> None:
    """Touch the file."""
    os.utime(os.environ["COUNTERMAND_HOME_FILE"])


def say(text: str) -> None:
    """Tell the test, in a line of the file."""
    with Path(FILE).open("a") as file:
        file.write(f"{text}\n")


def goes_on(ledger: str | None = None) -> None:
    """Place until it is ended."""
    placing(10_000, ledger)


def leaves_children() -> None:
    """Leave two: one in a session of its own, whose parent ends, and one in the group."""
    for leaves in (True, False):
        if os.fork() == 0:
            if leaves:
                os.setsid()
                if os.fork():
                    os._exit(0)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            say(f"child {os.getpid()}")
            goes_on()
    time.sleep(1.0)


def calls(write: Any) -> None:
    """Call home for longer than may be between two calls."""
    for _ in range(30):
        write()
        time.sleep(0.1)


def stands_still() -> None:
    """Be stopped, as a debugger does it."""
    os.kill(os.getpid(), signal.SIGSTOP)


def ignores() -> None:
    """Be deaf to what asks it to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    goes_on()


def obeys() -> None:
    """End well when it is asked to, and tell of other signals."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: (say(f"signal {number}"), sys.exit(0)))
    signal.signal(signal.SIGUSR1, lambda number, _: say(f"signal {number}"))
    say("ready")
    while True:
        time.sleep(0.05)


DEEDS: dict[str, Any] = {
    "exits": lambda: None,
    "fails": lambda: sys.exit(3),
    "dies": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "hangs": lambda: time.sleep(1000),
    "goes on": goes_on,
    "goes on with the ledger": lambda: goes_on(os.environ["COUNTERMAND_LEDGER"]),
    "ignores": ignores,
    "leaves children": leaves_children,
    "stands still": stands_still,
    "obeys": obeys,
    "calls by file": lambda: calls(call_home),
    "calls by pipe": lambda: calls(
        lambda: os.write(int(os.environ["COUNTERMAND_HOME_FD"]), b"here\n")
    ),
}

say(f"bot {os.getpid()}")
placing(3, os.environ["COUNTERMAND_LEDGER"])
call_home()
DEEDS[DOES]()
