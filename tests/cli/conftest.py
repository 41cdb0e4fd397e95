"""One served exchange for the tests of a module, found as a user's own is; no secret is printed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.calling import Calls, home, secrets
from tests.served import Served


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user's folders."""
    with home(tmp_path_factory.mktemp("home")) as folder:
        yield folder


@pytest.fixture(scope="module")
def exchange_here(own_home: Path) -> Iterator[Served]:
    """An exchange that runs on this machine."""
    with Served(None) as started:
        yield started


@pytest.fixture
def call(exchange_here: Served) -> Iterator[Calls]:
    """The command line; at the end nothing that it printed or kept has a secret in it."""
    calls = Calls()
    yield calls
    ledgers = Path(os.environ["XDG_STATE_HOME"]).rglob("*")
    kept = b"".join(path.read_bytes() for path in ledgers if path.is_file())
    said = "\n".join(calls.said) + kept.decode("latin-1")
    assert {one for one in secrets(exchange_here) if one in said} == set()
