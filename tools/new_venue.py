"""
Make the folder of a new venue, its line in the registry, and its tests: `make new-venue NAME=acme`.

What it makes imports and serves nothing. The conformance suite says what to write next.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEMPLATE = Path(__file__).parent / "venue_template"
REGISTRY = Path("src/countermand/venues/__init__.py")

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def made(root: Path, name: str) -> list[Path]:
    """Return the files made for a venue. Raises ValueError for a name that is taken or none."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no venue's name: lower case words joined by hyphens")
    folder = name.replace("-", "_")
    registry = root / REGISTRY
    if f'"{name}"' in registry.read_text() or (root / REGISTRY.parent / folder).exists():
        raise ValueError(f"there is a venue called {name} already")
    files = _copied(TEMPLATE / "venue", root / REGISTRY.parent / folder, name)
    files += _copied(TEMPLATE / "tests", root / "tests" / "venues" / folder, name)
    text = registry.read_text()
    last = text.index("\n}", text.index("_FOLDERS = {"))
    registry.write_text(f'{text[:last]}\n    "{name}": "{folder}",{text[last:]}')
    return [*files, registry]


def _copied(source: Path, target: Path, name: str) -> list[Path]:
    files = [path for path in sorted(source.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    return [_copy(path, target / path.relative_to(source), name) for path in files]


def _copy(path: Path, target: Path, name: str) -> Path:
    words = name.split("-")
    spelled = {"venues.acme": f"venues.{'_'.join(words)}", "acme": name}
    spelled["Acme"] = "".join(word.title() for word in words)
    text = re.sub("venues[.]acme|acme|Acme", lambda found: spelled[found[0]], path.read_text())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


def main() -> None:
    """Make the venue named by the only argument, and say what comes next."""
    try:
        files = made(ROOT, sys.argv[1] if len(sys.argv) > 1 else "")
    except ValueError as error:
        sys.exit(f"new-venue: {error}")
    for path in files:
        print(path.relative_to(ROOT))
    print("\nRead docs/adding-a-venue.md, then: make test ARGS='tests/venues/conformance'")


if __name__ == "__main__":
    main()
