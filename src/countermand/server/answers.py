"""
Answers: from a `Response` to the bytes of its head and body.
"""

from __future__ import annotations

from http import HTTPStatus

from countermand.wire.http import Response

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_STATUS_LINES = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n".encode() for s in HTTPStatus}

# Statuses without a body by definition: they must not have a content-length (RFC 9110, 8.6).
_NO_CONTENT = frozenset({204, 304})


def encode_answer(response: Response, *extra: bytes, has_body: bool = True) -> bytes:
    """
    Return an answer as it is sent.

    Shape: `extra` are whole header lines; without `has_body` it ends after the head, as the answer
    to HEAD does.
    """
    status, body = response.status, response.body
    parts = [_STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status]
    if status not in _NO_CONTENT:
        parts.append(b"content-length: %d\r\n" % len(body))
    if response.content_type:
        parts.append(b"content-type: %b\r\n" % response.content_type)
    parts += [b"%b: %b\r\n" % header for header in response.headers]
    parts += extra
    parts.append(b"\r\n")
    if has_body:
        parts.append(body)
    return b"".join(parts)


def half_of(response: Response, *extra: bytes) -> bytes:
    """Return the first half of an answer's body behind a whole head; without one its first word."""
    whole = encode_answer(response, *extra)
    return whole[: len(whole) - (len(response.body) + 1) // 2] if response.body else whole[:8]


def encode_head(response: Response, *extra: bytes) -> bytes:
    """Return the head of an answer whose length its headers say, or its end."""
    status = response.status
    lines = [_STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status]
    lines += [b"%b: %b\r\n" % header for header in response.headers]
    return b"".join((*lines, *extra, b"\r\n"))
