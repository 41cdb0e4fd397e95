"""Paths: the one spelling that rows are written in, and the others a client may use."""

import re

LOGIN = b"/token"

_SLASHES = re.compile(rb"/{2,}")
_UNVERSIONED = re.compile(rb"(?:/api)?(/token|/logout)")
_VERSIONED = re.compile(rb"(?:/api)?/v(?:1|1\.0|2\.0)(/(?!token$|logout$).+)")


def normal(path: bytes) -> bytes:
    """
    Return the one spelling of a path that rows are written in: version 1.0, without `/api`.

    Source: Autoshares API, "Environments" (without `/api`); ETNA manual, samples (with it);
            versions 1 and 1.0: Orders API reference; 2.0: stands of ETNA. No other is served, and
            a login has none: ETNA manual, "Token". A slash at the end: ETNA manual, "Get
            transactions"; a slash too many: clients whose base URL ends in one.
    """
    if b"//" in path:
        path = _SLASHES.sub(b"/", path)
    if path.endswith(b"/"):
        path = path[:-1]
    if (login := _UNVERSIONED.fullmatch(path)) is not None:
        return bytes(login[1])
    match = _VERSIONED.fullmatch(path)
    return path if match is None else b"/v1.0" + match[1]
