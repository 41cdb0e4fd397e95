"""`countermand backup` and `restore`: of a server under load, and of what is none."""

from __future__ import annotations

import io
import shutil
import tarfile
import threading
import zipfile
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from tests.bot import Bot
from tests.cli.calling import Calls, Said
from tests.client.desks import market
from tests.served import Served, serve

from countermand import connect_sync
from countermand.control import archive
from countermand.control.client import Control
from countermand.engine.peek import peek
from countermand.engine.verify import verify
from countermand.venues import VENUES
from countermand.venues.coinbase_intx.ids import Kind

VENUE = "coinbase-intx"
ONLY = ("--venue", VENUE)

call = Calls()


class Loop(threading.Thread):
    """A bot that places orders until its server dies, and cancels every third."""

    def __init__(self, venue: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self._bot = Bot(venue, "bob")
        self.orders: list[str] = []
        self.canceled: set[str] = set()

    def run(self) -> None:
        """Trade; a broken connection is the expected end."""
        try:
            for number in range(100_000):
                status, told = self._bot.place(f"loop-{number}", "BUY", "2500", "0.01")
                assert status == 200, told
                self.orders.append(told["order_id"])
                if number % 3 == 0:
                    self._bot.cancel(told["order_id"])
                    self.canceled.add(told["order_id"])
        except OSError:
            pass
        finally:
            self._bot.close()

    def wait_for(self, count: int) -> None:
        """Return when so many orders were answered."""
        while len(self.orders) < count and self.is_alive():
            self.join(0.01)


def number_of(order_id: str) -> int:
    """Return the number that an id renders."""
    number = Kind.ORDER.parse(order_id)
    assert number is not None
    return number


@pytest.mark.parametrize(("how", "knows_lost"), [("directory", False), ("url", True)])
def test_a_server_under_load(tmp_path: Path, how: str, knows_lost: bool) -> None:
    """
    Orders that were answered before the backup survive a kill; later numbers never come again.
    """
    data, file, again = tmp_path / "data", tmp_path / "one.tar", tmp_path / "again"
    with Served(data, *ONLY) as running:
        loop = Loop(running.venue(VENUE))
        loop.start()
        loop.wait_for(100)
        before = list(loop.orders)
        made = call("backup", data if how == "directory" else running.ready["control"], file)
        loop.wait_for(len(before) + 200)
        running.kill()
        loop.join(20)
    lost = ("--lost", data) if knows_lost else ()
    restored = call("restore", file, again, *lost, "--json")

    assert (0, 0) == (made.code, restored.code), (made.err, restored.err)
    assert 0o600 == S_IMODE(file.stat().st_mode)
    head, numbers_from = restored.json["head"], restored.json["numbers_from"]
    assert [] == verify(again).failures
    with peek(data) as killed, peek(again) as copy:
        # Every record is the same, up to the backup.
        assert killed.checksum_at(head) == copy.checksum_at(head)
    with Served(again, *ONLY) as running:
        bob = Bot(running.venue(VENUE), "bob")
        there = [order for order in loop.orders if bob.get(order)[0] == 200]
        assert loop.orders[: len(there)] == there
        assert len(before) <= len(there) < len(loop.orders)
        for order in before[:30]:
            status = "DONE" if order in loop.canceled else "WORKING"
            assert status == bob.get(order)[1]["order_status"]
        new = bob.place("after", "BUY", "2500", "0.01")[1]["order_id"]
        bob.close()
    assert number_of(new) >= numbers_from > max(map(number_of, loop.orders))
    assert knows_lost == (numbers_from < 10_000_000)


def test_numbers_that_only_the_lost_directory_knows(tmp_path: Path) -> None:
    """The lost directory was reset and restored; the numbers go on beyond all that it gave out."""
    data, file, again = tmp_path / "data", tmp_path / "one.tar", tmp_path / "again"
    with Served(data, *ONLY):
        call("backup", data, file)
    call("restore", file, tmp_path / "far", "--numbers", 5_000_000)
    with Served(tmp_path / "far", *ONLY) as running:
        control = Control(running.ready["control"])
        control.reset()
        control.quote(venue=VENUE, symbol="BTC-PERP", bid="59500", bid_quantity="1")
        [far] = control.orders(venue=VENUE, account="house-quotes").orders
        running.kill()
    before = sorted(path.name for path in (tmp_path / "far").rglob("*"))
    restored = call("restore", file, again, "--lost", tmp_path / "far", "--json")
    damaged = call("restore", file, tmp_path / "no", "--lost", tmp_path, "--json")

    assert far.order_id < restored.json["numbers_from"] < far.order_id + 10_000
    assert before == sorted(path.name for path in (tmp_path / "far").rglob("*"))
    refused(damaged, 1, "say instead with --numbers")
    assert not (tmp_path / "no").exists()


def test_every_venue_goes_on(tmp_path: Path) -> None:
    """Its ids have room for the numbers that are passed over, a hundred times."""
    data, file = tmp_path / "0", tmp_path / "one.tar"
    with Served(data):
        pass
    call("backup", data, file)
    restored = call("restore", file, tmp_path / "1", "--numbers", 1_000_000_000, "--json")
    with Served(tmp_path / "1") as running:
        for name in VENUES:
            told = running.venue(name)
            symbol, price, quantity = market(name)
            with connect_sync(name, told["base_url"], told["accounts"]["alice"]) as alice:
                order = alice.place(symbol, "buy", quantity, price * 9 / 10)
                assert "Canceled" == alice.cancel(order.order_id).name
        control, first = Control(running.ready["control"]), restored.json["numbers_from"]
        for name in VENUES:
            [newest] = control.orders(venue=name, account="alice", limit=1).orders
            assert newest.order_id >= first > 1_000_000_000


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a data directory and its backup."""
    folder = tmp_path_factory.mktemp("sound")
    with Served(folder / "data", *ONLY):
        pass
    assert call("backup", folder / "data", folder / "one.tar").code == 0
    return folder


def refused(said: Said, code: int, text: str) -> None:
    """Check that it was one line and an exit code."""
    assert (code, "", 1) == (said.code, said.out, len(said.err.splitlines())), said
    assert text in said.err


def test_nothing_is_overwritten(sound: Path, tmp_path: Path) -> None:
    """Neither a file nor a directory that has anything in it."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    file = sound / "one.tar"

    refused(call("backup", sound / "data", file), 2, "is there already")
    refused(call("restore", file, tmp_path / "full"), 2, "is not empty")
    refused(call("restore", file, file), 2, "is not empty")


def test_bad_sources(sound: Path, tmp_path: Path) -> None:
    """No data directory, no server at the port: no file is made, and none is left beside it."""
    damaged = tmp_path / "damaged"
    shutil.copytree(sound / "data", damaged)
    journal = damaged / "journal.sqlite"
    data = bytearray(journal.read_bytes())
    data[len(data) // 2] ^= 1
    journal.write_bytes(data)
    file = tmp_path / "one.tar"

    refused(call("backup", tmp_path / "none", file), 2, "is no data directory")
    refused(call("backup", "http://127.0.0.1:9", file), 1, "127.0.0.1:9")
    refused(call("backup", sound / "data", tmp_path / "no" / "one.tar"), 1, "No such file")
    assert call("backup", damaged, file).code == 1
    assert [damaged] == list(tmp_path.iterdir())


def tar(path: Path, *entries: tarfile.TarInfo) -> Path:
    """Write a tar file of entries without bytes."""
    with tarfile.open(path, "w") as opened:
        for entry in entries:
            opened.addfile(entry, io.BytesIO(b""))
    return path


def linked() -> tarfile.TarInfo:
    """Return an entry that is a link out of the directory."""
    entry = tarfile.TarInfo("countermand-journal/lock")
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return entry


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ((), "there is nothing in it"),
        ((tarfile.TarInfo("countermand-journal/../../out"),), "is no file of a data directory"),
        ((tarfile.TarInfo("/etc/out"),), "is no file of a data directory"),
        ((tarfile.TarInfo("countermand-journal"),), "is no file of a data directory"),
        ((linked(),), "is no file of a data directory"),
        ((tarfile.TarInfo("countermand-journal/mine"),), "no journal"),
    ],
)
def test_a_tar_file_that_is_no_backup(
    tmp_path: Path, entries: tuple[tarfile.TarInfo, ...], text: str
) -> None:
    """Nothing is written beyond the directory, which is gone again."""
    file = tar(tmp_path / "one.tar", *entries)

    refused(call("restore", file, tmp_path / "data"), 1, text)
    assert [file] == list(tmp_path.iterdir())


