"""The modules that a start imports: the venues that are served, and no other verb's."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from urllib.request import urlopen

import pytest

from countermand.venues import VENUES

START = """
import asyncio, json, sys
import countermand.cli
from countermand.app import App, Config

async def start():
    app = App(Config(None, port=0, venues=tuple(sys.argv[1:])), on_fatal=sys.exit)
    await app.start()
    await app.stop()

asyncio.run(start())
print(json.dumps(sorted(sys.modules)))
"""

WITHOUT_UVLOOP = """
import sys

sys.modules["uvloop"] = None
from countermand.cli import main

main()
"""


def modules_after_a_start(*venues: str) -> list[str]:
    """Every module that is loaded once these venues are served."""
    done = subprocess.run(
        [sys.executable, "-c", START, *venues], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("venue", list(VENUES))
def test_only_the_venue_that_is_served_is_loaded(venue: str) -> None:
    """With one venue served the other four are not imported."""
    parts = [name.split(".") for name in modules_after_a_start(venue)]
    loaded = {part[2] for part in parts if part[:2] == ["countermand", "venues"] and part[2:]}

    assert {venue.replace("-", "_")} == loaded


def test_nothing_heavy_is_loaded() -> None:
    """Tables, data frames and clients are not what a server needs."""
    heavy = {"rich", "pandas", "numpy", "pydantic", "httpx", "requests"}

    assert set() == heavy & set(modules_after_a_start())


def test_serves_on_asyncio_where_there_is_no_uvloop() -> None:
    """A platform without a wheel of it is slower, and nothing else."""
    command = [sys.executable, "-c", WITHOUT_UVLOOP, "serve", "--ephemeral", "--json", "--port=0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        ready = json.loads(running.stdout.readline())
        with urlopen(f"{ready['control']}/health") as answer:
            assert 200 == answer.status
        running.send_signal(signal.SIGTERM)
        logged = running.communicate()[1]

    assert 0 == running.returncode
    assert "traceback" not in logged.lower()
