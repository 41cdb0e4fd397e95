"""What README and the client's page show of the command line, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.served import Served

from countermand.cli import profiles
from countermand.cli.exits import Code
from countermand.cli.loading import command
from countermand.cli.table import EXCHANGE, ROWS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "docs/client.md"]
SHELLS = [
    block for page in PAGES for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
]


@pytest.mark.parametrize("session", SHELLS, ids=lambda text: text.splitlines()[-1])
def test_a_shell_prints_what_the_page_says(
    exchange_here: Served, tmp_path: Path, session: str
) -> None:
    """Each line with a comment says what it prints; `…` stands for anything."""
    called = tmp_path / "countermand"
    called.write_text(f'#!/bin/sh\nexec {sys.executable} -m countermand "$@"\n')
    called.chmod(0o700)
    wanted = [line.rpartition("    # ")[2] for line in session.splitlines() if "    # " in line]
    lines = [line for line in session.splitlines() if "    # " in line or line.startswith("id=")]

    done = subprocess.run(
        ["/bin/sh", "-c", "\n".join(lines)],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    told = done.stdout.splitlines()
    assert (len(wanted), "") == (len(told), done.stderr)
    for promise, line in zip(wanted, told, strict=True):
        assert re.fullmatch(".*".join(map(re.escape, promise.split("…"))), line), line


def test_readme_names_every_verb() -> None:
    """The table "From a shell" has every verb of a client and no other, each once."""
    [table] = re.findall(r"\n## From a shell\n\n(.*?)\n\n", PAGES[0].read_text(), re.DOTALL)

    verbs = re.findall(r"`countermand ([a-z-]+)", table)
    assert {name for name, row in ROWS.items() if row.panel != EXCHANGE} == set(verbs)
    assert len(set(verbs)) == len(verbs)


def test_the_page_names_every_code() -> None:
    """Each exit code has a row in the table, and no verb's help names another code."""
    page = PAGES[1].read_text()

    assert [str(int(code)) for code in Code] == re.findall(r"^\| (\d+) \|", page, re.MULTILINE)
    for name, row in ROWS.items():
        text = command(name, row).help
        if row.panel != EXCHANGE and "Exit codes:" in text:
            codes = re.findall(r"\b(\d) [a-z]", text.split("Exit codes:")[1])
            assert {int(code) for code in codes} <= {int(code) for code in Code}


def test_the_profiles_of_the_page_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples of profiles are read as they stand, their secrets too."""
    [text] = re.findall(r"```toml\n(.*?)```", PAGES[1].read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("countermand.toml").write_text(text)
    Path("countermand.toml").chmod(0o600)

    found = profiles.find("coinbase-intx")
    assert found is not None
    assert ("desk", "production", "main") == (found[0], found[1].base_url, found[1].account)
    assert {"access_key", "passphrase", "signing_key"} == set(found[1].credentials)
    paper = profiles.find("polymarket-us", "paper")
    assert paper is not None
    assert "file" in paper[1].credentials
    assert set(tomllib.loads(text)["profiles"]) == set(profiles.names())
