"""Blocks: a world's text cut at its tables, each with the comment that stands above it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_HEADER = re.compile(r"\[{1,2}([^\[\]]+)\]{1,2}")


class Block(Struct, frozen=True):
    """
    A table of a file: the lines above its header that are comments or empty, and its own.

    Shape: `path` are the names in its header.
    """

    comment: tuple[str, ...]
    path: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """It as it stands in the file, without empty lines at its ends."""
        return "\n".join((*self.comment, *self.lines)).strip("\n")


def blocks(text: str) -> Iterator[Block]:
    """
    Yield the tables of a file, in order. Headers stand at the beginning of their lines, and their
    names have no dots in them.
    """
    comment: list[str] = []
    lines: list[str] = []
    path: tuple[str, ...] = ()
    for line in text.splitlines():
        if (header := _HEADER.fullmatch(line)) is not None:
            above = _comment_above(lines)
            body = lines[: len(lines) - len(above)]
            if path:
                yield Block(tuple(comment), path, tuple(body))
            comment, lines, path = above, [], tuple(header[1].split("."))
        lines.append(line)
    yield Block(tuple(comment), path, tuple(lines))


def _comment_above(lines: list[str]) -> list[str]:
    count = 0
    while count < len(lines) and not lines[-1 - count].partition("#")[0].strip():
        count += 1
    return lines[len(lines) - count :]
