"""
CBOR by position: where an item ends, so that signed bytes can be cut out as they came.

Shape:  functions of the whole encoding and a position in it; nothing is copied or decoded but
        what is asked for. Tags, maps, indefinite lengths and lengths that are longer than they
        need be are all followed.
Raises: NotCbor for what is not well formed, and for what is not the kind of item asked for.
Source: RFC 8949, sections 3 and 5.3.1 and appendix C.

A general decoder would not do: it gives values, and a body encoded anew need not be the body that
was signed.
"""

from typing import NamedTuple

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)

# Deeper than any transaction goes, and shallow enough for the stack.
DEPTH_MAX = 32

_INDEFINITE = 31
_BREAK = 0xFF
_SMALLEST_LONG_SIMPLE = 32


class NotCbor(ValueError):
    """The bytes are not well-formed CBOR, or not the item expected; the text says which."""


class Head(NamedTuple):
    """
    The start of an item: its major type, its argument and where its content begins.

    `argument` is None where the length is indefinite.
    """

    major: int
    argument: int | None
    content: int


class Span(NamedTuple):
    """Where an item starts, and where what follows it does."""

    start: int
    end: int


def head(raw: bytes, at: int) -> Head:
    """Return the head of the item at `at`."""
    if at >= len(raw):
        raise NotCbor("the data ends where an item should start")
    major, info = raw[at] >> 5, raw[at] & 31
    if info < 24:  # noqa: PLR2004  (RFC 8949: the argument itself)
        return Head(major, info, at + 1)
    if info < 28:  # noqa: PLR2004  (RFC 8949: 1, 2, 4 or 8 bytes of it follow)
        return _long_head(raw, at, 1 << (info - 24))
    if info != _INDEFINITE or major in (UNSIGNED, NEGATIVE, TAG):
        raise NotCbor(f"additional information {info} of an item is reserved")
    return Head(major, None, at + 1)


def end(raw: bytes, at: int, depth: int = DEPTH_MAX) -> int:
    """Return where the item at `at` ends, having followed all that is in it."""
    major, argument, content = head(raw, at)
    match major:
        case _ if major in (BYTES, TEXT):
            return _string_end(raw, major, argument, content)
        case _ if major in (ARRAY, MAP):
            return _follow(raw, Head(major, argument, content), depth)[1]
        case _ if major == TAG:
            return end(raw, content, _deeper(depth))
    if argument is None:
        raise NotCbor("a break stands outside of anything it could end")
    return content


def inside(raw: bytes, at: int, major: int) -> tuple[Span, ...]:
    """
    Return the items of the array or map at `at`; a map's are its keys and values in turn.

    Raises: NotCbor when it is neither, or not the one of the two that `major` says.
    """
    it = head(raw, at)
    if it.major != major:
        raise NotCbor(f"major type {it.major} stands where {major} should")
    return _follow(raw, it, DEPTH_MAX)[0]


def byte_string(raw: bytes, at: int) -> bytes:
    """Return the content of the byte string at `at`, which must have a definite length."""
    major, argument, content = head(raw, at)
    if major != BYTES or argument is None:
        raise NotCbor("a byte string of definite length is expected")
    return raw[content : _string_end(raw, major, argument, content)]


def _long_head(raw: bytes, at: int, size: int) -> Head:
    content = at + 1 + size
    if content > len(raw):
        raise NotCbor("the data ends within the head of an item")
    major, argument = raw[at] >> 5, int.from_bytes(raw[at + 1 : content], "big")
    if major == SIMPLE and size == 1 and argument < _SMALLEST_LONG_SIMPLE:
        raise NotCbor(f"simple value {argument} must be written in one byte")
    return Head(major, argument, content)


def _string_end(raw: bytes, major: int, argument: int | None, content: int) -> int:
    if argument is not None:
        if content + argument > len(raw):
            raise NotCbor("the data ends within a string")
        return content + argument
    while not _is_break(raw, content):
        chunk = head(raw, content)
        if chunk.major != major or chunk.argument is None:
            raise NotCbor("a string's chunks must be strings of its kind with definite lengths")
        content = _string_end(raw, *chunk)
    return content + 1


def _follow(raw: bytes, it: Head, depth: int) -> tuple[tuple[Span, ...], int]:
    spans, at, depth = list[Span](), it.content, _deeper(depth)
    width = 2 if it.major == MAP else 1
    if it.argument is not None:
        # The data runs out long before a count that is too large does.
        for _ in range(it.argument * width):
            spans.append(Span(at, end(raw, at, depth)))
            at = spans[-1].end
        return tuple(spans), at
    while not _is_break(raw, at):
        spans.append(Span(at, end(raw, at, depth)))
        at = spans[-1].end
    if len(spans) % width:
        raise NotCbor("a map ends after a key")
    return tuple(spans), at + 1


def _is_break(raw: bytes, at: int) -> bool:
    return raw[at : at + 1] == bytes((_BREAK,))


def _deeper(depth: int) -> int:
    if depth == 0:
        raise NotCbor(f"items are nested more than {DEPTH_MAX} deep")
    return depth - 1
