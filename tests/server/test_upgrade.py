"""Data directories of earlier versions: what they held is there, and better kept."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.bot import Bot
from tests.served import Served, serve

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
