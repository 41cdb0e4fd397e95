"""The list of verbs: cheap to show, and true to the verbs it lists."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from countermand.cli import app
from countermand.cli.loading import command
from countermand.cli.table import ROWS

# What the list of verbs has no use for: the client's, the engine's, and what they are made of.
HEAVY = ("httpx", "asyncio", "gmpy2", "nacl", "countermand.engine", "countermand.client")


def test_the_list_loads_no_verb() -> None:
    """No verb's module is imported for the list, which keeps it fast."""
    script = (
        "import sys; sys.argv = ['countermand', '--help']\n"
        "from countermand.cli import main\n"
        "try: main()\n"
        f"finally: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "[]\n" == done.stderr
    assert all(name in done.stdout for name in ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_each_says_of_itself_what_the_list_says(name: str) -> None:
    """The summary in the table is the first sentence of the verb's own help."""
    found = command(name, ROWS[name])

    assert ROWS[name].summary == " ".join((found.help or "").split("\n\n")[0].split())


@pytest.mark.parametrize("name", ROWS)
def test_each_is_called_by_its_name(name: str) -> None:
    """Its usage has its name, although another module loads it."""
    result = CliRunner().invoke(app, [name, "--help"])

    assert 0 == result.exit_code
    assert f"{name} " in result.output.splitlines()[1]


def test_a_word_that_is_no_verb() -> None:
    """One line has the unknown word and how to list the verbs."""
    done = subprocess.run(
        [sys.executable, "-m", "countermand", "cansel"], capture_output=True, text=True, check=False
    )

    assert (2, "") == (done.returncode, done.stdout)
    assert "countermand: No such command 'cansel'." in done.stderr
    assert "Traceback" not in done.stderr
