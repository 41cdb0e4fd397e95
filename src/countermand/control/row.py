"""
Row: one act of an operator, from its words to what does it, and the refusal of one.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Generator
from functools import cached_property
from typing import Any

from msgspec import Struct

from countermand.control.host import Host

# Where every row's path begins.
PREFIX = "/control/v1"

# A line that says why is no longer than this.
_TEXT_MAX = 500

_IN_PATH = re.compile(r"\{(\w+)\}")


class ControlError(Exception):
    """
    An act that is refused. `status` is HTTP's, `code` one word for programs, `text` one line for
    people.
    """

    def __init__(self, status: int, code: str, text: str) -> None:
        # The text may repeat the request, which may have any characters.
        line = "".join(one if one.isprintable() else "?" for one in text[:_TEXT_MAX])
        super().__init__(line)
        self.status, self.code, self.text = status, code, line


class Asked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What an operator asks with: the fields of the path and those of the body or query, by name.

    Units: decimal text for prices, quantities and amounts; names and symbols, no ids.
    """


class Done(Struct, frozen=True):
    """
    The reply of an act that changed the exchange and has nothing else to tell.

    `seq` is the number of the journal's entry that did it.
    """

    seq: int


class Download(Struct, frozen=True):
    """
    A file, instead of JSON. `pieces` must be read to the end or closed.

    Units: `length` in bytes.
    """

    name: str
    media_type: str
    length: int
    pieces: Generator[bytes, None, None]


class ControlRow(Struct, frozen=True, dict=True):
    """
    One act. `name` is that of the command, the operation and, with underscores, the method.

    Shape: fields of `message` that stand in braces in `path` are taken from there, the others from
    the JSON body, or from the query of a GET or DELETE.
    """

    name: str
    method: str
    path: str
    message: type[Struct]
    reply: type[Any]
    run: Callable[[Host, Any], Awaitable[Any]]
    summary: str

    @cached_property
    def path_fields(self) -> tuple[str, ...]:
        """The fields of the message that stand in the path, in order."""
        return tuple(_IN_PATH.findall(self.path))

    @property
    def has_body(self) -> bool:
        """Whether the other fields come as JSON."""
        return self.method in ("POST", "PUT", "PATCH")

    @property
    def is_download(self) -> bool:
        """Whether the reply is a file."""
        return self.reply is Download

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"
