"""Shown: a reply as text for people: a line for each field, a table for each list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def text(reply: Any) -> str:
    """Return a reply, of builtin values, as lines."""
    return "\n".join(_lines(reply, ""))


def _lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _fields(value, indent)
    elif isinstance(value, list | tuple):
        yield from _table(list(value), indent)
    else:
        yield f"{indent}{word(value)}"


def _fields(value: dict[str, Any], indent: str) -> Iterator[str]:
    plain = {name: one for name, one in value.items() if not _is_deep(one)}
    width = 2 + max(map(len, plain), default=0)
    for name, one in plain.items():
        yield f"{indent}{name:<{width}}{word(one)}".rstrip()
    for name, one in value.items():
        if _is_deep(one):
            yield f"{indent}{name}"
            yield from _lines(one, f"{indent}  ")


def _table(rows: list[Any], indent: str) -> Iterator[str]:
    if not rows:
        yield f"{indent}none"
        return
    if not all(isinstance(row, dict) for row in rows) or any(map(_is_nested, rows)):
        for row in rows:
            yield from _lines(row, indent)
        return
    # A column that says nothing of any row is left out.
    columns = list(dict.fromkeys(name for row in rows for name in row if row[name] is not None))
    cells = [columns, *([word(row.get(name)) for name in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        yield f"{indent}{'  '.join(padded)}".rstrip()


def _is_nested(row: dict[str, Any]) -> bool:
    return any(map(_is_deep, row.values()))


def _is_deep(value: Any) -> bool:
    if isinstance(value, dict):
        return True
    return isinstance(value, list | tuple) and any(isinstance(one, dict) for one in value)


def word(value: Any) -> str:
    """Return a cell."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(word, value)) or "none"
    return str(value)
