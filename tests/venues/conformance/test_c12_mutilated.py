"""
C12: a reply that is mutilated in any way is read, or cannot be read; it never breaks the client.

And it is never worse than that: an order that is read of one has the standing it was told in.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from tests.venues.conformance.newcomer import Newcomer, at_desk
from tests.venues.conformance.test_c11_newcomer import trade
from tests.venues.desk import Desk

from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetQuote,
    ListFills,
    ListOpenOrders,
    ListQuotes,
)
from countermand.wire.errors import NotExpressible, WireError
from countermand.wire.http import Request, Response
from countermand.wire.operation import Operation
from countermand.wire.venue import Venue

# What a field may be instead of what it was.
WRONG: list[Any] = [
    None, "", "x", "NaN", "-1", "1e400", "9" * 60, 0, -1, 7, 1.5, 10**40, True, [], {}, [None],
    {"a": 1}, "NEVER_HEARD_OF", "2026-13-45T99:99:99Z",
]  # fmt: skip
TRIES = 100


@pytest.fixture
def desk(venue: Venue) -> Desk:
    """Return a desk of the test's own."""
    if venue.client is None:
        pytest.skip(f"{venue.name} has no client's end")
    return Desk(venue)


def test_mutilated_replies(desk: Desk) -> None:
    """Each read of a client's, a hundred times wrong."""
    alice, chance = at_desk(desk), random.Random(11)
    placed, mine, size, ticks = trade(alice, desk)
    resting = alice.place(mine, Side.BUY, size, ticks - 2)
    for operation, question in questions(alice, placed, resting, mine):
        if operation in desk.venue.flows or operation in asked_by(desk.venue):
            for _ in range(TRIES):
                check_read(alice, operation, question, chance)


def test_mutilated_names(desk: Desk) -> None:
    """A client that learns of a venue what cannot be is told so, or learns what can."""
    chance = random.Random(5)
    for _ in range(TRIES):

        def wrong(request: Request) -> Response:
            response = desk.answer(request)
            told = json.loads(response.body) if response.body else None
            return Response(response.status, json.dumps(mutilated(told, chance)).encode())

        with suppress(WireError, NotExpressible):
            Newcomer(desk.venue, desk.credential(), wrong, desk.clock.now_ns)


def asked_by(venue: Venue) -> set[Operation]:
    """Return what our client asks for with one request."""
    return {row.operation for row in venue.routes.rows if row.op.ask and row.op.read}


def questions(
    alice: Newcomer, placed: Any, resting: Any, mine: Any
) -> Iterator[tuple[Operation, Any]]:
    """Yield what is asked."""
    for order in (placed, resting):
        text = alice.end.spell(order, alice.context)
        yield Operation.GET_ORDER, alice.end.find(text, alice.context)
    yield Operation.LIST_ORDERS, ListOpenOrders((alice.account_id,))
    yield Operation.LIST_FILLS, ListFills((alice.account_id,))
    yield Operation.LIST_BALANCES, GetAccount(alice.account_id)
    yield Operation.LIST_POSITIONS, GetAccount(alice.account_id)
    yield Operation.GET_QUOTE, GetQuote(mine.instrument_id)
    yield Operation.GET_DEPTH, GetDepth(mine.instrument_id)
    yield Operation.LIST_INSTRUMENTS, ListQuotes(alice.venue.name)


def check_read(alice: Newcomer, operation: Operation, question: Any, chance: random.Random) -> None:
    """Read replies of which one is wrong, and see that nothing but a refusal to read is raised."""
    send, sent = alice.send, []

    def wrong(request: Request) -> Response:
        response = send(request)
        told = json.loads(response.body) if response.body else None
        sent.append(json.dumps(mutilated(told, chance)))
        return Response(response.status, sent[-1].encode())

    alice.send = wrong
    try:
        alice.ask(operation, question)
    except (WireError, NotExpressible):
        pass
    except Exception as error:
        error.add_note(f"{alice.venue.name} {operation.value}: {sent[-1][:600]}")
        raise
    finally:
        alice.send = send


def mutilated(told: Any, chance: random.Random) -> Any:
    """Return a value in which one or a few parts are left out or something else."""
    whole = copy.deepcopy(told)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        holders = list(parts(whole))
        if not holders:
            return chance.choice(WRONG)
        holder, key = chance.choice(holders)
        if key not in holder if isinstance(holder, dict) else key >= len(holder):
            continue
        if chance.random() < 0.3:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(chance.choice(WRONG))
    return whole


def parts(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where every part of a JSON value stands."""
    if not isinstance(value, dict | list):
        return
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(one, dict | list):
            yield from parts(one)
