"""Tables that are read in both directions, so that the two ends of a wire cannot disagree."""

from collections.abc import Iterable
from enum import Enum
from typing import Any, Generic, TypeVar

from countermand.wire.errors import InvalidField, NotExpressible

Word = TypeVar("Word")
Member = TypeVar("Member", bound=Enum)


class Table(Generic[Word]):
    """
    Our words and a dialect's, one to one. `name` is the wire's field, for errors.

    Raises: ValueError when a word of either side stands in two rows.
    """

    __slots__ = ("_from_wire", "_to_wire", "name")

    def __init__(self, name: str, rows: tuple[tuple[Word, str], ...]) -> None:
        self.name = name
        self._to_wire = dict(rows)
        self._from_wire = {text: word for word, text in rows}
        if not len(rows) == len(self._to_wire) == len(self._from_wire):
            raise ValueError(f"table {name}: a word stands in two rows")

    def to_wire(self, word: Word) -> str:
        """Return the dialect's word. Raises NotExpressible when it has none."""
        try:
            return self._to_wire[word]
        except KeyError:
            said = word.name.lower() if isinstance(word, Enum) else word
            raise NotExpressible(f"{self.name} cannot be {said}") from None

    def from_wire(self, text: str) -> Word:
        """Return our word. Raises InvalidField for a text the table does not have."""
        try:
            return self._from_wire[text]
        except KeyError:
            raise InvalidField(self.name, f"invalid {self.name}") from None

    def read(self, text: str, otherwise: Word) -> Word:
        """Return our word for a client's reading, `otherwise` for a text the table lacks."""
        return self._from_wire.get(text, otherwise)

    def to_wire_if(self, word: Word | None) -> Any:
        """Return the dialect's word where one was given. Raises as `to_wire` does."""
        return None if word is None else self.to_wire(word)

    def from_wire_if(self, text: str | None) -> Word | None:
        """Return our word where a text was given. Raises as `from_wire` does."""
        return None if text is None else self.from_wire(text)

    def __contains__(self, word: Word) -> bool:
        return word in self._to_wire

    @property
    def rows(self) -> tuple[tuple[Word, str], ...]:
        """The rows, in order."""
        return tuple(self._to_wire.items())


def by_name(name: str, words: Iterable[Member], prefix: str = "", **renamed: str) -> Table[Member]:
    """Return the table of words that are spelled as ours after a prefix, but for those renamed."""
    return Table(name, tuple((word, prefix + renamed.get(word.name, word.name)) for word in words))
