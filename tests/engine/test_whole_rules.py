"""
Data directories that rules 3 and 4 left: their snapshots are where a start goes on from.

`rules_3.zip` was written by the version at 67fb2ae, the last of rules 3: 420 entries of random
traffic and a clean stop. `rules_4.zip` was written by that at 22f00be, the last of rules 4: 285
entries, after which orders of lists are over whose partners are not. `told.json` in each is what
that version answered to queries before it stopped.
"""

import json
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.engine.test_former_rules import accounts, as_far, in_order, plain

from countermand.core.exchange import Exchange
from countermand.core.migration import MIGRATIONS
from countermand.core.whole import Migrated
from countermand.engine.replay import recover
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import Entry, MassCancel
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetOrder,
    ListFills,
    ListOpenOrders,
    ListOrders,
    ListSlots,
)

# By the rules that wrote it, the entry its snapshot is of.
HEADS = {3: 420, 4: 285}


@pytest.fixture(params=HEADS, ids=[f"rules {rules}" for rules in HEADS])
def rules(request: pytest.FixtureRequest) -> int:
    """Return each of the rules."""
    number: int = request.param
    return number


@pytest.fixture
def data(rules: int, tmp_path: Path) -> Path:
    """Return a data directory as the version of the rules left it."""
    with zipfile.ZipFile(Path(__file__).with_name(f"rules_{rules}.zip")) as archive:
        archive.extractall(tmp_path)
    return tmp_path


@pytest.fixture
def dump(rules: int, data: Path) -> bytes:
    """Return the state in the snapshot."""
    return SnapshotDirectory(data).load(HEADS[rules]).dump


def migrated(rules: int, dump: bytes) -> Migrated:
    """Return the state as of today's rules, with its records."""
    return MIGRATIONS[rules](dump)


@pytest.fixture
def told(data: Path) -> dict[str, Any]:
    """Return what that version answered."""
    answers: dict[str, Any] = json.loads((data / "told.json").read_text())
    return answers


def recovered(data: Path) -> Exchange:
    """Return the exchange that a start makes of the directory."""
    with closing(SqliteJournal(data)) as journal:
        return recover(journal, SnapshotDirectory(data)).exchange


def test_everything_is_told_as_it_was(data: Path, told: dict[str, Any]) -> None:
    """Orders, fills, money, positions, books, slots and timers."""
    exchange = recovered(data)
    exchange.check_invariants()
    all_of_them = accounts(told)

    assert (told["seq"], told["next_due_ns"]) == (exchange.seq, exchange.next_due_ns())
    orders = exchange.query(ListOrders(all_of_them)).orders
    by_id = tuple(sorted(orders, key=lambda now: -now.order_id))
    fills = exchange.query(ListFills(all_of_them))
    assert told["orders"] == as_far(told["orders"], plain(by_id))
    assert in_order(told["fills"]) == as_far(in_order(told["fills"]), plain(fills))
    for account in all_of_them:
        was = told["accounts"][str(account)]
        assert was == as_far(was, plain(exchange.query(GetAccount(account))))
    for market, depth in told["depths"].items():
        assert depth == plain(exchange.query(GetDepth(InstrumentId(int(market)))))
    for key, slots in told["slots"].items():
        account_id, asset_id = map(int, key.split("-"))
        uses = plain(exchange.query(ListSlots(AccountId(account_id), AssetId(asset_id))))
        assert sorted(slots, key=lambda use: int(use["slot"])) == uses
    for staged in told["staged"]:
        named = (AccountId(staged["account_id"]), OrderId(staged["order_id"]))
        assert staged == as_far(staged, plain(exchange.query(GetOrder(*named))))


def test_the_exchange_goes_on(data: Path, told: dict[str, Any]) -> None:
    """What was open is canceled, and nothing is held for it any more."""
    exchange = recovered(data)
    receipt = exchange.apply(Entry(exchange.seq + 1, exchange.ts_ns + 1, MassCancel()))

    assert receipt.orders
    assert () == exchange.query(ListOpenOrders(accounts(told)))
    exchange.check_invariants()


def test_queues_are_in_their_order(rules: int, dump: bytes) -> None:
    """Who came first is first; rules 3 had numbers of entries for priorities."""
    was = {order[0][0]: order[1] for order in msgspec.json.decode(dump)[5]}
    orders = msgspec.json.decode(migrated(rules, dump).dump)[5]
    bits = 20 if rules == 3 else 0

    assert orders
    for order in orders:
        assert order[1] >> bits == was[order[0][0]]


def test_every_closed_order_has_a_record(rules: int, dump: bytes) -> None:
    """And is kept whole only where an order of its list is open."""
    image = migrated(rules, dump)
    kept = {order[0][0]: order[0] for order in msgspec.json.decode(image.dump)[5]}
    closed = {order[0] for account in msgspec.json.decode(image.dump)[4] for order in account[10]}
    of_lists = {order_id for order_id in closed if order_id in kept}

    assert closed == {now.order_id for now in image.ended}
    assert bool(of_lists) is (rules == 4)


@pytest.mark.parametrize("where", [(), (5, 0), (3, 0, 0)])
def test_a_state_with_more_in_it_than_its_rules_had_is_not_migrated(
    rules: int, dump: bytes, where: tuple[int, ...]
) -> None:
    """What is not read would be lost."""
    image = msgspec.json.decode(dump)
    part = image
    for index in where:
        part = part[index]
    part += [None] * 20

    with pytest.raises((ValueError, msgspec.ValidationError)):
        migrated(rules, msgspec.json.encode(image))
