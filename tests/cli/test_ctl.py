"""`countermand ctl`: the operator's acts from a shell, each a command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.served import Served
from typer.testing import CliRunner, Result

from countermand.cli import app
from countermand.control.table import ROWS

VENUE = "coinbase-intx"
MARKET = (VENUE, "BTC-PERP")


@pytest.fixture(scope="module", autouse=True)
def _runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        yield


@pytest.fixture(scope="module")
def control(_runtime: None) -> Iterator[str]:
    """The control port of a server that announces itself."""
    with Served(None, "--venue", VENUE) as served:
        yield served.ready["control"]


def run(*words: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, ["ctl", *words])


def told(*words: str) -> Any:
    """Return what a command answers in JSON."""
    done = run(*words, "--json")
    assert 0 == done.exit_code, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_is_a_command_with_help(row: Any) -> None:
    """The help says what the act does and which fields it needs."""
    done = run(row.name, "--help")

    assert 0 == done.exit_code
    assert "Usage" in done.stdout


def test_the_newest_server_is_found(control: str) -> None:
    """Without being told where it is; or it is told."""
    assert told("status") | {"time": ""} == told("status", "--control", control) | {"time": ""}


def test_money_and_trades_from_a_shell(control: str) -> None:
    """Needed fields are arguments, others options."""
    opened = told("open-account", VENUE, "eve", "--funds", "USDC=100", "--funds", "BTC=1.5")
    credited = told("credit", VENUE, "eve", "USDC", "5.5")
    issued = told("issue-key", VENUE, "eve", "--access", "view")
    made = told("trade", *MARKET, "60000", "0.1")
    locked = told("configure-account", VENUE, "eve", "--trading-locked")

    assert {"100", "1.5"} == {one["total"] for one in opened["balances"]}
    assert "105.5" == credited["total"]
    assert ["view"] == issued["access"]
    assert "60000" == made["trades"][-1]["price"]
    assert locked["trading_locked"]
    assert {"key": issued["key"]} == told("revoke-key", VENUE, issued["key"])


def test_replies_are_for_people_without_json(control: str) -> None:
    """A line for a field, a table for a list."""
    halted, listed = run("halt", *MARKET), run("accounts", VENUE)
    told("resume", *MARKET)

    assert "trading_state" in halted.stdout
    assert "halted" in halted.stdout
    assert "alice/main" in listed.stdout
    assert "{" not in listed.stdout


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("accounts", "nyse"), 2, "no venue is called 'nyse'"),
        (("set-price", *MARKET, "1.23456"), 2, "must be a multiple of 0.1"),
        (("settle", VENUE, "BTC-USDC", "1"), 1, "market does not accept orders"),
        (("credit", VENUE, "alice", "USDC"), 2, "AMOUNT"),
        (("trade", *MARKET, "1", "1", "--side", "up"), 2, "up"),
        (("open-account", VENUE, "eve", "--funds", "USDC"), 2, "is not NAME=VALUE"),
        (("issue-key", VENUE, "alice", "--fields", "{"), 2, "not JSON"),
        (("orders", VENUE, "--limit", "-1"), 2, "limit"),
        (("nothing",), 2, "nothing"),
        (("status", "--control", "ftp://here"), 2, "is no URL"),
        (("status", "--control", "http://127.0.0.1:1"), 1, "no answer from"),
        (("status", "--token-file", "/nowhere"), 2, "/nowhere"),
    ],
)
def test_a_bad_request_is_one_line(
    control: str, words: tuple[str, ...], code: int, text: str
) -> None:
    """One line and an exit code, and never a traceback."""
    done = run(*words)

    assert code == done.exit_code, done.output
    assert text in done.stderr
    assert "Traceback" not in done.output


def test_a_journal_is_downloaded_once(control: str, tmp_path: Path) -> None:
    """Into a file that is its owner's alone, and never over one that is there."""
    to = tmp_path / "journal.tar"
    done = told("journal", "--to", str(to))
    again = run("journal", "--to", str(to))
    failed = run("journal", "--to", str(tmp_path / "x"), "--control", "http://127.0.0.1:1")

    assert {"file": str(to), "bytes": to.stat().st_size} == done
    assert 0o600 == to.stat().st_mode & 0o777
    assert (2, True) == (again.exit_code, "File exists" in again.stderr)
    assert (1, [to]) == (failed.exit_code, list(tmp_path.iterdir()))


def test_a_refusal_in_json(control: str) -> None:
    """Has the code and the text that HTTP has."""
    done = run("accounts", "nyse", "--json")

    assert "unknown-venue" == json.loads(done.stdout)["error"]["code"]


def test_without_a_server_the_usual_port_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it does not answer, the line names its URL, and says what to do."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr("countermand.cli.ctl._DEFAULT_URL", "http://127.0.0.1:1")
    done = run("status")

    assert 1 == done.exit_code
    assert "no exchange of yours runs here (no answer from http://127.0.0.1:1: " in done.stderr
    assert "countermand serve, or say where it is with --control URL" in done.stderr

    asked = run("status", "--control", "http://127.0.0.1:1").stderr
    assert "no exchange" not in asked
