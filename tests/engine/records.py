"""Records of what is over, as an exchange hands them over, drawn at random."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from tests.engine.desk import START_NS, order

from countermand.core.history import History
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId, match_id
from countermand.vocabulary.order import ExecType, OrdStatus, Side, Standing
from countermand.vocabulary.queries import ListFills, ListOrders
from countermand.vocabulary.reports import Fill, OrderReport

ACCOUNTS = tuple(map(AccountId, (1, 2, 3)))
INSTRUMENTS = tuple(map(InstrumentId, (4, 5)))
STATUSES = (OrdStatus.CANCELED, OrdStatus.FILLED, OrdStatus.EXPIRED)
NAMES = ("", "one", "other")
TERMS = {side: order(side=side).terms for side in Side}


class Ended(NamedTuple):
    """What ended with one entry."""

    seq: int
    orders: list[OrderReport]
    fills: list[Fill]


def ended(seq: int, chance: random.Random) -> Ended:
    """Return some orders and fills of an entry; ids and times grow with the entries."""
    ids = range(10 * seq, 10 * seq + chance.randrange(4))
    matches = [match_id(seq, at) for at in range(chance.randrange(3))]
    return Ended(
        seq,
        [an_order(order_id, seq, chance) for order_id in ids],
        [a_fill(seq, match, side, chance) for match in matches for side in (True, False)],
    )


def an_order(order_id: int, seq: int, chance: random.Random) -> OrderReport:
    """Return an order that ended with an entry, placed some time before it."""
    return OrderReport(
        OrderId(order_id),
        chance.choice(ACCOUNTS),
        chance.choice(INSTRUMENTS),
        chance.choice(NAMES),
        TERMS[chance.choice(tuple(Side))],
        Standing.CLOSED,
        chance.choice(STATUSES),
        ExecType.CANCELED,
        submit_ns=START_NS + max(0, seq - chance.randrange(20)),
        transact_ns=START_NS + seq,
    )


def a_fill(seq: int, match: int, is_maker: bool, chance: random.Random) -> Fill:
    """Return one side of a match."""
    order_id, account = OrderId(chance.randrange(30)), chance.choice(ACCOUNTS)
    instrument, name = chance.choice(INSTRUMENTS), chance.choice(NAMES)
    terms = TERMS[chance.choice(tuple(Side))]
    return Fill(
        match, order_id, account, instrument, name, terms, is_maker, 9, 1, 0, 1, 9, START_NS + seq
    )  # type: ignore[arg-type]


def some(chance: random.Random, values: Sequence[object]) -> tuple[object, ...] | None:
    """Return some of the values, or None for any."""
    return chance.choice((None, tuple(chance.sample(values, chance.randrange(len(values) + 1)))))


def order_question(chance: random.Random, seq: int) -> ListOrders:
    """Return a question about orders."""
    since, until = sorted(START_NS + chance.randrange(seq + 2) for _ in range(2))
    return ListOrders(
        tuple(chance.choices(ACCOUNTS, k=chance.randrange(4))),
        some(chance, INSTRUMENTS),  # type: ignore[arg-type]
        chance.choice((None, *Side)),
        some(chance, STATUSES),  # type: ignore[arg-type]
        chance.choice((None, since)),
        chance.choice((None, until)),
        ascending=chance.choice((True, False)),
    )


def fill_question(chance: random.Random, seq: int) -> ListFills:
    """Return a question about fills."""
    since, until = sorted(START_NS + chance.randrange(seq + 2) for _ in range(2))
    return ListFills(
        tuple(chance.choices(ACCOUNTS, k=chance.randrange(4))),
        chance.choice((None, OrderId(chance.randrange(30)))),
        chance.choice((None, *NAMES)),
        some(chance, INSTRUMENTS),  # type: ignore[arg-type]
        chance.choice((None, since)),
        chance.choice((None, until)),
        until_match_id=chance.choice((None, match_id(chance.randrange(seq + 2), 0))),
        ascending=chance.choice((True, False)),
    )


def answers(history: History, questions: Sequence[ListOrders | ListFills]) -> list[object]:
    """Return what a history answers."""
    told: list[object] = []
    for question in questions:
        if isinstance(question, ListFills):
            told += [history.count_fills(question), list(history.fills(question))]
        else:
            told += [history.count(question), list(history.orders(question))]
            told += [list(history.orders(question, passed)) for passed in (1, 7, 40)]
    return told
