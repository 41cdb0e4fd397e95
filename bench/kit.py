"""What an exchange costs the tests that use it: to begin, to reset, over a socket, five hundred."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from bench.figures import Figure
from bench.sizes import Size
from countermand.testing import Exchange

PART = "kit"
FRESH_MAX_MS, RESET_MAX_MS, SOCKET_MAX_MS = 5.0, 2.0, 50.0

# Five hundred tests, each with an exchange of its own, take no longer.
TESTS_MAX_S, TESTS = 20.0, 500

VENUE = "coinbase-intx"
MARKET = "ETH-PERP"

# One test: an account with money, an answer without a socket, a trade, what became of it.
TEST = f"""
import httpx
import pytest

@pytest.mark.parametrize("number", range({{count}}))
def test_it(exchange, number):
    bot = exchange.account(funds={{{{"USDC": 1_000}}}})
    with httpx.Client(transport=exchange.transport(), base_url="http://venue") as client:
        assert client.get("/api/v1/instruments/{MARKET}/quote").status_code == 200
    exchange.trade("{MARKET}", "3000", "1")
    assert bot.balance("USDC") == 1_000
"""


def measure(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Yield what one venue's exchange costs and what all venues' does, then a run of tests."""
    for row, venues in (("one venue", (VENUE,)), ("all venues", ())):
        yield from _life(size, row, venues)
    yield _dues(size)
    yield _tests(size)


def _life(size: Size, row: str, venues: tuple[str, ...]) -> Iterator[Figure]:
    with Exchange(*venues) as exchange:
        exchange.account(venue=VENUE)
        resets = _median_ms(size.checks, exchange.reset)
    # The first was found and is loaded from now on.
    begun = _median_ms(size.checks, lambda: Exchange(*venues).close())
    served = _median_ms(max(2, size.checks // 20), lambda: _served(venues))
    yield Figure(PART, row, "begun and ended, ms", begun, "ms", FRESH_MAX_MS, at_most=True)
    yield Figure(PART, row, "reset, ms", resets, "ms", RESET_MAX_MS, at_most=True)
    yield Figure(PART, row, "over a socket, ms", served, "ms", SOCKET_MAX_MS, at_most=True)


def _served(venues: tuple[str, ...]) -> None:
    with Exchange(*venues) as exchange:
        url = f"{exchange.url(VENUE)}/api/v1/instruments/{MARKET}/quote"
        with urlopen(url) as answer:  # noqa: S310  (it is our own)
            assert answer.status == 200


def _dues(size: Size) -> Figure:
    with Exchange(VENUE, now="2026-03-01T00:00:00Z") as exchange:
        exchange.snapshot("before")

        def advance() -> None:
            exchange.restore("before")
            exchange.clock.advance(days=30)

        return Figure(
            PART, "one venue", "restored and 30 days on, ms", _median_ms(size.checks, advance), "ms"
        )


def _tests(size: Size) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_it.py").write_text(TEST.format(count=size.tests))
        Path(folder, "pytest.ini").write_text(f"[pytest]\ncountermand_venues = {VENUE}\n")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:countermand"]
        began = time.perf_counter()
        done = subprocess.run(  # noqa: S603  (it is our own)
            [*command, "-p", "countermand.testing.plugin", "-p", "no:cacheprovider"],
            cwd=folder,
            stdout=subprocess.PIPE,
            check=False,
        )
        took_s = time.perf_counter() - began
    assert done.returncode == 0, done.stdout.decode()
    goal = TESTS_MAX_S if size.tests == TESTS else None
    return Figure(PART, f"{size.tests} tests", "in a run, s", took_s, "s", goal, at_most=True)


def _median_ms(count: int, act: Callable[[], None]) -> float:
    taken = []
    for _ in range(count):
        began_ns = time.perf_counter_ns()
        act()
        taken.append((time.perf_counter_ns() - began_ns) / 1e6)
    return median(taken)
