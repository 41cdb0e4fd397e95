"""A new venue's files import, and the conformance suite says in words what is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tools.new_venue import made

ROOT = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the suite needs."""
    for name in ("src", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_suite_says_what_a_new_venue_lacks(checkout: Path) -> None:
    """Every failure is a sentence that names the venue, the file or the operation."""
    made(checkout, "acme-one")
    run = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "--tb=line", "-k", "acme-one", "-p",
            "no:cacheprovider", "tests/venues/conformance",
        ],
        cwd=checkout,
        env={"PYTHONPATH": str(checkout / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    said = run.stdout

    assert "acme-one has no place-order: write it in place.py and give it a row" in said
    assert "acme-one: our client cannot ask for cancel-order; give its Op an ask" in said
    errors = re.findall(r"^E   [\w.]+: .*", said, re.MULTILINE)
    sentence = re.compile(r"E   (AssertionError|Failed): acme-one\b.* .*")
    assert errors
    assert [] == [error for error in errors if not sentence.fullmatch(error)]


@pytest.mark.parametrize(
    ("name", "why"),
    [("Acme", "is no venue's name"), ("", "is no venue's name"), ("loopring", "already")],
)
def test_name_that_is_taken_or_none_is_refused(checkout: Path, name: str, why: str) -> None:
    """Nothing is written then."""
    before = sorted(checkout.rglob("*"))
    with pytest.raises(ValueError, match=why):
        made(checkout, name)
    assert before == sorted(checkout.rglob("*"))
