"""`countermand journal`: what people see of a journal, and never a traceback."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.engine.desk import START_NS, cancel, entries, fill, run
from typer.testing import CliRunner, Result

from countermand.cli.journal import app
from countermand.core.exchange import Exchange
from countermand.engine import high_water
from countermand.engine.clock import ManualClock
from countermand.engine.keeper import Keeper
from countermand.engine.opening import open_engine
from countermand.engine.replay import recover
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import Entry

COUNT = 50
WROTE = entries(COUNT)
NAMED = "the journal is damaged at record 33: its checksum does not fit the records before it"


def ask(*words: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with some records and a snapshot."""
    directory = tmp_path / "data"
    with closing(SqliteJournal(directory)) as journal:
        fill(journal, WROTE)
        found = recover(journal)
        Keeper(found.exchange, SnapshotDirectory(directory), 1).leave(
            journal.checksum, found.outcome
        )
    return directory


def test_a_sound_journal_verifies(data: Path) -> None:
    """A table for people, one value for programs, exit code 0."""
    table = ask("verify", data)
    assert 0 == table.exit_code
    assert f"journal at record {COUNT}" in table.stdout
    told = ask("verify", data, "--json")
    assert (0, COUNT, 0) == (
        told.exit_code,
        json.loads(told.stdout)["head"],
        json.loads(told.stdout)["seq"],
    )


def test_a_damaged_journal_is_named_in_one_line(data: Path) -> None:
    """Which record, on stderr, exit code 1."""
    with closing(SqliteJournal(data)) as journal:
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 33")
    table, told = ask("verify", data), ask("verify", data, "--json")
    assert (1, 1) == (table.exit_code, told.exit_code)
    assert "countermand: " + NAMED + "\n" == table.stderr
    assert 33 == json.loads(told.stdout)["seq"]
    shown = ask("show", data, "--from", 30)
    asked = [line for line in shown.stdout.splitlines() if not line.startswith(" ")]
    assert (1, ["30", "31", "32"]) == (shown.exit_code, [line.split()[0] for line in asked])
    assert 1 == ask("stat", data).exit_code


@pytest.mark.parametrize("verb", ["verify", "stat", "show", "compact"])
def test_a_directory_without_a_journal(tmp_path: Path, verb: str) -> None:
    """One line, exit code 2, and still no journal."""
    result = ask(verb, tmp_path)
    assert (2, f"countermand: {tmp_path} has no journal\n") == (result.exit_code, result.stderr)
    assert [] == list(tmp_path.iterdir())


def test_a_journal_is_compacted_in_two_lines(data: Path, tmp_path: Path) -> None:
    """
    The lines say where the records went; the same verbs read the archive; a served journal is
    refused.
    """
    archive = tmp_path / "old"
    with closing(SqliteJournal(data)):
        assert 1 == ask("compact", data).exit_code
    done = ask("compact", data, "--archive", archive)
    assert 0 == done.exit_code
    first, second = done.stdout.splitlines()
    assert f"{COUNT - 1} records dropped, to {archive}; the journal begins at {COUNT}" == first
    assert "bytes became" in second
    for verb in ("verify", "stat", "show"):
        assert [0, 0] == [ask(verb, where).exit_code for where in (data, archive)]
    assert "nothing to drop" in ask("compact", data).stdout
    assert 0 == json.loads(ask("compact", data, "--json").stdout)["dropped"]


def test_statistics(data: Path) -> None:
    """The counts are for people and for programs."""
    text, told = ask("stat", data), json.loads(ask("stat", data, "--json").stdout)
    assert text.stdout.startswith(f"head {COUNT}, 0 marks, 0 set aside")
    assert "DepositFunds" in text.stdout
    assert (COUNT, 6) == (told["head"], told["commands"]["DepositFunds"])


def test_records_in_readable_form(data: Path) -> None:
    """Names stand for the numbers on disk, and times have nanoseconds."""
    lines = ask("show", data, "--limit", 5).stdout.splitlines()
    assert [
        "1 2023-11-14T22:13:20.000000000Z acme RegisterAsset symbol=USDC scale=6",
        "    asset registered",
    ] == lines[:2]
    assert 11 == len(lines)
    assert "45 more, up to 50: --from 6 goes on there, --limit says how many" == lines[-1]
    assert "tick_size=0.01 lot_size=0.001 symbol=BTC-USDC" in lines[4]
    assert "trading_state=TRADING" in lines[4]
    told = [
        json.loads(line) for line in ask("show", data, "--from", 14, "--json").stdout.splitlines()
    ]
    assert COUNT - 13 == len(told)
    orders = [entry for entry in told if entry["command"] == "NewOrder"]
    assert {"LIMIT"} == {entry["terms"]["ord_type"] for entry in orders}
    assert [14, START_NS + 13_000, "2023-11-14T22:13:20.000013000Z"] == [
        told[0][name] for name in ("seq", "ts_ns", "time")
    ]


@pytest.fixture
def crashed(data: Path) -> Path:
    """A data directory that was started after a stop that was not clean, and used a little."""
    with closing(SqliteJournal(data)) as journal:
        fill(journal, [])
        level = high_water.read(data)
    high_water.make(data, replace(level, reserved=COUNT + 2_048, is_clean=False))

    async def test() -> None:
        engine = await open_engine(data, ManualClock(), pytest.fail)
        await engine.submit(cancel(1))
        await engine.stop()

    run(test())
    return data


