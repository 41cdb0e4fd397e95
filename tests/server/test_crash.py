"""
A real server under load, killed at random moments: what it answered is what it knows afterwards.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from tests.bot import Bot
from tests.served import Served

VENUE = "coinbase-intx"
BOTS = 4


@dataclass
class Answered:
    """The server's answers so far: the last answer about each order."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    # A request without an answer leaves open whether its order changed.
    unsure: set[str] = field(default_factory=set)


class Trader(threading.Thread):
    """A bot that places, trades, modifies and cancels until its server dies."""

    def __init__(self, venue: dict[str, Any], user: str, name: str, answered: Answered) -> None:
        super().__init__(daemon=True)
        self._user, self._name, self._answered = user, name, answered
        self._bot = Bot(venue, user)
        self._chance = random.Random(name)
        self._open: list[str] = []
        self.error: Exception | None = None

    def run(self) -> None:
        """Trade; a broken connection is the expected end."""
        try:
            for index in range(1_000_000):
                self._act(index)
        except (OSError, HTTPException):
            pass
        except Exception as error:  # noqa: BLE001 -- shown by the test: a thread's own failure is easily lost
            self.error = error
        finally:
            self._bot.close()

    def _act(self, index: int) -> None:
        draw = self._chance.random()
        if draw < 0.15 and self._open:
            self._modify(index, self._chance.choice(self._open))
        elif draw < 0.4 and self._open:
            self._cancel(self._open.pop(self._chance.randrange(len(self._open))))
        elif draw < 0.7:
            self._place(index, self._chance.choice(("2700", "2750")), "BUY", "GTC")
        else:
            side = self._chance.choice(("BUY", "SELL"))
            self._place(index, "3000", side, self._chance.choice(("GTC", "IOC")))

    def _place(self, index: int, price: str, side: str, tif: str) -> None:
        status, order = self._bot.place(f"{self._name}-{index}", side, price, "0.02", tif=tif)
        assert status == 200, order
        self._keep(order)
        if order["order_status"] == "WORKING":
            self._open.append(order["order_id"])

    def _modify(self, index: int, order_id: str) -> None:
        # More loses its place in the queue, less keeps it, and the price moves within its side.
        size = self._chance.choice(("0.01", "0.03"))
        side = self._answered.orders[order_id]["side"]
        price = self._chance.choice(("2700", "2750") if side == "BUY" else ("3000", "3050"))
        name = f"{self._name}-{index}"
        self._change(order_id, lambda: self._bot.modify(order_id, name, size=size, price=price))

    def _cancel(self, order_id: str) -> None:
        self._change(order_id, lambda: self._bot.cancel(order_id))

    def _change(self, order_id: str, change: Callable[[], tuple[int, Any]]) -> None:
        self._answered.unsure.add(order_id)
        status, order = change()
        # It may have been filled first; then the refusal is the truth and the order tells the rest.
        assert status in (200, 400), order
        if status == 200:
            self._keep(order)
        self._answered.unsure.discard(order_id)

    def _keep(self, order: dict[str, Any]) -> None:
        self._answered.orders[order["order_id"]] = order
        self._answered.owners[order["order_id"]] = self._user


@pytest.mark.parametrize("kills", [12, pytest.param(200, marks=pytest.mark.soak)])
def test_nothing_answered_is_lost_by_a_kill(tmp_path: Path, kills: int) -> None:
    """Every acknowledged order, fill, change and cancel is there after each kill."""
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 -- shown when the test fails
    chance, answered = random.Random(seed), Answered()
    for kill in range(kills + 1):
        with Served(tmp_path, "--venue", VENUE) as served:
            venue = served.venue(VENUE)
            _check(venue, answered)
            if kill == kills:
                break
            answered = Answered()
            traders = [
                Trader(venue, ("alice", "bob")[i % 2], f"k{kill}s{seed % 1000}b{i}", answered)
                for i in range(BOTS)
            ]
            for trader in traders:
                trader.start()
            time.sleep(chance.uniform(0.05, 0.4))
            served.kill()
            for trader in traders:
                trader.join()
                assert trader.error is None, trader.error
            assert answered.orders, "the load never got through"
    _verify_journal(tmp_path)


def _check(venue: dict[str, Any], answered: Answered) -> None:
    bots = {user: Bot(venue, user) for user in ("alice", "bob")}
    fills: dict[str, float] = {}
    for order_id, said in answered.orders.items():
        status, now = bots[answered.owners[order_id]].get(order_id)
        assert status == 200, f"{order_id} was answered and is gone: {now}"
        assert float(now["exec_qty"]) >= float(said["exec_qty"]), f"{order_id} lost a fill"
        if said["event_type"] == "CANCELED":
            assert (now["event_type"], now["exec_qty"]) == ("CANCELED", said["exec_qty"])
        elif said["order_status"] == "DONE":
            assert now["order_status"] == "DONE", f"{order_id} was done and is open"
        elif order_id not in answered.unsure and now["event_type"] == "CANCELED":
            # Nobody asked for it, so only its own account's next order can have taken it out.
            assert now["text"] == "self trade prevention", f"{order_id} was never canceled"
        if order_id not in answered.unsure:
            for term in ("client_order_id", "size", "price"):
                assert now[term] == said[term], f"{order_id} lost a change of its {term}"
        fills[order_id] = float(said["exec_qty"])
    _check_fills(bots, answered, fills)
    for bot in bots.values():
        bot.close()


def _check_fills(bots: dict[str, Bot], answered: Answered, fills: dict[str, float]) -> None:
    filled = [order_id for order_id, qty in fills.items() if qty][-20:]
    for order_id in filled:
        listed = bots[answered.owners[order_id]].fills(order_id=order_id)
        assert sum(float(fill["fill_qty"]) for fill in listed) >= fills[order_id] - 1e-9


def _verify_journal(data: Path) -> None:
    command = [sys.executable, "-m", "countermand", "journal", "verify", str(data), "--json"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    told = {check["name"]: check["detail"] for check in json.loads(done.stdout)["checks"]}
    # What was over at every kill is recorded as the whole journal brings it about.
    assert " orders, " in told["history"]
