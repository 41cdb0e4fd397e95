"""
The client: a cancel until it is proven, beside bare httpx requests of the same bytes.

Both sides have a warm connection of their own to one server, and take turns order by order, so that
an hour is as busy for the one as for the other. What the bare side sends is signed before it is
timed; it reads nothing of the answers.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from bench.figures import Figure
from bench.served import Server
from bench.sizes import Size
from countermand import connect, connect_sync
from countermand.client.call import prepared, single
from countermand.client.verbs import find
from countermand.vocabulary.commands import CancelOrder
from countermand.wire.operation import Operation
from countermand.wire.proof import Proof

PART = "client"
# A cancel whose answer proves it, and one that the order must be read for.
VENUES = ("coinbase-intx", "polymarket-us")
GOAL = 1.5
WARM = 20


def measure(size: Size, against: Path | None = None) -> Iterable[Figure]:
    """Yield what a proven cancel costs, by venue and shell, without a ledger and with one."""
    for venue in VENUES:
        with Server((venue,), "--ephemeral") as server:
            for shell in (_sync, _async):
                for has_ledger in (False, True):
                    yield from _figures(
                        venue, shell, server.venue(venue), size.single_cancels, has_ledger
                    )


Shell = Callable[[str, dict[str, Any], int, str | None], tuple[list[float], list[float]]]


def _figures(
    venue: str, shell: Shell, told: dict[str, Any], pairs: int, has_ledger: bool
) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        ledger = str(Path(folder, "ledger.sqlite")) if has_ledger else None
        ours, bare = shell(venue, told, pairs, ledger)
    row = f"{venue}, {shell.__name__[1:]}" + (", ledger" if has_ledger else "")
    one, other = median(ours), median(bare)
    goal = None if has_ledger else GOAL
    yield Figure(PART, row, "bare, us", other * 1e6, "us")
    yield Figure(PART, row, "proven, us", one * 1e6, "us")
    yield Figure(PART, row, "proven / bare", one / other, goal=goal, at_most=True)


def _sync(
    venue: str, told: dict[str, Any], pairs: int, ledger: str | None
) -> tuple[list[float], list[float]]:
    url, alice = told["base_url"], told["accounts"]["alice"]
    ours, bare = list[float](), list[float]()
    with (
        connect_sync(venue, url, alice, ledger=ledger, keep_limits=False) as client,
        httpx.Client(base_url=url, trust_env=False) as plain,
    ):
        market = client.instruments()[0]
        terms = _terms(client.book(market.symbol), market)
        for turn in range(pairs + WARM):
            one, two = (client.place(*terms).order_id for _ in range(2))
            requests = _requests(client.session, two)
            for is_ours in (True, False) if turn % 2 else (False, True):
                started = time.perf_counter()
                if is_ours:
                    outcome = client.cancel(one)
                else:
                    for request in requests:
                        plain.request(**request)
                (ours if is_ours else bare).append(time.perf_counter() - started)
            assert outcome.name == "Canceled", outcome
    return ours[WARM:], bare[WARM:]


def _async(
    venue: str, told: dict[str, Any], pairs: int, ledger: str | None
) -> tuple[list[float], list[float]]:
    return asyncio.run(_waited(venue, told, pairs, ledger))


async def _waited(
    venue: str, told: dict[str, Any], pairs: int, ledger: str | None
) -> tuple[list[float], list[float]]:
    url, alice = told["base_url"], told["accounts"]["alice"]
    ours, bare = list[float](), list[float]()
    async with (
        connect(venue, url, alice, ledger=ledger, keep_limits=False) as client,
        httpx.AsyncClient(base_url=url, trust_env=False) as plain,
    ):
        market = (await client.instruments())[0]
        terms = _terms(await client.book(market.symbol), market)
        for turn in range(pairs + WARM):
            one, two = [(await client.place(*terms)).order_id for _ in range(2)]
            requests = _requests(client.session, two)
            for is_ours in (True, False) if turn % 2 else (False, True):
                started = time.perf_counter()
                if is_ours:
                    outcome = await client.cancel(one)
                else:
                    for request in requests:
                        await plain.request(**request)
                (ours if is_ours else bare).append(time.perf_counter() - started)
            assert outcome.name == "Canceled", outcome
    return ours[WARM:], bare[WARM:]


def _terms(book: Any, market: Any) -> tuple[Any, ...]:
    # The least order, below all others: it rests.
    ticks = int(book.bids[-1][0] / market.tick_size) - 10
    return market.symbol, "buy", 100 * market.min_qty, market.tick_size * ticks


def _requests(session: Any, order: str) -> list[dict[str, Any]]:
    # What our own client sends for a cancel that goes well.
    query, placed = find(session, order), session.placed[order]
    names = query.account_id, query.order_id, query.cl_ord_id
    asked: list[tuple[Operation, Any]] = [(Operation.CANCEL_ORDER, CancelOrder(*names))]
    if not session.can_say(*asked[0]):
        asked = [(Operation.CANCEL_ORDER, CancelOrder(*names, placed.instrument_id))]
    if session.venue.proofs.of(Operation.CANCEL_ORDER) is Proof.TAKEN:
        asked.append((Operation.GET_ORDER, query))
    return [_request(session, *one) for one in asked]


def _request(session: Any, operation: Operation, question: Any) -> dict[str, Any]:
    ctx = session.context(time.time_ns())
    flow = session.venue.flows.get(operation) or single(session.venue, operation)
    step = next(flow(question, session.credential, ctx))
    _, request = prepared(session.venue, step, ctx, session.credential, session.host)
    target = request.path + (b"?" + request.query if request.query else b"")
    return {
        "method": request.method,
        "url": target.decode(),
        "headers": list(request.headers),
        "content": request.body or None,
    }