def test_numbers_that_were_used_up_are_one_line(crashed: Path) -> None:
    """In text, from any of them on; programs are told each."""
    lines = ask("show", crashed, "--from", COUNT).stdout.splitlines()
    run_of = "entries that only use up numbers, after a stop that was not clean"
    begin = next(at for at, line in enumerate(lines) if line.startswith(f"{COUNT + 1} "))
    assert f"{COUNT + 1} to {COUNT + 2_048}: 2,048 {run_of}" == lines[begin]
    assert f"{COUNT + 2_049} " == lines[begin + 1][:5]
    assert (
        f"2000 to 2098: 99 {run_of}" == ask("show", crashed, "--from", 2000).stdout.splitlines()[0]
    )
    one = ask("show", crashed, "--from", COUNT + 1, "--limit", 1).stdout.splitlines()
    assert [
        f"{COUNT + 1} to {COUNT + 2_048}: 2,048 {run_of}",
        "1 more, up to 2099: --from 2099",
    ] == [one[0], one[1][:31]]
    told = ask("show", crashed, "--from", COUNT + 1, "--limit", 9999, "--json").stdout.splitlines()
    assert 2_049 == len(told)


def test_numbers_that_were_used_up_are_no_rate(crashed: Path) -> None:
    """They are a nanosecond apart, and no work."""
    told = json.loads(ask("stat", crashed, "--json").stdout)
    last = told["writers"][-1]
    assert (2_049, 2_048, 0.0) == (last["count"], last["used_up"], last["per_s"])
    assert COUNT + 1 == told["busiest_count"]


def test_a_rate_is_of_one_second_or_more(data: Path) -> None:
    """Entries of one moment are no thousand million a second."""
    [only] = json.loads(ask("stat", data, "--json").stdout)["writers"]
    assert only["last_ns"] - only["first_ns"] < 10**9
    assert COUNT - 1 == only["per_s"]


def test_numbers_behind_damage_are_told_one_by_one(crashed: Path) -> None:
    """The entry that a run began with says whether it is one."""
    with closing(sqlite3.connect(crashed / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE entries SET payload = x'00' WHERE seq = ?", (COUNT + 1,))
    shown = ask("show", crashed, "--from", 2090)
    assert (0, False) == (shown.exit_code, " to " in shown.stdout)
    assert "2090 " == shown.stdout[:5]


def test_what_is_left_out_of_one_orders_entries(data: Path) -> None:
    """How many of them there are is not known before they are looked at."""
    lines = ask("show", data, "--venue", "acme", "--limit", 1).stdout.splitlines()
    assert "the entries 2 to 50 were not looked at: --from 2 goes on there" == lines[-1][:62]
    assert "more" not in ask("show", data, "--limit", COUNT).stdout


def test_beyond_the_end_there_is_nothing(data: Path) -> None:
    """Which is no error."""
    shown = ask("show", data, "--from", 51)
    assert (0, "") == (shown.exit_code, shown.stdout)


def test_a_poisoned_record_is_set_aside(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When asked for, with how many went; a sound one is not."""
    sound = ask("quarantine", data, COUNT)
    assert (1, 0) == (sound.exit_code, len(sound.stdout))
    assert "a snapshot at record 50 proves it" in sound.stderr
    last = WROTE[-1]
    with closing(SqliteJournal(data)) as journal:
        fill(
            journal, [Entry(51, last.ts_ns + 1, cancel(666)), Entry(52, last.ts_ns + 2, cancel(1))]
        )
    advance = Exchange.advance

    def trip(exchange: Exchange, entry: Entry) -> Any:
        assert entry.command != cancel(666), "a bug"
        return advance(exchange, entry)

    monkeypatch.setattr(Exchange, "advance", trip)
    told = ask("verify", data)
    assert (1, True) == (told.exit_code, "quarantine DIR 51" in told.stderr)
    aside = ask("quarantine", data, 51)
    assert "2 records set aside; the journal ends at 50\n" == aside.stdout
    with closing(SqliteJournal(data)) as journal:
        fill(journal, [Entry(51, last.ts_ns + 1, cancel(666))])
    again = ask("quarantine", data, 51, "--json")
    assert {"set_aside": 1, "head": 50} == json.loads(again.stdout)
    assert 0 == ask("verify", data).exit_code
    assert 3 == json.loads(ask("stat", data, "--json").stdout)["quarantined"]


def test_a_directory_that_is_served_is_left_alone(data: Path) -> None:
    """The verb that would change it refuses; the others only read."""
    with closing(SqliteJournal(data)):
        held = ask("quarantine", data, COUNT)
        assert [0, 0, 0] == [ask(verb, data).exit_code for verb in ("verify", "stat", "show")]
    assert (1, True) == (held.exit_code, "is being served by process" in held.stderr)


def test_a_repair_says_what_it_loses_and_waits_for_yes(data: Path) -> None:
    """Only then is anything changed, and the old files stay beside."""
    with closing(SqliteJournal(data)) as journal:
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 33")
    told = ask("repair", data)
    assert 0 == told.exit_code
    _, keeps, loses, *_ = told.stdout.splitlines()
    assert keeps.startswith(
        "keeps: 32 records, the last of 2023-11-14T22:13:20.000031000Z; 0 worlds"
    )
    assert f"loses: records 33 to {COUNT}, for ever" == loses
    assert 1 == ask("verify", data).exit_code
    done = ask("repair", data, "--yes")
    assert "done; the old files are in" in done.stdout
    assert 0 == ask("verify", data).exit_code
    assert ask("repair", data).stdout.startswith("nothing to repair")
