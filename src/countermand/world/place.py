"""Place: where in a world's text something stands, for people and for a search of its line."""

from __future__ import annotations

from msgspec import Struct

# Keys of tables and indexes of lists, from the file's root on.
Path = tuple[str | int, ...]


class WorldError(Exception):
    """
    A world that cannot be: the text names the venue, the thing and what is wrong with it.

    `at` is where in the world's text that stands, empty where no text has it.
    """

    def __init__(self, text: str, at: Path = ()) -> None:
        super().__init__(text)
        self.at = at


class Place(Struct, frozen=True):
    """A part of a world: what people call it, and its path."""

    name: str
    path: Path

    def inner(self, name: str, *path: str | int) -> Place:
        """Return a part of this part; without a path it is found under its name."""
        return Place(f"{self.name}: {name}", (*self.path, *(path or (name,))))

    def refuse(self, fault: str) -> WorldError:
        """Return the error that says what is wrong here."""
        return WorldError(f"{self.name}: {fault}", self.path)
