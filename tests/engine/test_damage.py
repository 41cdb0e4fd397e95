"""Damage in the database itself: every record can be the one that is wrong, and is named."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.desk import START_NS, crash, entries, fill, flip, state_after

from countermand.core.exchange import RULES_VERSION
from countermand.engine.chain import encode_entry
from countermand.engine.errors import (
    Damaged,
    Hole,
    JournalError,
    KeptDamaged,
    Lost,
    Unreadable,
)
from countermand.engine.ports import Kept
from countermand.engine.replay import recover
from countermand.engine.sqlite import SqliteJournal
from countermand.engine.verify import verify

COUNT = 300
WROTE = entries(COUNT)
FILE = "journal.sqlite"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal that was closed cleanly: everything is in the database, nothing in the log."""
    base = tmp_path_factory.mktemp("damage")
    with closing(SqliteJournal(base / "sound")) as journal:
        fill(journal, WROTE, 10)
    return base / "sound"


def start(directory: Path) -> bytes:
    """Return the digest of the state a start comes to."""
    with closing(SqliteJournal(directory)) as journal:
        return recover(journal).exchange.digest()


def change(directory: Path, *statements: str) -> None:
    """Change the tables behind the journal's back."""
    with closing(sqlite3.connect(directory / FILE, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize("seq", [1, 2, 77, COUNT - 1, COUNT])
def test_a_flip_in_a_record_names_it(sound: Path, tmp_path: Path, seq: int) -> None:
    """The chain breaks at the record itself, not somewhere behind it."""
    after = crash(sound, tmp_path / "after")
    payload = encode_entry(WROTE[seq - 1])
    flip(after / FILE, (after / FILE).read_bytes().index(payload) + len(payload) - 1)
    with pytest.raises(Damaged, match=f"damaged at record {seq}: its checksum") as refused:
        start(after)
    assert seq == refused.value.seq
    assert seq == verify(after).seq


def test_a_flip_in_a_checksum_names_its_record(sound: Path, tmp_path: Path) -> None:
    """Which is as good as the record being wrong: one of the two is."""
    with closing(SqliteJournal(sound)) as journal:
        checksum = journal.checksum_at(50)
    after = crash(sound, tmp_path / "after")
    flip(after / FILE, (after / FILE).read_bytes().index(checksum))
    with pytest.raises(Damaged) as refused:
        start(after)
    assert 50 == refused.value.seq


# A second writer of the same version, to show that there was more.
WRITER = f"INSERT INTO writers VALUES (2, 301, {RULES_VERSION}, '', 0)"  # noqa: S608 - an integer


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("DELETE FROM entries WHERE seq = 100", 100),
        ("DELETE FROM entries WHERE seq BETWEEN 100 AND 150", 100),
        ("DELETE FROM entries WHERE seq = 1", 1),
        ("UPDATE entries SET seq = 1000 WHERE seq = 200", 200),
        ("DELETE FROM entries WHERE seq > 280", 281),
        ("DELETE FROM entries", 1),
    ],
)
def test_a_missing_record_is_named(sound: Path, tmp_path: Path, statement: str, seq: int) -> None:
    """
    A record in the middle, at the beginning, or at the end where the head shows there were more.
    """
    after = crash(sound, tmp_path / "after")
    change(after, WRITER, statement)
    with pytest.raises(Hole) as refused:
        start(after)
    assert seq == refused.value.seq
    assert seq == verify(after).seq


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE entries SET payload = payload || x'00' WHERE seq = 5", 5),
        ("UPDATE entries SET payload = 'text' WHERE seq = 6", 6),
        ("UPDATE entries SET payload = 7 WHERE seq = 7", 7),
        ("UPDATE entries SET checksum = 7 WHERE seq = 300", 300),
        (
            "UPDATE entries SET payload = (SELECT payload FROM entries) WHERE seq = 8",
            8,
        ),
        ("UPDATE writers SET first_seq = 'x'", 1),
        ("DELETE FROM writers", 1),
        ("DROP TABLE marks", 1),
        ("INSERT INTO marks VALUES (100, x'00')", 100),
        ("INSERT INTO marks VALUES (100, 'not a digest')", 1),
    ],
)
def test_a_changed_table_is_refused(sound: Path, tmp_path: Path, statement: str, seq: int) -> None:
    """Changed payloads, checksums, writers and marks are each found."""
    after = crash(sound, tmp_path / "after")
    change(after, statement)
    with pytest.raises(Damaged) as refused:
        start(after)
    assert seq == refused.value.seq
    assert seq == verify(after).seq


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (encode_entry([11, START_NS, ["no such command"]]), "makes no sense"),
        (encode_entry(WROTE[11]), "it says it is record 12"),
    ],
)
def test_a_chained_record_must_still_make_sense(tmp_path: Path, payload: bytes, why: str) -> None:
    """Such a record may come of a later version, or of a bug."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE[:10])
        journal.append(10, [payload])
    with pytest.raises(Damaged, match=why) as refused:
        start(tmp_path)
    assert 11 == refused.value.seq


def test_a_disk_that_cannot_be_read_is_no_damage(sound: Path, tmp_path: Path) -> None:
    """Another start may succeed."""
    with closing(SqliteJournal(crash(sound, tmp_path / "after"))) as journal:
        journal._file.connection.set_progress_handler(lambda: 1, 1)
        for read in (lambda: list(journal.read(1)), journal.writers):
            with pytest.raises(Unreadable, match="interrupted"):
                read()


def test_records_that_are_asked_for_must_be_there(sound: Path) -> None:
    """Also where the present ones have no gap."""
    with closing(SqliteJournal(sound)) as journal, pytest.raises(Hole) as refused:
        journal.check(1, COUNT + 9)
    assert COUNT + 1 == refused.value.seq


@pytest.mark.parametrize("flips", [150, pytest.param(2_000, marks=pytest.mark.soak)])
def test_a_flip_anywhere_is_refused_or_harmless(sound: Path, tmp_path: Path, flips: int) -> None:
    """No bit of the file can be flipped so that the exchange starts and is another one."""
    rng = random.Random(7)
    size = (sound / FILE).stat().st_size
    expected, refused = state_after(WROTE), 0
    for index in range(flips):
        after = crash(sound, tmp_path / str(index))
        flip(after / FILE, rng.randrange(size), rng.randrange(8))
        try:
            assert expected == start(after), index
        except JournalError:
            refused += 1
    assert refused > flips // 3, "most of the file is records: a flip there must not go unseen"


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_database_cut_short_is_refused(sound: Path, tmp_path: Path, keep: float) -> None:
    """The refusal names the first record that cannot be read."""
    after = crash(sound, tmp_path / "after")
    data = (after / FILE).read_bytes()
    (after / FILE).write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(Damaged) as refused:
        start(after)
    assert 1 <= refused.value.seq <= COUNT + 1


@pytest.mark.parametrize("lost", [1, 3])
def test_records_that_fell_off_the_end_are_missed(sound: Path, tmp_path: Path, lost: int) -> None:
    """A page that forgets its last records leaves a chain without a gap: its free space tells."""
    after = crash(sound, tmp_path / "after")
    data = bytearray((after / FILE).read_bytes())
    page = data.index(encode_entry(WROTE[-1])) // 4096 * 4096
    count = int.from_bytes(data[page + 3 : page + 5])
    data[page + 3 : page + 5] = (count - lost).to_bytes(2)
    (after / FILE).write_bytes(data)
    with pytest.raises(Damaged) as refused:
        start(after)
    assert COUNT + 1 - lost == refused.value.seq
    assert COUNT + 1 - lost == verify(after).seq


def test_a_log_without_its_database_is_refused(tmp_path: Path) -> None:
    """SQLite would remove it, and with it what was acknowledged."""
    with closing(SqliteJournal(tmp_path / "live")) as journal:
        fill(journal, WROTE[:10])
        after = crash(tmp_path / "live", tmp_path / "after")
    (after / FILE).unlink()
    with pytest.raises(Damaged, match="its log is here"):
        SqliteJournal(after)
    assert (after / f"{FILE}-wal").exists()


KEPT = [Kept(f"keys/{number}", b"{}") for number in range(1, 6)]


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE kept SET value = x'7B' WHERE number = 2", 2),
        ("UPDATE kept SET name = 'keys/x' WHERE number = 3", 3),
        ("UPDATE kept SET value = 7 WHERE number = 4", 4),
        ("UPDATE kept SET checksum = x'00' WHERE number = 5", 5),
        ("DELETE FROM kept WHERE number = 1", 1),
    ],
)
def test_a_changed_world_or_key_is_refused(tmp_path: Path, statement: str, number: int) -> None:
    """Each is sealed like an entry, and named."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE[:10])
        journal.keep(KEPT)
    change(tmp_path, statement)
    with pytest.raises(KeptDamaged, match=f"kept record {number}") as refused:
        start(tmp_path)
    assert number == refused.value.number
    assert [check.name for check in verify(tmp_path).failures] == ["kept"]


def test_a_lost_change_of_keys_is_missed(tmp_path: Path) -> None:
    """A revoked key does not come back because the log's end is gone."""
    with closing(SqliteJournal(tmp_path / "live")) as journal:
        fill(journal, WROTE[:10])
        journal.keep(KEPT[:1])
        before = (tmp_path / "live" / f"{FILE}-wal").stat().st_size
        journal.keep(KEPT[1:])
        after = crash(tmp_path / "live", tmp_path / "after")
    log_path = after / f"{FILE}-wal"
    log_path.write_bytes(log_path.read_bytes()[:before])
    with pytest.raises(Lost, match=r"worlds and keys end at number 1, and high-water says .* 5"):
        start(after)


def test_only_its_owner_can_read_a_journal(tmp_path: Path) -> None:
    """The journal and its log contain keys."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE[:1])
        modes = [(tmp_path / name).stat().st_mode & 0o777 for name in (FILE, f"{FILE}-wal")]

    assert [0o600, 0o600] == modes
