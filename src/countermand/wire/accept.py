"""
Accept: which of the media types a venue produces a client would rather have (RFC 9110, 12.5.1).
"""

from __future__ import annotations

from collections.abc import Sequence


def preferred(accept: bytes, produced: Sequence[bytes]) -> bytes:
    """
    Return the media type to answer in: the one accepted most, and of equals the first produced.

    A header that accepts none of them, or cannot be read, changes nothing.
    """
    ranges = dict(_range(part) for part in accept.lower().split(b","))
    return max(produced, key=lambda media_type: _quality(media_type, ranges))


def _range(part: bytes) -> tuple[bytes, float]:
    name, *parameters = (piece.strip() for piece in part.split(b";"))
    for parameter in parameters:
        if parameter.startswith(b"q="):
            return name, _weight(parameter[2:])
    return name, 1.0


def _weight(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _quality(media_type: bytes, ranges: dict[bytes, float]) -> float:
    # The most exact range counts, even where it is less.
    kind, _, _ = media_type.partition(b"/")
    for name in (media_type, kind + b"/*", b"*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0
