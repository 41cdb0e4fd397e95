"""
A data directory that rules 3 left: its snapshot is where a start goes on from.

`rules_3.zip` was written by the version at 67fb2ae, the last of rules 3: 420 entries of random
traffic and a clean stop. `told.json` in it is what that version answered to queries before it
stopped.
"""

import json
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.engine.test_former_rules import accounts, as_far, plain

from countermand.core.exchange import Exchange
from countermand.core.migration import from_rules_3
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

ARCHIVE = Path(__file__).with_name("rules_3.zip")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data directory as the version of rules 3 left it."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(tmp_path)
    return tmp_path


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
    for was, now in (
        (told["orders"], exchange.query(ListOrders(all_of_them)).orders),
        (told["fills"], exchange.query(ListFills(all_of_them))),
    ):
        assert was == as_far(was, plain(now))
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


def test_queues_are_in_their_order(data: Path) -> None:
    """Who came first is first: priorities were numbers of entries, and are parts of them now."""
    dump = SnapshotDirectory(data).load(420).dump
    was = {order[0][0]: order[1] for order in msgspec.json.decode(dump)[5]}
    orders = msgspec.json.decode(from_rules_3(dump))[5]

    assert {order[0][0]: order[1] >> 20 for order in orders} == was


@pytest.mark.parametrize("where", [(), (5, 0), (3, 0, 0)])
def test_a_state_with_more_in_it_than_rules_3_had_is_not_migrated(
    data: Path, where: tuple[int, ...]
) -> None:
    """What is not read would be lost."""
    image = msgspec.json.decode(SnapshotDirectory(data).load(420).dump)
    part = image
    for index in where:
        part = part[index]
    part += [None] * 20

    with pytest.raises((ValueError, msgspec.ValidationError)):
        from_rules_3(msgspec.json.encode(image))
