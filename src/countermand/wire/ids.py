"""
Ids: one text at the venue, one number here.

Our server's ids are renderings of its numbers, and are read back by arithmetic. A real venue's
have any form: UUIDs, digits, hashes. Our client reads them all and sends them back letter for
letter. A text that renders no number of ours becomes a number below zero, made of the text's own
letters: no table is kept, so it is the same number in every process.

Shape:  below zero is minus the number that 1 and the UTF-8 bytes of the text make. Such a number is
        for our client alone: it has as many bits as the text, and no journal takes it.
"""

from collections.abc import Callable

from msgspec import Struct


class Spelling(Struct, frozen=True):
    """How a venue writes the ids of one kind: the text of a number, and back, None for no id."""

    text: Callable[[int], str]
    parse: Callable[[str], int | None]


ReadId = Callable[[Spelling, str], int | None]


def ours(spelling: Spelling, text: str) -> int | None:
    """Return the number that a text renders, or None: for a server, which emitted all there are."""
    return spelling.parse(text)


def anyones(spelling: Spelling, text: str) -> int | None:
    """
    Return the number of any text, or None for an empty one: for a client, which emits none.

    Shape:  a number of ours where it is spelled in just these letters, else one below zero.
    """
    number = spelling.parse(text)
    if number is not None and number > 0 and spelling.text(number) == text:
        return number
    return foreign(text) if text else None


def foreign(text: str) -> int:
    """Return the number below zero of a text that is not empty: of a thing that has only a name."""
    return -int.from_bytes(b"\x01" + text.encode())


def spelled(spelling: Spelling, number: int) -> str:
    """Return the text of an id: as it was read, letter for letter, or our own rendering."""
    return foreign_text(number) if number < 0 else spelling.text(number)


def foreign_text(number: int) -> str:
    """Return the text that a number below zero was made of."""
    return (-number).to_bytes((number.bit_length() + 7) // 8)[1:].decode()
