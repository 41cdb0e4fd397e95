"""
Migration: a directory of the former rules that was stopped cleanly goes on under today's.

The directory was written by the version before; what it holds is listed in its README.
"""

import sqlite3
from collections.abc import Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.engine.desk import run
from tests.engine.former import EARLIER, HEAD, killed, left, migrated, opened, stopped

from countermand.core.exchange import RULES_VERSION
from countermand.core.migration import from_rules_2
from countermand.engine.chain import link
from countermand.engine.errors import OtherRules, WriteFailed
from countermand.engine.repair import plan
from countermand.engine.replay import recover
from countermand.engine.sequencer import Engine
from countermand.engine.snapshot import (
    Snapshot,
    SnapshotDamaged,
    SnapshotDirectory,
    take,
)
from countermand.engine.sqlite import SqliteJournal
from countermand.engine.verify import verify
from countermand.vocabulary.commands import CancelOrder, MassCancel, NewOrder, SubmitOrder
from countermand.vocabulary.events import Traded
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import Cash, OrdStatus, OrdType, Outcome, Slot, Standing
from countermand.vocabulary.queries import (
    GetAccount,
    GetOrder,
    GetReferenceData,
    ListFills,
    ListOpenOrders,
)
from countermand.vocabulary.reports import OrderReport

FORMER = 2

# Accounts and orders of the fixture, by their numbers.
MARGIN, OTHER_MARGIN = AccountId(19), AccountId(23)
SPOT, DEX = AccountId(6), AccountId(54)
WHOLE, TAKEN_OVER, TAKES_OVER, STAGED = OrderId(87), OrderId(114), OrderId(115), OrderId(113)


def order(engine: Engine, account_id: AccountId, order_id: OrderId) -> OrderReport:
    """Return an order."""
    found = engine.view(GetOrder(account_id, order_id))
    assert isinstance(found, OrderReport)
    return found


def going_on(directory: Path, act: Any) -> Any:
    """Open the directory, let `act` do something, stop cleanly; return what it returned."""

    async def test() -> Any:
        engine = await opened(directory)
        try:
            return await act(engine)
        finally:
            await engine.stop()

    coroutine: Coroutine[Any, Any, Any] = test()
    return run(coroutine)


async def nothing(engine: Engine) -> None:
    """Do nothing."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A directory of the former rules."""
    return stopped(tmp_path / "data")


def test_a_start_leaves_a_snapshot_of_todays_rules(data: Path) -> None:
    """At the same entry of the same chain, in the place of the one it was made of."""
    before = left(data)

    going_on(data, nothing)

    after = left(data)
    assert (FORMER, RULES_VERSION) == (
        before.header.rules_version,
        after.header.rules_version,
    )
    assert (HEAD, before.header.checksum, before.header.outcome) == (
        after.header.seq,
        after.header.checksum,
        after.header.outcome,
    )
    after.exchange().check_invariants()


def test_a_second_start_migrates_nothing(data: Path) -> None:
    """What the first one left is where it begins."""
    going_on(data, nothing)
    (path,) = data.glob(f"snapshots/*{HEAD}.snapshot")
    first = path.read_bytes()

    with closing(SqliteJournal(data)) as journal:
        assert recover(journal, SnapshotDirectory(data)).migrated is None
    assert first == path.read_bytes()


def test_a_crash_before_the_writer_begins_changes_nothing(tmp_path: Path) -> None:
    """The migrated snapshot is there, and the journal is still the former version's."""
    whole, crashed = stopped(tmp_path / "whole"), stopped(tmp_path / "crashed")
    SnapshotDirectory(crashed).save(left(crashed).as_today())

    going_on(whole, nothing)
    going_on(crashed, nothing)

    assert left(whole) == left(crashed)
    assert [] == verify(crashed).failures


def test_a_restart_after_the_upgrade_equals_no_restart(tmp_path: Path) -> None:
    """The same commands bring about the same state, with a stop between them or without."""

    async def first(engine: Engine) -> None:
        await engine.submit(CancelOrder(MARGIN, WHOLE))

    async def second(engine: Engine) -> None:
        await engine.submit(MassCancel())

    async def both(engine: Engine) -> None:
        await first(engine)
        await second(engine)

    stops, stays = stopped(tmp_path / "stops"), stopped(tmp_path / "stays")
    going_on(stops, first)
    going_on(stops, second)
    going_on(stays, both)

    assert left(stays).exchange().digest() == left(stops).exchange().digest()
    assert [] == verify(stops).failures


