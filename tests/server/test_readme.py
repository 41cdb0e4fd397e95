"""The README's sessions, run as they stand there against a server as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.served import Served

README = (Path(__file__).parents[2] / "README.md").read_text()
SESSIONS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
PORTS = {
    "8101": "deltadefi",
    "8102": "autoshares",
    "8103": "coinbase-intx",
    "8104": "loopring",
    "8105": "polymarket-us",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo world, on free ports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        with Served(None) as running:
            yield running


@pytest.mark.parametrize("session", SESSIONS, ids=lambda text: text.splitlines()[0])
def test_session_prints_what_it_says(served: Served, session: str) -> None:
    """Every line that prints says in its comment what it prints."""
    moved = session
    for port, venue in PORTS.items():
        moved = moved.replace(f"http://127.0.0.1:{port}", served.venue(venue)["base_url"])
    promised = [line.rpartition("# ")[2] for line in session.splitlines() if "print(" in line]
    done = subprocess.run(
        [sys.executable, "-c", moved], capture_output=True, text=True, check=False
    )

    assert (promised, "") == (done.stdout.splitlines(), done.stderr)
    assert promised


def test_served_ids_are_those_of_the_session(served: Served) -> None:
    """The ids in the README are those that a first start gives out."""
    alice = served.venue("coinbase-intx")["accounts"]["alice"]

    assert README.count(alice["portfolio_uuid"]) == 3
    assert alice["portfolio_id"] in README


def test_accounts_prints_what_the_readme_shows(served: Served) -> None:
    """The output is the README's to the letter, except the port."""
    command = [sys.executable, "-m", "countermand", "accounts", "alice", "--venue", "coinbase-intx"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    told = done.stdout.replace(served.venue("coinbase-intx")["base_url"], "http://127.0.0.1:8103")
    assert f"```\n{told.rstrip()}\n```" in README