def test_a_backup_that_was_cut_or_changed(sound: Path, tmp_path: Path) -> None:
    """Is refused wherever that was, and no directory is left."""
    whole = (sound / "one.tar").read_bytes()
    file, data = tmp_path / "cut.tar", tmp_path / "data"
    for length in range(1000, len(whole) - 1024, len(whole) // 12):
        file.write_bytes(whole[:length])
        said = call("restore", file, data)
        assert (1, 1, False) == (said.code, len(said.err.splitlines()), data.exists()), length
    at = whole.index(b"ETH-PERP")
    file.write_bytes(whole[:at] + b"ETH-PERQ" + whole[at + 8 :])

    assert call("restore", file, data).code == 1
    assert not data.exists()


def test_a_volume_that_is_there_and_empty(sound: Path, tmp_path: Path) -> None:
    """The directory itself stays: nothing can be moved over a volume."""
    volume = tmp_path / "volume"
    volume.mkdir()
    inode = volume.stat().st_ino
    said = call("restore", sound / "one.tar", volume)

    assert (0, inode) == (said.code, volume.stat().st_ino)
    assert "numbers go on at 10,0" in said.out
    assert not (volume / "restoring").exists()
    with Served(volume, *ONLY) as running:
        assert "ETH-PERP" in running.venue(VENUE)["markets"]


def test_a_restore_that_was_killed_is_not_served(sound: Path, tmp_path: Path) -> None:
    """Its journal is not in place, so a start says what is missing."""
    volume = tmp_path / "volume"
    assert call("restore", sound / "one.tar", volume).code == 0
    (volume / "restoring").mkdir()
    (volume / "journal.sqlite").rename(volume / "restoring" / "journal.sqlite")
    done = serve("--data", str(volume), "--port", "0", *ONLY)

    assert (1, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "journal.sqlite" in done.stderr


def test_a_backup_of_former_rules(tmp_path: Path) -> None:
    """A restore migrates a cleanly stopped journal of older rules, as a start does."""
    data, file, again = tmp_path / "data", tmp_path / "one.tar", tmp_path / "again"
    with zipfile.ZipFile(Path(__file__).parents[1] / "engine" / "rules_3.zip") as opened:
        opened.extractall(data)  # noqa: S202  (it is ours)
    (data / "told.json").unlink()
    file.write_bytes(b"".join(archive.packed(data)[1]))
    said = call("restore", file, again, "--json")

    assert (0, 420) == (said.code, said.json["head"]), said.err
    assert [] == verify(again).failures
