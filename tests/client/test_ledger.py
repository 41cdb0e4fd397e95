"""The ledger proves that it says what was written."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from countermand.client.acts import Note
from countermand.client.audit import audit
from countermand.client.errors import LedgerError
from countermand.client.ledger import Ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a new ledger."""
    return tmp_path / "kept" / "ledger.sqlite"


def written(path: Path, intents: int = 3) -> None:
    """Write some intents with an answer and an outcome each."""
    ledger = Ledger(path)
    for number in range(intents):
        intent_id = ledger.write(Note("intent", {"verb": "cancel", "n": number}, 0, True), number)
        ledger.write(Note("answered", {"answer": "200"}, intent_id), number)
        ledger.write(Note("outcome", {"outcome": "Canceled"}, intent_id, True), number)
    ledger.close()


def test_records_are_read_as_written(path: Path) -> None:
    """Records come in order, each with its intent."""
    written(path)
    found = audit(path)

    assert found.records == 9
    assert [intent.intent_id for intent in found.intents] == [1, 4, 7]
    assert [r.kind for r in found.intents[0].records] == ["intent", "answered", "outcome"]


def test_intent_is_on_disk_when_written(path: Path) -> None:
    """Another process sees it at once; what need not last waits for what must."""
    ledger = Ledger(path)
    intent_id = ledger.write(Note("intent", {}, 0, True), 1)
    ledger.write(Note("answered", {}, intent_id), 2)
    assert [r.kind for r in Ledger(path).records()] == ["intent"]

    ledger.write(Note("outcome", {}, intent_id, True), 3)
    assert [r.kind for r in Ledger(path).records()] == ["intent", "answered", "outcome"]


SYNCED = {
    "an intent": (Note("intent", {}, 0, True), ["FULL"]),
    "what need not last": (Note("outcome", {}, 1, must_show=True), ["NORMAL"]),
    "what must do both": (Note("outcome", {}, 1, must_last=True, must_show=True), ["FULL"]),
    "what waits": (Note("answered", {}, 1), []),
}


@pytest.mark.parametrize("name", SYNCED)
def test_durable_notes_are_synced(path: Path, name: str) -> None:
    """
    A durable note is synced when it is committed; another is committed, and synced with the next.
    """
    ledger = Ledger(path)
    ledger.write(Note("intent", {}, 0, True), 1)
    said: list[str] = []
    ledger._db.set_trace_callback(said.append)
    ledger.write(SYNCED[name][0], 2)
    ledger._db.set_trace_callback(None)
    synced = [one.rpartition(" ")[2] for one in said if one.startswith("PRAGMA synchronous")]

    assert SYNCED[name][1] == synced
    assert len(synced) == said.count("COMMIT")
    assert ledger._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_block_is_synced_after_what_need_not_last(path: Path) -> None:
    """How the one before it was committed does not matter to it."""
    ledger = Ledger(path)
    ledger.write(Note("outcome", {}, ledger.write(Note("intent", {}, 0, True), 1), False, True), 2)
    ledger.block()

    assert ledger._db.execute("PRAGMA synchronous").fetchone() == (2,)


def cut(path: Path, folder: Path, log: bytes) -> Ledger:
    """Return the ledger as it is after a power cut that left so much of its log."""
    folder.mkdir()
    (folder / path.name).write_bytes(path.read_bytes())
    (folder / f"{path.name}-wal").write_bytes(log)
    return Ledger(folder / path.name)


