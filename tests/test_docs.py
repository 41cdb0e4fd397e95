"""What the documents name is there: every path, and every function or class in code marks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = "\n".join(path.read_text() for path in sorted((ROOT / "src").rglob("*.py")))
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "src").rglob("README.md")),
]

# The package index shows README alone, so its links name the project's home.
_HOME = re.compile(r"\]\(https://github\.com/countermand/countermand/(?:blob|tree)/main/([^)#]+)\)")
_LINK = re.compile(r"\]\(([^)#:]+)\)")
_PATH = re.compile(r"`([a-z_]+(?:/[a-z_<>]+)*/?[a-z_]*\.(?:py|md|toml))`")
_NAME = re.compile(r"`(?:[a-z_]+\.)*([A-Za-z_][A-Za-z0-9_]*)(?:\(\))?`")
# Words in code marks that are the wire's, the shell's or another library's.
_SPOKEN = re.compile(r"^(?:[a-z]+|[A-Z]+)$")


def identifier(document: Path) -> str:
    """Name a document in a test's id."""
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=identifier)
def test_links_lead_somewhere(document: Path) -> None:
    """Every link into the project names a file or a folder."""
    text = document.read_text()
    targets = [document.parent / link for link in _LINK.findall(text)]
    targets += [ROOT / link for link in _HOME.findall(text)]

    assert [] == [target for target in targets if not target.exists()]


def test_readme_is_read_elsewhere_too() -> None:
    """No link of README is relative: the package index would not find what it names."""
    assert [] == _LINK.findall((ROOT / "README.md").read_text())


# A venue's page also names files of other projects.
NOT_OF_OURS = {ROOT / "README.md", ROOT / "docs" / "adding-a-venue.md"}
# What a user writes.
OF_A_USER = {"countermand.toml"}
OF_OURS = [page for page in DOCUMENTS if "venues" not in page.parts and page not in NOT_OF_OURS]


@pytest.mark.parametrize("document", OF_OURS, ids=identifier)
def test_paths_exist(document: Path) -> None:
    """Every path in code marks exists, from the root, the package, its core or a venue's folder."""
    package = ROOT / "src/countermand"
    places = [ROOT, package, package / "core", document.parent, *package.glob("venues/*/")]
    named = [path for path in _PATH.findall(document.read_text()) if "<" not in path]
    paths = [path for path in named if path not in OF_A_USER]

    assert [] == [p for p in paths if not any((place / p).exists() for place in places)]


def test_architecture_names_what_there_is() -> None:
    """Every function and class the architecture names is defined in the source."""
    names = set(_NAME.findall((ROOT / "ARCHITECTURE.md").read_text()))
    spoken = {name for name in names if _SPOKEN.match(name)}

    missing = {
        name
        for name in names - spoken
        if not re.search(rf"(?:def|class) {name}\b|^ *{name}(?:: | = )", SOURCE, re.MULTILINE)
    }
    assert set() == missing


DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_decisions_are_numbered_without_a_gap() -> None:
    """A number is one page's, so that a reference by number is clear."""
    assert list(range(1, len(DECISIONS) + 1)) == [int(page.name[:4]) for page in DECISIONS]


@pytest.mark.parametrize("page", DECISIONS, ids=identifier)
def test_decision_says_why(page: Path) -> None:
    """Each page has its number in its title, and says what was rejected and what follows."""
    text = page.read_text()
    parts = ("**Context.**", "**Decision.**", "**Rejected.**", "**Consequences.**")

    assert text.startswith(f"# {page.name[:4]} ")
    assert [] == [part for part in parts if part not in text]
