"""Data directories of earlier versions, and repaired ones: what is missing is not made up."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from shutil import rmtree
from urllib.request import urlopen

from tests.bot import Bot
from tests.engine.desk import caught_up, writer
from tests.served import Served, serve

from countermand.engine.chain import encode_entry
from countermand.engine.repair import repair
from countermand.engine.sqlite import SqliteJournal
from countermand.venues import VENUES
from countermand.vocabulary.commands import AdvanceTime, Entry

VENUE = "coinbase-intx"
ONLY = ("--venue", VENUE)


def as_before(data: Path) -> None:
    """Turn a directory into one as the first format had it: world and keys in files."""
    with closing(sqlite3.connect(data / "journal.sqlite")) as journal, journal:
        rows = dict(journal.execute("SELECT name, value FROM kept").fetchall())
        journal.execute("DROP TABLE kept")
        journal.execute("PRAGMA user_version = 1")
    (data / "high-water").unlink()
    world = {VENUE: json.loads(rows[f"world/{VENUE}"])}
    (data / "world.json").write_text(json.dumps(world))
    revoked = world[VENUE]["users"][1]["keys"][0]["key"]
    changes = {"issued": {}, "revoked": [revoked]}
    (data / f"keys-{VENUE}.json").write_text(json.dumps(changes))


def test_world_and_keys_move_into_the_journal_once(tmp_path: Path) -> None:
    """Orders, keys and what was revoked are as they were; the files are gone, and it is said."""
    with Served(tmp_path, *ONLY) as running:
        bob = running.venue(VENUE)["accounts"]["bob"]
        alice = Bot(running.venue(VENUE), "alice")
        order_id = alice.place("kept", "BUY", "2700", "0.01")[1]["order_id"]
        alice.close()
    as_before(tmp_path)
    for events in (["moved world and keys into the journal"], []):
        with Served(tmp_path, *ONLY) as running:
            alice = Bot(running.venue(VENUE), "alice")
            assert "WORKING" == alice.get(order_id)[1]["order_status"]
            alice.close()
            assert bob["access_key"] not in json.dumps(running.ready)
            _, logged = running.stop()
        lines = [json.loads(line) for line in logged.splitlines()]
        assert events == [line["event"] for line in lines if "world" in line["event"]]
        assert [] == list(tmp_path.glob("*.json"))


def test_a_founded_journal_without_its_world_does_not_start(tmp_path: Path) -> None:
    """The demo's published keys would let strangers in."""
    with Served(tmp_path, *ONLY):
        pass
    as_before(tmp_path)
    (tmp_path / "world.json").unlink()
    done = serve("--data", str(tmp_path), "--port", "0", *ONLY)

    assert (2, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    assert "its world is missing" in done.stderr


def test_numbers_passed_over_before_the_founding_found_nothing(tmp_path: Path) -> None:
    """A first start that was killed, and the one after it too, before a world was kept."""
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.fence(writer())
        journal.append(0, [encode_entry(Entry(1, 1, AdvanceTime()))])

    with Served(tmp_path, *ONLY) as running:
        assert "BTC-PERP" in running.venue(VENUE)["markets"]


def test_a_world_without_its_journal_does_not_start(tmp_path: Path) -> None:
    """The first format had nothing else that said that there was one."""
    with Served(tmp_path, *ONLY):
        pass
    as_before(tmp_path)
    (tmp_path / "journal.sqlite").unlink()
    rmtree(tmp_path / "snapshots")
    for _ in range(2):
        done = serve("--data", str(tmp_path), "--port", "0", *ONLY)
        assert (2, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
        assert "its journal.sqlite is gone: put it back" in done.stderr


def test_a_world_beside_its_journal_is_not_read(tmp_path: Path) -> None:
    """A world file of an old version beside the journal is named in the log and not read."""
    with Served(tmp_path, *ONLY):
        pass
    (tmp_path / "world.json").write_text("{")
    with Served(tmp_path, *ONLY) as running:
        _, logged = running.stop()

    told = [line for line in map(json.loads, logged.splitlines()) if line["level"] == "warning"]
    assert [["world.json"]] == [line["files"] for line in told]


def test_a_journal_whose_worlds_were_lost_asks_for_one(tmp_path: Path) -> None:
    """The way on from a log that is gone: a repair, then the world it was founded with."""
    with Served(tmp_path, *ONLY) as running:
        alice = Bot(running.venue(VENUE), "alice")
        lost = alice.place("lost", "BUY", "2700", "0.01")[1]["order_id"]
        alice.close()
        caught_up(tmp_path, health_seq(running))
        running.kill()
    (tmp_path / "journal.sqlite-wal").unlink()
    start = ("--data", str(tmp_path), "--port", "0", "--log-level", "error", *ONLY)
    refused = serve(*start)
    assert (1, 1) == (refused.returncode, len(refused.stderr.splitlines()))
    assert f"countermand journal repair {tmp_path}" in refused.stderr
    repair(tmp_path, 1)
    assert "give it with --world" in serve(*start).stderr

    demo = tmp_path / "demo.toml"
    demo.write_bytes(files(VENUES[VENUE].package).joinpath("demo.toml").read_bytes())
    with Served(tmp_path, "--world", str(demo)) as running:
        alice = Bot(running.venue(VENUE), "alice")
        assert lost != alice.place("anew", "BUY", "2700", "0.01")[1]["order_id"]
        assert 404 == alice.get(lost)[0]
        alice.close()


def health_seq(running: Served) -> int:
    """Ask for the number of the last entry."""
    with urlopen(f"{running.ready['control']}/health") as answer:
        return int(json.load(answer)["seq"])
