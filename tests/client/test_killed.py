"""A killed server that comes back, and a killed client that is followed by another."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.client.desks import SHELLS, Seat, hit, market, rested
from tests.faults.operator import Operator
from tests.served import Served

from countermand import connect_sync
from countermand.client.audit import audit
from countermand.client.http import Timeouts
from countermand.client.ledger import Ledger
from countermand.client.outcome import Canceled, Filled, Open, Outcome
from countermand.venues import VENUES

SPOKEN = [name for name in VENUES if VENUES[name].client is not None]

# A client that does one thing and is killed while it waits for the answer.
SCRIPT = """
import json, sys
from countermand import connect_sync
venue, told, ledger, verb, arguments = json.loads(sys.argv[1])
with connect_sync(venue, *told, ledger=ledger, keep_limits=False) as client:
    print("ready", flush=True)
    getattr(client, verb)(*arguments)
"""


# Below the ports that are given to who asks for any, so that no other program gets one meanwhile.
PORTS = range(21_000, 29_000, 10)


def free_port() -> int:
    """Return a port that is free, and with it those of the venues above it."""
    chance = Random()
    return next(port for port in chance.sample(PORTS, len(PORTS)) if is_free(port))


def is_free(port: int) -> bool:
    """Whether a port and the ten that begin with it are free."""
    try:
        for each in range(port, port + 10):
            with socket.socket() as one:
                one.bind(("127.0.0.1", each))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("venue", "shell"), [(name, SHELLS[at % 2]) for at, name in enumerate(SPOKEN)]
)
def test_server_is_killed_and_comes_back(venue: str, shell: str, tmp_path: Path) -> None:
    """The server remembers what it answered, and the cancel goes on until it is proven."""
    where = ("--port", str(free_port()), "--venue", venue)
    first = Served(tmp_path, *where)
    seat = Seat(shell, venue, first.venue(venue), "alice", timeouts=Timeouts(connect_s=1))
    order, again = rested(seat, venue), list[Served]()
    first.kill()

    def restart() -> None:
        time.sleep(0.3)
        again.append(Served(tmp_path, *where))

    back = threading.Thread(target=restart)
    back.start()
    outcome = seat.cancel(order, timeout_s=30)
    back.join()
    seat.close()
    again[0].stop()

    assert isinstance(outcome, Canceled), outcome


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The demo world, on free ports."""
    with Served(None) as running:
        yield running


@pytest.fixture
def operator(served: Served) -> Iterator[Operator]:
    """The operator, who sets the faults."""
    one = Operator(served.ready["control"])
    yield one
    one.clear()
    one.close()


def killed(venue: str, told: tuple[Any, ...], ledger: Path, verb: str, *arguments: str) -> None:
    """Let a client do something, and kill it (SIGKILL) once its intent is on disk."""
    asked = json.dumps([venue, told, str(ledger), verb, arguments])
    with subprocess.Popen([sys.executable, "-c", SCRIPT, asked], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        until = time.monotonic() + 20
        while not list(Ledger(ledger).records()):
            assert time.monotonic() < until, "no intent was written"
            time.sleep(0.005)
        time.sleep(0.15)
        process.kill()


def resumed(venue: str, told: tuple[Any, ...], ledger: Path) -> Outcome:
    """Return what another client makes of what was left open."""
    with connect_sync(venue, *told, ledger=ledger, keep_limits=False) as client:
        [one] = client.resume(timeout_s=10)
    [outcome] = one.outcomes
    found = audit(ledger)
    assert bool(found.open) is not outcome.is_proven
    return outcome


@pytest.mark.parametrize("kind", ["delayed-before", "delayed-after"])
@pytest.mark.parametrize("venue", SPOKEN)
def test_client_is_killed_while_it_cancels(
    venue: str, kind: str, served: Served, operator: Operator, tmp_path: Path
) -> None:
    """Whether the cancel had arrived by then or not."""
    here = served.venue(venue)
    told = here["base_url"], here["accounts"]["alice"]
    seat = Seat("synchronous", venue, here, "alice")
    order = rested(seat, venue)
    operator.fault(kind, venue=venue, operation="cancel-order", count=1, delay_ms=2000)
    killed(venue, told, tmp_path / "ledger", "cancel", order)
    outcome = resumed(venue, told, tmp_path / "ledger")
    after = seat.order(order)
    seat.close()

    assert isinstance(outcome, Canceled), outcome
    assert after.ord_status == "canceled"


@pytest.mark.parametrize("venue", SPOKEN)
def test_fill_between_two_clients_is_told(
    venue: str, served: Served, operator: Operator, tmp_path: Path
) -> None:
    """The cancel was lost with the client, and the order traded."""
    here = served.venue(venue)
    told = here["base_url"], here["accounts"]["alice"]
    seat, bob = (Seat("synchronous", venue, here, user) for user in ("alice", "bob"))
    order = rested(seat, venue)
    operator.fault("lost-before", venue=venue, operation="cancel-order")
    operator.fault("lost-before", venue=venue, operation="get-order")
    killed(venue, told, tmp_path / "ledger", "cancel", order)
    operator.clear()
    hit(bob, venue)
    outcome = resumed(venue, told, tmp_path / "ledger")
    seat.close()
    bob.close()

    assert isinstance(outcome, Filled), outcome


@pytest.mark.parametrize("venue", SPOKEN)
def test_client_is_killed_while_it_places(
    venue: str, served: Served, operator: Operator, tmp_path: Path
) -> None:
    """The order is found, and is one."""
    here = served.venue(venue)
    told = here["base_url"], here["accounts"]["alice"]
    symbol, price, quantity = market(venue)
    operator.fault("delayed-after", venue=venue, operation="place-order", count=1, delay_ms=2000)
    words = symbol, "buy", str(quantity), str(price)
    killed(venue, told, tmp_path / "ledger", "place", *words)
    outcome = resumed(venue, told, tmp_path / "ledger")
    seat = Seat("synchronous", venue, here, "alice")
    found = seat.open_orders()
    seat.cancel_all()
    seat.close()

    assert isinstance(outcome, Open), outcome
    assert [order.order_id for order in found] == [outcome.order_id]