def test_what_traded_whole_waits_and_still_trades(data: Path) -> None:
    """It rested before; now it stands beside the book, until enough comes in."""

    async def act(engine: Engine) -> None:
        whole = order(engine, MARGIN, WHOLE)
        assert (Standing.WAITING, 300) == (whole.standing, whole.leaves_qty_lots)
        (rests,) = [
            one
            for one in engine.view(ListOpenOrders((OTHER_MARGIN,), (whole.instrument_id,)))
            if one.standing is Standing.RESTING
        ]
        terms = msgspec.structs.replace(rests.terms, order_qty_lots=200)
        receipt = await engine.submit(NewOrder(OTHER_MARGIN, whole.instrument_id, "", terms))
        trades = [event.qty_lots for event in receipt.events if isinstance(event, Traded)]
        assert 300 == sum(trades)
        assert OrdStatus.FILLED is order(engine, MARGIN, WHOLE).ord_status

    going_on(data, act)


def test_a_staged_order_can_be_submitted(data: Path) -> None:
    """Under the id it was staged with, until its time is over."""

    async def act(engine: Engine) -> None:
        await engine.submit(SubmitOrder(SPOT, STAGED))
        assert Standing.RESTING is order(engine, SPOT, STAGED).standing

    going_on(data, act)


def test_slots_stay_taken(data: Path) -> None:
    """The order that stands in one knows it; the one it took it from does not any more."""
    exchange = migrated(data)

    assert Slot(0, 65537) == exchange.query(GetOrder(DEX, TAKES_OVER)).terms.slot
    assert exchange.query(GetOrder(DEX, TAKEN_OVER)).terms.slot is None


def test_every_cancel_frees_its_hold_to_the_last_unit(data: Path) -> None:
    """One by one; then only positions hold anything."""

    async def act(engine: Engine) -> None:
        accounts = tuple(a.account_id for a in engine.view(GetReferenceData()).accounts)
        for one in engine.view(ListOpenOrders(accounts)):
            await engine.submit(CancelOrder(one.account_id, one.order_id))
        for account_id in accounts:
            summary = engine.view(GetAccount(account_id))
            holds = sum(balance.hold_minor for balance in summary.balances)
            assert sum(position.margin_minor for position in summary.positions) == holds
            assert 0 == summary.open_orders

    going_on(data, act)
    left(data).exchange().check_invariants()


def test_the_terms_of_a_fill_are_those_of_then(data: Path) -> None:
    """What a fill did not tell is taken from its order, if that is remembered."""
    exchange = migrated(data)
    accounts = exchange.query(GetReferenceData()).accounts
    fills = [fill for a in accounts for fill in exchange.query(ListFills((a.account_id,)))]

    assert any(fill.terms.ord_type is OrdType.MARKET and fill.terms.cash for fill in fills)


def forgetting(dump: bytes, order_id: OrderId) -> bytes:
    """Return a dump without a closed order."""
    image = msgspec.json.decode(dump)
    for account in image[4]:
        account[10] = [closed for closed in account[10] if closed != order_id]
    image[5] = [one for one in image[5] if one["order_id"] != order_id]
    return msgspec.json.encode(image)


def test_a_fill_whose_order_is_forgotten_is_kept(data: Path) -> None:
    """As one of a limit order, which is all that is known."""
    dump = left(data).dump
    closed = OrderId(
        next(f[1] for a in msgspec.json.decode(dump)[4] for f in a[11] if f[1] in a[10])
    )
    before = migrated(data)
    accounts = tuple(a.account_id for a in before.query(GetReferenceData()).accounts)
    after = as_snapshot(forgetting(dump, closed), data).as_today().exchange()

    (was, *_), (now, *_) = (
        [f for f in exchange.query(ListFills(accounts)) if f.order_id == closed]
        for exchange in (before, after)
    )
    expected = msgspec.structs.replace(
        was.terms, ord_type=OrdType.LIMIT, cash=None, exec_inst=0, secondary_cl_ord_id="", slot=None
    )
    assert expected == now.terms


def as_snapshot(dump: bytes, data: Path) -> Snapshot:
    """Return a snapshot of the former rules with another dump."""
    return take(dump, left(data).header)


def test_the_cash_of_a_staged_order_knows_its_outcome(data: Path) -> None:
    """It was staged with the command, which told."""
    image = msgspec.json.decode(left(data).dump)
    staged = next(account[12] for account in image[4] if account[12])
    staged[0][3][14:] = [5_000_000, True, 0, 0, 0, True]
    made = as_snapshot(msgspec.json.encode(image), data).as_today()

    (account,) = [a for a in msgspec.json.decode(made.dump)[4] if a[11]]
    assert msgspec.to_builtins(Cash(5_000_000, Outcome.NO)) == account[11][0][0][4][8]


def test_a_state_with_more_in_it_than_the_former_rules_had_is_not_migrated(data: Path) -> None:
    """What is not read would be lost."""
    image = msgspec.json.decode(left(data).dump)
    image[5][0]["stop_px_ticks"] = 7

    with pytest.raises(ValueError, match="more than rules 2 had"):
        from_rules_2(msgspec.json.encode(image))


