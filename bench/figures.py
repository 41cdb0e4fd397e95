"""What a run found out: figures with their goals, as one screen for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.console import Group
from rich.table import Table
from rich.text import Text

# How a value of each unit is shown; the unit itself is in the name of its row or column.
FORMS = {
    "": "{:,.2f}",
    "/s": "{:,.0f}",
    "us": "{:,.0f}",
    "ms": "{:,.1f}",
    "s": "{:,.2f}",
    "bytes": "{:,.0f}",
}


class Figure(Struct, frozen=True):
    """
    A cell of a part's table.

    A goal is a least value, or with `at_most` a greatest one. Where the value is the median of
    several slices, `low` and `high` are the least and the greatest of them. What is an `aside`
    is told as JSON only.
    """

    part: str
    row: str
    column: str
    value: float
    unit: str = ""
    goal: float | None = None
    at_most: bool = False
    low: float | None = None
    high: float | None = None
    aside: bool = False

    @property
    def missed(self) -> bool:
        """Whether there is a goal and the value falls short of it."""
        if self.goal is None:
            return False
        return self.value > self.goal if self.at_most else self.value < self.goal

    @property
    def shown(self) -> Text:
        """The value, the goal beside it, and whether it was missed."""
        text = Text(FORMS[self.unit].format(self.value))
        if self.missed:
            text.append(f", missed {self.goal:,.4g}", style="bold red")
        elif self.goal is not None:
            text.append(f", goal {self.goal:,.4g}", style="green")
        return text


def screen(figures: Sequence[Figure]) -> Group:
    """Return a table for each part."""
    shown = [figure for figure in figures if not figure.aside]
    parts = dict.fromkeys(figure.part for figure in shown)
    return Group(*(_table(part, [f for f in shown if f.part == part]) for part in parts))


def _table(part: str, figures: list[Figure]) -> Table:
    columns = list(dict.fromkeys(figure.column for figure in figures))
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(Text(part, style="bold"), no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    for row in dict.fromkeys(figure.row for figure in figures):
        cells = {figure.column: figure.shown for figure in figures if figure.row == row}
        table.add_row(row, *(cells.get(column, Text()) for column in columns))
    table.add_row()
    return table
