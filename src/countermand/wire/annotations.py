"""
Annotations: what a venue keeps with an order in its `text`, because the exchange has no word for it
and the order's owner wants it told back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

T = TypeVar("T", bound=Struct)


class Annotations(Generic[T]):
    """A struct as text and back. One that is all defaults is the empty text, where it can be."""

    def __init__(self, kind: type[T]) -> None:
        self._decode = lru_cache(maxsize=4096)(msgspec.json.Decoder(kind).decode)
        required = [field for field in msgspec.structs.fields(kind) if field.required]
        self._none = None if required else kind()

    def write(self, value: T) -> str:
        """Return the text to keep."""
        return "" if value == self._none else msgspec.json.encode(value).decode()

    def read(self, text: str) -> T:
        """Return what was kept. Raises ValueError for the text of another dialect."""
        if not text and self._none is not None:
            return self._none
        try:
            return self._decode(text)
        except msgspec.DecodeError as error:
            raise ValueError(f"not an order of this venue: {error}") from None
