"""`countermand accounts`: the credentials of a running server, and one line without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.served import Served
from typer.testing import CliRunner, Result

from countermand.announce import running
from countermand.cli import app

VENUE = "coinbase-intx"


@pytest.fixture(scope="module", autouse=True)
def _runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        yield


@pytest.fixture(scope="module")
def served(_runtime: None) -> Iterator[Served]:
    """A server to find."""
    with Served(None) as started:
        yield started


def ask(*words: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, ["accounts", *map(str, words)])


def test_everything_of_the_newest_server(served: Served) -> None:
    """All that the newest server's ready line said, though the server keeps nothing."""
    told = json.loads(ask("--json").stdout)

    assert served.ready["venues"] == told["venues"]
    assert (served.ready["control"], served.process.pid) == (told["control"], told["pid"])


def test_one_user_of_one_venue(served: Served) -> None:
    """A list for people, or JSON."""
    venue = served.venue(VENUE)
    alice = venue["accounts"]["alice"]

    text, told = ask("alice", "--venue", VENUE), ask("alice", "--venue", VENUE, "--json")

    assert f"{VENUE}  {venue['base_url']}" == text.stdout.splitlines()[0]
    assert alice["signing_key"] in text.stdout
    assert "bob" not in text.stdout
    assert {VENUE: venue | {"accounts": {"alice": alice}}} == json.loads(told.stdout)["venues"]


def test_a_user_that_one_venue_lacks(served: Served) -> None:
    """Is shown of the others."""
    [name] = json.loads(ask("carol", "--json").stdout)["venues"]

    assert "carol" in served.venue(name)["accounts"]


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("zed",), 2, "no user is called 'zed'; there are alice, bob"),
        (("--venue", "nowhere"), 2, "no venue is called 'nowhere'; there are deltadefi"),
        (("--port", 1), 1, "no server of yours with control port 1 runs on this machine"),
    ],
)
def test_unknown_names(served: Served, words: tuple[object, ...], code: int, text: str) -> None:
    """One line, and an exit code."""
    result = ask(*words)

    assert (code, "", 1) == (result.exit_code, result.stdout, len(result.stderr.splitlines()))
    assert text in result.stderr


def test_a_port_selects_and_a_stop_ends_it(served: Served, tmp_path: Path) -> None:
    """Another server is the newest; when it was stopped or killed, the first is."""
    for end in ("stop", "kill"):
        with Served(tmp_path, "--venue", VENUE) as second:
            assert second.ready["control"] == json.loads(ask("--json").stdout)["control"]
            port = served.ready["control"].rpartition(":")[2]
            told = json.loads(ask("--port", port, "--json").stdout)
            assert served.ready["control"] == told["control"]
            getattr(second, end)()
            assert [served.process.pid] == [one.pid for one in running()]
