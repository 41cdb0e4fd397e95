"""The page about faults: its recipes, run as they stand there, and its table of kinds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from tests.served import Served

from countermand.control.client import Control
from countermand.faults.kinds import MEANS, Kind

PAGE = (Path(__file__).parents[2] / "docs" / "testing" / "faults.md").read_text()
BEGIN, *RECIPES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COMMENT = re.compile(r"#\s+(.*)$")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The whole demo world: names in it depend on what there is."""
    with Served(None) as running:
        yield running


def promised(recipe: str) -> list[str]:
    """Return the output that the lines of a recipe promise; a loop's once for each turn."""
    lines = [COMMENT.search(line) for line in recipe.splitlines() if "print(" in line]
    return [said for found in lines if found for said in found[1].split(" | ")]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda text: text.splitlines()[0])
def test_a_recipe_prints_what_it_says(served: Served, recipe: str) -> None:
    """Each recipe of the page runs as it stands, except for ports."""
    control = served.ready["control"]
    moved = f"{BEGIN}\n{recipe}".replace("http://127.0.0.1:8100", control)
    for port, venue in ((8103, "coinbase-intx"), (8105, "polymarket-us")):
        moved = moved.replace(f"http://127.0.0.1:{port}", served.venue(venue)["base_url"])
    printed = io.StringIO()
    space: dict[str, object] = {}
    with redirect_stdout(printed):
        exec(compile(moved, "faults.md", "exec"), space)  # noqa: S102  (the lines of our own page)
    Control(control).clear_faults()
    space["sdk"].client.http_client.close()  # type: ignore[attr-defined]

    assert promised(recipe) == printed.getvalue().splitlines()
    assert promised(recipe)


def test_every_kind_stands_in_the_table() -> None:
    """The rows are in order, with what the client sees and what was done."""
    rows = [f"| `{kind}` | {seen} | {done} |" for kind, (seen, done) in MEANS.items()]

    assert list(Kind) == list(MEANS)
    assert "\n".join(rows) in PAGE


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_recipe(kind: Kind) -> None:
    """A recipe sets the kind, or the page says which recipe it is like."""
    recipes = "".join(RECIPES)
    assert f'"{kind}"' in recipes or kind.startswith("reset-")
