"""Credentials and who they prove: a key, whose it is, and what it allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from msgspec import Struct

from countermand.wire.operation import Access


class Credential(Struct, frozen=True):
    """
    A key and whose it is; a venue adds its secrets in a subclass. Never printed, never journaled.
    """

    owner: str
    key: str
    access: tuple[Access, ...]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(owner={self.owner!r}, key={self.key!r}, ...)"


class Principal(Struct, frozen=True, gc=False):
    """Who a verified request comes from, and what the key allows."""

    owner: str
    key: str
    access: tuple[Access, ...]


# Who asks where a row takes requests from anyone.
ANYONE = Principal("", "", ())


C_co = TypeVar("C_co", bound=Credential, covariant=True)


class Keys(Protocol[C_co]):
    """Where the server keeps a venue's credentials."""

    def find(self, key: str) -> C_co | None:
        """Return the credential of `key`, or None."""

    def __iter__(self) -> Iterator[C_co]:
        """Yield every credential there is."""
