"""Credentials and principals: a key with its owner and access, and the identity it proves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from msgspec import Struct

from countermand.wire.operation import Access


class Credential(Struct, frozen=True):
    """
    A key, its owner and its access; a venue adds secrets in a subclass. Its `repr` omits them, and
    the exchange's journal has no credentials among its entries.
    """

    owner: str
    key: str
    access: tuple[Access, ...]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(owner={self.owner!r}, key={self.key!r}, ...)"


class Principal(Struct, frozen=True, gc=False):
    """The owner, key and access that a verified request was proven with."""

    owner: str
    key: str
    access: tuple[Access, ...]


# The principal of requests to rows that need no proof.
ANYONE = Principal("", "", ())


C_co = TypeVar("C_co", bound=Credential, covariant=True)


class Keys(Protocol[C_co]):
    """Where the server keeps a venue's credentials."""

    def find(self, key: str) -> C_co | None:
        """Return the credential of `key`, or None."""

    def __iter__(self) -> Iterator[C_co]:
        """Yield every credential there is."""
