"""
A data directory that was left by former rules: its snapshot is where a start goes on from.

`rules_2.zip` was written by the version at 242eaa8, the last of rules 2: 420 entries of random
traffic and a clean stop. `told.json` in it is what that version answered to queries before it
stopped.
"""

import asyncio
import json
import shutil
import zipfile
from contextlib import closing
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import asdict

from countermand.core.exchange import Exchange
from countermand.engine.clock import ManualClock
from countermand.engine.errors import OtherRules
from countermand.engine.opening import open_engine
from countermand.engine.replay import recover
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import CancelOrder, MassCancel, SubmitOrder
from countermand.vocabulary.events import InstructionRejected
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.order import Standing
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetOrder,
    ListFills,
    ListOrders,
    ListSlots,
)
from countermand.vocabulary.reasons import RejectReason

ARCHIVE = Path(__file__).with_name("rules_2.zip")
LATER_NS = 1_700_000_000_000_001_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data directory as the version of rules 2 left it."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "told.json").unlink()
    return tmp_path


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """Return what that version answered."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        answers: dict[str, Any] = json.loads(archive.read("told.json"))
    return answers


def recovered(data: Path) -> Exchange:
    """Return the exchange that a start makes of the directory."""
    with closing(SqliteJournal(data)) as journal:
        return recover(journal, SnapshotDirectory(data)).exchange


def plain(value: Any) -> Any:
    """Return a value as it was told: enums by their names, structs by their fields."""
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, Struct):
        return {name: plain(item) for name, item in asdict(value).items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def as_far(told: Any, now: Any) -> Any:
    """Return as much of a value as was told: fields may have come to it since."""
    if isinstance(told, dict):
        return {name: as_far(told[name], now[name]) for name in told}
    if isinstance(told, list):
        return [as_far(*pair) for pair in zip(told, now, strict=True)]
    return now


def flat(report: Any, names: Any) -> dict[str, Any]:
    """Return the fields that were told of an order or a fill, which had its terms beside them."""
    whole = plain(report)
    terms = whole.pop("terms")
    terms["cash_qty_minor"] = terms["cash"]["minor"] if terms["cash"] else 0
    return {name: (terms | whole)[name] for name in names}


def in_order(fills: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return fills as they are listed today: of one match the maker's comes first."""
    return sorted(fills, key=lambda fill: (-fill["match_id"], not fill["is_maker"]))


def accounts(told: dict[str, Any]) -> tuple[AccountId, ...]:
    """Return all accounts of customers."""
    return tuple(AccountId(int(account)) for account in told["accounts"])


def test_every_order_is_told_as_it_was(data: Path, told: dict[str, Any]) -> None:
    """Open and closed ones, with all their terms."""
    reports = recovered(data).query(ListOrders(accounts(told))).orders
    by_id = sorted(reports, key=lambda report: -report.order_id)

    assert told["orders"] == [flat(report, told["orders"][0]) for report in by_id]


def test_every_fill_is_told_as_it_was(data: Path, told: dict[str, Any]) -> None:
    """With the order as it stood after it."""
    fills = recovered(data).query(ListFills(accounts(told)))

    assert in_order(told["fills"]) == [flat(fill, told["fills"][0]) for fill in fills]


def test_money_positions_books_slots_and_timers_are_as_they_were(
    data: Path, told: dict[str, Any]
) -> None:
    """And all that must be true of a state is."""
    exchange = recovered(data)
    exchange.check_invariants()

    assert told["seq"] == exchange.seq
    assert told["next_due_ns"] == exchange.next_due_ns()
    for account in accounts(told):
        was = told["accounts"][str(account)]
        assert was == as_far(was, plain(exchange.query(GetAccount(account))))
    for key, slots in told["slots"].items():
        account_id, asset_id = map(int, key.split("-"))
        asked = ListSlots(AccountId(account_id), AssetId(asset_id))
        by_slot = sorted(slots, key=lambda use: int(use["slot"]))
        assert by_slot == plain(exchange.query(asked))
    for market, depth in told["depths"].items():
        assert depth == plain(exchange.query(GetDepth(InstrumentId(int(market)))))


def test_what_trades_whole_waits_and_the_rest_rests(data: Path, told: dict[str, Any]) -> None:
    """Former rules kept both in the book."""
    exchange = recovered(data)
    page = exchange.query(ListOrders(accounts(told)))
    standing = {order.order_id: order.standing for order in page.orders if order.is_open}

    assert told["waiting"] == sorted(o for o, s in standing.items() if s is Standing.WAITING)
    assert set(standing.values()) == {Standing.WAITING, Standing.RESTING}


def test_staged_order_is_still_there(data: Path, told: dict[str, Any]) -> None:
    """With its id, its terms and its time."""
    (staged,) = told["staged"]
    account = AccountId(staged["order"]["account_id"])
    report = recovered(data).query(GetOrder(account, OrderId(staged["order_id"])))

    assert (Standing.STAGED, staged["expire_ns"]) == (report.standing, report.due_ns)
    assert staged["order"]["price_ticks"] == report.terms.price_ticks
    assert staged["submit_ns"] == report.submit_ns


def test_the_exchange_goes_on(data: Path, told: dict[str, Any]) -> None:
    """Orders of former rules are canceled, and so they are after another start."""
    (staged,) = told["staged"]
    account = AccountId(staged["order"]["account_id"])

    async def test() -> tuple[Any, Any, Any]:
        engine = await open_engine(data, ManualClock(LATER_NS), lambda: None)
        first = told["waiting"][0]
        mine = next(o for o in told["orders"] if o["order_id"] == first)
        canceled = await engine.submit(CancelOrder(AccountId(mine["account_id"]), OrderId(first)))
        late = await engine.submit(SubmitOrder(account, OrderId(staged["order_id"])))
        all_gone = await engine.submit(MassCancel())
        await engine.stop()
        return canceled, late, all_gone

    canceled, late, all_gone = asyncio.run(test())
    assert [told["waiting"][0]] == [order.order_id for order in canceled.orders]
    assert InstructionRejected(RejectReason.STAGING_EXPIRED, account) == late.events[0]
    assert all_gone.orders
    again = recovered(data)
    again.check_invariants()
    assert not [o for o in again.query(ListOrders(accounts(told))).orders if o.is_open]


def test_entries_after_the_snapshot_are_refused_with_the_way_forward(data: Path) -> None:
    """As a crash of the former version leaves them: only it can replay what it wrote."""
    shutil.rmtree(data / "snapshots")
    with (
        closing(SqliteJournal(data)) as journal,
        pytest.raises(OtherRules, match="stop it cleanly"),
    ):
        recover(journal, SnapshotDirectory(data))
