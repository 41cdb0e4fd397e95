"""The toy is as small as it says, and knows no more than a venue may."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.test_architecture import MAY_IMPORT, allowed, imports
from tools.size import size_of

TOY = Path(__file__).parent
VENUE = [p for p in sorted(TOY.rglob("*.py")) if p.name not in ("losses.py", "test_toy.py")]


def test_toy_has_under_250_code_lines() -> None:
    """Counted as `make size` counts those of a venue."""
    assert sum(size_of(path, frozenset()).lines for path in VENUE) < 250


def test_toy_imports_what_a_venue_may() -> None:
    """No venue, no server, no client."""
    for path in VENUE:
        for name in imports(ast.parse(path.read_text())):
            package, _, rest = name.partition(".")
            if package == "countermand":
                assert allowed(rest, MAY_IMPORT["venues"]), f"{path.name} imports {name}"
