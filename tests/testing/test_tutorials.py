"""The tutorials: their files, written down as they stand there, and their tests run."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from countermand.venues import VENUES

PAGES = Path(__file__).parents[2] / "docs" / "testing"
STANDIN = Path(__file__).parents[1] / "venues" / "deltadefi" / "standin"
FILE = re.compile(r"^### ([\w.]+)\n\n```\w+\n(.*?)```", re.DOTALL | re.MULTILINE)
TEST = re.compile(r"^def test_", re.MULTILINE)
TIMEOUT_S = 120

# Pages that have files of tests; the one about faults is run by a test of its own.
TUTORIALS = sorted(path.stem for path in PAGES.glob("*.md") if FILE.search(path.read_text()))


def files_of(page: str) -> dict[str, str]:
    """Return the files of a page by their names."""
    return dict(FILE.findall((PAGES / f"{page}.md").read_text()))


def run_in(folder: Path, *command: str) -> tuple[int, str]:
    """Run a command in a folder and return its exit code and all it printed."""
    environment = os.environ | {"PYTHONPATH": f"{STANDIN}:{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorials_tests_pass(page: str, tmp_path: Path) -> None:
    """All tests of the page run, and no others."""
    files = files_of(page)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    pytest_run = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:countermand"]
    code, told = run_in(tmp_path, *pytest_run, "-p", "countermand.testing.plugin", "-q")
    tests = sum(len(TEST.findall(text)) for text in files.values())

    assert 0 == code, told
    assert f"{tests} passed" in told


def test_an_exchange_without_pytest() -> None:
    """The first page's program prints what the page says."""
    [shown] = re.findall(r"```python\n(.*?)```", (PAGES / "README.md").read_text(), re.DOTALL)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(shown, "README.md", "exec"), {})  # noqa: S102  (it is what is shown)

    assert shown.rstrip().endswith(f"# {printed.getvalue().strip()}")


def test_twenty_tests_of_a_bot_need_fifteen_lines() -> None:
    """Counted are the lines of set-up, the plugin's setting among them."""
    files = files_of("market-making")
    lines = [
        line for name in ("pytest.ini", "conftest.py") for line in files[name].splitlines() if line
    ]

    assert len(lines) <= 15
    assert len(TEST.findall(files["test_maker.py"])) == 20


def test_there_is_a_tutorial_for_every_venue() -> None:
    """The first page links to each by the venue's name."""
    index = (PAGES / "README.md").read_text()
    for name in VENUES:
        assert f"({name}.md)" in index
        assert name in TUTORIALS