@pytest.mark.parametrize("is_torn", [False, True])
def test_power_cut_takes_no_intent(path: Path, tmp_path: Path, is_torn: bool) -> None:
    """
    Wherever it cuts what was not synced: the intents are there, and a cancel whose outcome is lost
    is open, for `resume` to prove it again; what is left is whole.
    """
    ledger, log = Ledger(path), path.with_name(f"{path.name}-wal")
    settled = ledger.write(Note("intent", {"verb": "cancel"}, 0, True), 1)
    ledger.write(Note("outcome", {"outcome": "Canceled"}, settled, must_show=True), 2)
    lost = ledger.write(Note("intent", {"verb": "cancel"}, 0, True), 3)
    synced = log.stat().st_size
    ledger.write(Note("answered", {}, lost), 4)
    ledger.write(Note("outcome", {"outcome": "Canceled"}, lost, must_show=True), 5)
    whole = log.read_bytes()
    ends = {synced, synced + 1, (synced + len(whole)) // 2, len(whole) - 1, len(whole)}

    assert synced < len(whole)
    for end in sorted(ends):
        rest = b"\x00" * (len(whole) - end) if is_torn else b""
        found = cut(path, tmp_path / str(end), whole[:end] + rest)
        is_lost = end < len(whole)
        assert ([lost] if is_lost else []) == [one.intent_id for one in found.open_intents()]
        assert (3 if is_lost else 5) == found.verify()
        found.close()


def test_other_notes_outlast_their_process(path: Path) -> None:
    """Such a note survives a kill of its process, and others read it meanwhile."""
    script = (
        "import os, sys; from countermand.client.ledger import Ledger; "
        "from countermand.client.acts import Note; l = Ledger(sys.argv[1]); "
        "n = l.write(Note('intent', {}, 0, True), 1); "
        "l.write(Note('outcome', {}, n, must_show=True), 2); os.kill(os.getpid(), 9)"
    )
    path.parent.mkdir()
    ended = subprocess.run([sys.executable, "-c", script, str(path)], check=False)

    assert -9 == ended.returncode
    assert ["intent", "outcome"] == [one.kind for one in Ledger(path).records()]
    assert [] == Ledger(path).open_intents()


def test_file_is_its_owners_alone(path: Path) -> None:
    """Others read neither it nor its log."""
    ledger = Ledger(path)
    ledger.write(Note("intent", {}, 0, True), 1)
    modes = {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}

    assert modes == {0o600}


SPOILS = {
    "changed": "UPDATE records SET body = '{}' WHERE seq = 4",
    "moved": "UPDATE records SET ts_ns = ts_ns + 1 WHERE seq = 5",
    "of another intent": "UPDATE records SET intent_id = 1 WHERE seq = 6",
    "missing": "DELETE FROM records WHERE seq = 5",
    "cut off": "DELETE FROM records WHERE seq > 6",
    "all gone": "DELETE FROM records",
    "forged": "INSERT INTO records VALUES (10, 10, 1, 'intent', '{}', x'00')",
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_tampering_is_found(path: Path, spoil: str) -> None:
    """A changed, cut or reordered ledger is refused."""
    written(path)
    db = sqlite3.connect(path)
    db.execute(SPOILS[spoil])
    db.commit()
    db.close()

    with pytest.raises(LedgerError, match="record"):
        audit(path)


def test_file_that_is_no_ledger_is_refused(path: Path) -> None:
    """The error names the file."""
    path.parent.mkdir()
    path.write_bytes(b"no database " * 100)

    with pytest.raises(LedgerError, match=r"ledger\.sqlite"):
        Ledger(path)
    with pytest.raises(LedgerError, match="nowhere"):
        audit(path.parent / "nowhere")


def test_threads_share_one(path: Path) -> None:
    """The chain holds."""
    ledger = Ledger(path)

    def work(number: int) -> None:
        for _ in range(20):
            intent_id = ledger.write(Note("intent", {"n": number}, 0, True), 1)
            ledger.write(Note("outcome", {}, intent_id, True), 2)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ledger.verify() == 160
    assert all(len(intent.records) == 2 for intent in ledger.intents())


def test_processes_share_one(path: Path) -> None:
    """The chain holds."""
    script = (
        "import sys; from countermand.client.ledger import Ledger; "
        "from countermand.client.acts import Note; l = Ledger(sys.argv[1]); "
        "[l.write(Note('intent', {}, 0, True), n) for n in range(50)]"
    )
    started = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]

    assert audit(path).records == 150


def test_intent_of_a_running_process_is_left_to_it(path: Path) -> None:
    """A running process may be about to send; the intents of an ended one are open to all."""
    path.parent.mkdir()
    script = (
        "import sys; from countermand.client.ledger import Ledger; "
        "from countermand.client.acts import Note; l = Ledger(sys.argv[1]); "
        "l.write(Note('intent', {}, 0, True), 1); print('written', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        assert Ledger(path).open_intents() == []
        process.kill()
    assert len(Ledger(path).open_intents()) == 1


def test_second_client_of_a_process_takes_no_lock_from_the_first(path: Path) -> None:
    """
    Or else another process that opens and closes the ledger believes to be the last, and takes the
    log away that the first still writes.
    """
    script = (
        "import sys; from countermand.client.ledger import Ledger; ledger = Ledger(sys.argv[1]); "
        "print(len(ledger.intents())); ledger.close()"
    )
    words = [sys.executable, "-c", script, str(path)]
    first = Ledger(path)
    first.write(Note("intent", {}, 0, True), 1)
    second, seen = Ledger(path), []
    for _ in range(3):
        seen.append(int(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout))
        first.write(Note("intent", {}, 0, True), 1)
        second.write(Note("intent", {}, 0, True), 1)
    first.close()
    second.close()

    assert seen == [1, 3, 5]


def test_loop_does_not_wait_for_the_disk(path: Path) -> None:
    """A note that must be durable is written in a thread."""

    async def write() -> int:
        return await Ledger(path).write_beside(Note("intent", {}, 0, True), 1)

    assert asyncio.run(write()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_ledger_that_cannot_be_written_sends_nothing(path: Path) -> None:
    """An intent that is not on disk is not carried out."""
    written(path)
    path.chmod(0o400)
    with pytest.raises(LedgerError):
        Ledger(path)


def test_full_disk_stops_an_intent_and_hides_no_outcome(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without room no intent is sent, and known outcomes are still returned."""
    ledger = Ledger(path)
    intent_id = ledger.write(Note("intent", {}, 0, True), 1)
    ledger._db.execute("PRAGMA query_only = ON")

    assert ledger.write(Note("outcome", {}, intent_id, True), 2) == intent_id
    assert "outcome is not written" in caplog.text
    with pytest.raises(LedgerError):
        ledger.write(Note("intent", {}, 0, True), 3)
