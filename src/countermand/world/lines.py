"""
Lines: where in a TOML text a value stands. The library that reads TOML keeps no positions.

The text was read already, so it is valid, and only what opens and closes must be understood.
"""

from __future__ import annotations

import re

from countermand.world.place import Path

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL
)
# A number, a truth or a time; a time may have a space in it.
_SCALAR = re.compile(r"[^,\]}#\n]+")


def line_of(text: str, path: Path) -> int:
    """
    Return the line, counted from 1, of the value at `path`, or of the nearest that holds it.

    `text` is valid TOML. Of a path that is not there at all it is line 1.
    """
    found = _Scan(text).starts
    while path and path not in found:
        path = path[:-1]
    return text.count("\n", 0, found.get(path, 0)) + 1


class _Scan:
    """One pass over a text; `starts` has the offset of every value and table in it."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self.starts: dict[Path, int] = {}
        # How many tables each list of tables has by now.
        self._counts: dict[Path, int] = {}
        table: Path = ()
        while self._skip(_BLANK) < len(text):
            table = self._header() if text[self._at] == "[" else self._assigned(table)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        if (match := pattern.match(self._text, self._at)) is not None:
            self._at = match.end()
        return self._at

    def _header(self) -> Path:
        start, is_list = self._at, self._text.startswith("[[", self._at)
        self._at += 1 + is_list
        *outer, last = self._key()
        self._at = self._text.index("]", self._at) + 1 + is_list
        path: Path = ()
        for name in outer:
            path = self._newest((*path, name))
        path = (*path, last)
        if is_list:
            self._counts[path] = self._counts.get(path, 0) + 1
            path = self._newest(path)
        self.starts.setdefault(path, start)
        return path

    def _newest(self, path: Path) -> Path:
        # Under the name of a list of tables a header means the newest of them.
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _assigned(self, table: Path) -> Path:
        start, path = self._at, (*table, *self._key())
        self._skip(_SPACE)
        self._at += 1  # the sign between a key and its value
        self._skip(_SPACE)
        self._value(path)
        for end in range(len(table) + 1, len(path) + 1):
            self.starts.setdefault(path[:end], start)
        self.starts[path] = start
        return table

    def _key(self) -> list[str]:
        names = []
        while True:
            self._skip(_SPACE)
            start = self._at
            is_quoted = self._text[start] in "\"'"
            self._skip(_STRING if is_quoted else _BARE)
            names.append(self._text[start + is_quoted : self._at - is_quoted])
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return names
            self._at += 1

    def _value(self, path: Path) -> None:
        self.starts[path] = self._at
        match self._text[self._at]:
            case "[":
                self._list(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_SCALAR)

    def _list(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._text[self._skip(_BLANK)] != "]":
            self._value((*path, index))
            index += 1
            self._comma()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._text[self._skip(_BLANK)] != "}":
            self._assigned(path)
            self._comma()
        self._at += 1

    def _comma(self) -> None:
        if self._text[self._skip(_BLANK)] == ",":
            self._at += 1
