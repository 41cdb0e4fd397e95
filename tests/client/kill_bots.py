"""
Bots that place orders during a kill, as a process: `client` bots with a ledger, one a venue, until
they are refused; or a `foreign` bot without a ledger, until its input ends.

Arguments: which, and in JSON what a ready line has of the venues, the orders by venue, the ledger.
"""

from __future__ import annotations

import asyncio
import json
import select
import sys
import time
from typing import Any

from tests.bot import Bot

from countermand import connect

# So long between two orders of a bot.
PACE_S = 0.05


def tell(line: str) -> None:
    """Tell the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def places(venue: str, told: dict[str, Any], order: list[str], ledger: str) -> int:
    """Place until that is blocked; return how many orders were sent."""
    where = told["base_url"], told["accounts"]["alice"]
    async with connect(venue, *where, ledger=ledger, keep_limits=False) as client:
        tell(venue)
        for count in range(10_000):
            outcome = await client.place(*order)
            if outcome.name == "NotSent":
                assert "blocked by a kill" in outcome.text, outcome
                return count
            await asyncio.sleep(PACE_S)
    raise AssertionError(f"{venue}: never blocked")


async def with_ledger(venues: dict[str, Any], orders: dict[str, list[str]], ledger: str) -> None:
    """Place at all venues at once."""
    counts = await asyncio.gather(
        *[places(venue, told, orders[venue], ledger) for venue, told in venues.items()]
    )
    tell(json.dumps(counts))


def foreign(venues: dict[str, Any]) -> None:
    """Place at one venue, signed by hand over a plain connection, four a second."""
    bot = Bot(venues["coinbase-intx"], "alice")
    tell("foreign")
    count = 0
    while not select.select([sys.stdin], [], [], 0.25)[0]:
        status, answer = bot.place(f"f{time.time_ns() % 10**15}", "BUY", "2700", "0.01")
        assert status == 200, answer
        count += 1
    tell(str(count))


if __name__ == "__main__":
    which, ready, orders, path = sys.argv[1:5]
    if which == "client":
        asyncio.run(with_ledger(json.loads(ready), json.loads(orders), path))
    else:
        foreign(json.loads(ready))