def test_a_snapshot_of_rules_without_a_migration_is_passed_over(data: Path) -> None:
    """What cannot be understood is not guessed at."""
    unknown = msgspec.structs.replace(left(data).header, rules_version=FORMER - 1)

    with pytest.raises(SnapshotDamaged, match="of rules 1, which cannot be migrated"):
        Snapshot(unknown, left(data).dump).as_today()


@pytest.mark.parametrize("dump", [b"", b"[]", b"{}", b"[1,2,[],[],[],[{}]]"])
def test_what_is_no_state_is_passed_over(data: Path, dump: bytes) -> None:
    """As any snapshot that cannot be read."""
    with pytest.raises(SnapshotDamaged, match="cannot be migrated"):
        as_snapshot(dump, data).as_today()


def test_a_state_that_is_not_the_one_of_its_header_is_passed_over(data: Path) -> None:
    """Before anything is made of it."""
    other = msgspec.structs.replace(left(data), dump=left(data).dump + b" ")

    with pytest.raises(SnapshotDamaged, match="not the one it was taken of"):
        other.as_today()


def test_entries_after_the_last_snapshot_are_refused_with_the_way_forward(tmp_path: Path) -> None:
    """And left to the version that wrote them, with what it keeps in files."""
    data = killed(tmp_path / "data")
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}

    with pytest.raises(OtherRules, match="stop it cleanly") as refused:
        going_on(data, nothing)

    assert EARLIER + 1 == refused.value.seq
    assert before == {path: path.read_bytes() for path in before}
    assert EARLIER == left(data).header.seq


def test_a_snapshot_that_was_lost_after_the_upgrade_is_named(data: Path) -> None:
    """The former version does not know the directory any more: a copy is the way forward."""
    going_on(data, nothing)
    for path in data.glob("snapshots/*"):
        path.unlink()

    with (
        closing(SqliteJournal(data)) as journal,
        pytest.raises(OtherRules, match=f"one was left at record {HEAD} and is gone"),
    ):
        recover(journal, SnapshotDirectory(data))


def test_a_snapshot_that_cannot_be_written_refuses_the_start(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The former version can still go on with the directory."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = left(data)
    monkeypatch.setattr(SnapshotDirectory, "save", full)
    with pytest.raises(WriteFailed, match=r"migrated snapshot.*No space left"):
        going_on(data, nothing)

    assert before == left(data)
    with closing(sqlite3.connect(data / "journal.sqlite")) as journal:
        assert [(1,)] == journal.execute("PRAGMA user_version").fetchall()


def test_verify_says_what_it_is_before_and_after(data: Path) -> None:
    """Sound both times; what the former rules wrote is proven by its chain, not replayed."""
    before = {check.name: check.detail for check in verify(data).checks}
    assert [] == verify(data).failures
    assert before["snapshot"].endswith(f"of rules {FORMER}: a start migrates it")

    going_on(data, nothing)

    after = {check.name: check.detail for check in verify(data).checks}
    assert [] == verify(data).failures
    assert f"{HEAD} records, none missing, none changed" == after["chain"]
    assert after["replay"].startswith(f"0 records from {HEAD + 1} on")


def test_verify_names_the_entries_that_keep_it_from_starting(tmp_path: Path) -> None:
    """With the way forward."""
    (failure,) = verify(killed(tmp_path / "data")).failures

    assert "replay" == failure.name
    assert "start once with the version that wrote them" in failure.detail


def test_a_repair_keeps_every_record_of_the_former_rules(tmp_path: Path) -> None:
    """They are whole, though they cannot be applied."""
    data = killed(tmp_path / "data")
    found = plan(data)

    assert ("", HEAD) == (found.because, found.head)


def test_a_torn_tail_after_a_former_order_is_told(tmp_path: Path) -> None:
    """The time at which the journal ends is read off an order of the former rules."""
    data = stopped(tmp_path / "data")
    torn(data)

    with closing(SqliteJournal(data)) as journal:
        assert HEAD == journal.head
        assert journal.torn.torn_bytes > 0


def torn(data: Path) -> None:
    """Leave half of a commit in a directory's log."""
    live = data.with_name("live")
    path = stopped(live) / "journal.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        row = connection.execute("SELECT payload, checksum FROM entries ORDER BY seq DESC")
        payload, checksum = row.fetchone()
        connection.execute(
            "INSERT INTO entries VALUES (?, ?, ?)", (HEAD + 1, payload, link(checksum, payload))
        )
        log = path.with_name("journal.sqlite-wal").read_bytes()
    (data / "journal.sqlite-wal").write_bytes(log[:-100])
