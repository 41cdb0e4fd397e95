"""Accept: the media type a client would rather have, of those there are."""

from __future__ import annotations

import pytest

from countermand.wire.accept import preferred

PRODUCED = (b"application/json", b"text/json")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (b"", b"application/json"),
        (b"*/*", b"application/json"),
        (b"text/json", b"text/json"),
        (b"Text/JSON", b"text/json"),
        (b"text/*", b"text/json"),
        (b"text/json, application/json", b"application/json"),
        (b"application/json;q=0.5, text/json", b"text/json"),
        (b"text/json;q=0.1, application/json;q=0.2", b"application/json"),
        (b"text/json;charset=utf-8;q=1.0, */*;q=0.9", b"text/json"),
        (b"text/json;q=0, */*", b"application/json"),
        (b"text/json;q=nonsense, */*;q=0.1", b"application/json"),
        (b"text/html", b"application/json"),
        (b",;,", b"application/json"),
    ],
)
def test_preferred(accept: bytes, chosen: bytes) -> None:
    """The highest weight counts, the most exact range first, and of equals the first produced."""
    assert chosen == preferred(accept, PRODUCED)
