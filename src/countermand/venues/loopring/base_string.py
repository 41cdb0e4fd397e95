"""
The base string: what a signed request is boiled down to, and the readings clients have of it.

Shape:  METHOD & URL & what is asked, the latter two percent-encoded. The URL is the client's own
        base and the path, without the query. What is asked is the query's parameters sorted by
        name for GET and DELETE, and the body exactly as sent for POST and PUT.
Source: DEX API v3, "Special API request signatures"; the venue's Python sample client and npm SDK;
        tests/venues/loopring/vectors.

The documents do not settle how a value with special characters is encoded, and clients differ:

    sample client, documents    each value, then the whole          "a b,c*"   a%2520b%252Cc%252A
    npm SDK                     the whole, commas twice, not !'()*  "a b,c*"   a%20b%252Cc*
    hummingbot, mm-bot          the whole, once                     "a b,c*"   a%20b%2Cc%2A

Hashes, numbers and most ids have no such characters, and then there is but one reading. A
parameter that is present but empty is as absent: the npm SDK sends `clientOrderId=` and signs
without it, LoopringSharp signs it and does not send it. LoopringAPI signs the body of a key update
without the blanks it sends. That all are accepted, in this order, is our proposal.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes

import msgspec

from countermand.venues.loopring.crypto.field import P
from countermand.wire.http import Request

Pairs = list[tuple[bytes, bytes]]

ORDER_PATH = b"/api/v3/order"
KEY_PATH = b"/api/v3/apiKey"

_SLASHES = re.compile(rb"/{2,}")

# Names that one client signs with nothing behind them when it does not send them (LoopringSharp).
_OPTIONAL = {("DELETE", ORDER_PATH): (b"clientOrderId", b"orderHash")}

# What JavaScript's encodeURIComponent leaves alone besides letters, digits and _.-~
_JAVASCRIPT_SAFE = "!'()*"


def canonical(method: str, url: bytes, asked: str) -> bytes:
    """Return the base string; `asked` is encoded, `url` is not."""
    return f"{method}&{quote(url, safe='')}&{asked}".encode()


def message(base_string: bytes) -> int:
    """Return the number that is signed: the SHA-256 of a base string, big endian, modulo P."""
    return int(int.from_bytes(sha256(base_string).digest(), "big") % P)


def documented(request: Request, base_url: str) -> bytes:
    """Return the base string of a request as the documents have it; what our client signs."""
    return next(readings(request, [base_url]))


def readings(request: Request, base_urls: Iterable[str]) -> Iterator[bytes]:
    """
    Yield the base strings a request may have been signed as, the likeliest first, each once.

    A base URL that ends in a slash puts two into the URL that is signed, and clients send one of
    them or both.
    """
    stem = request.path.lstrip(b"/")
    paths = dict.fromkeys((request.path, b"/" + stem, b"//" + stem))
    asked = list(_asked(request))
    urls = [base.encode() + path for base in base_urls for path in paths]
    for url in dict.fromkeys(urls):
        for text in asked:
            yield canonical(request.method, url, text)


def parameters(query: bytes) -> Pairs:
    """
    Return the parameters of a query as sent, decoded and sorted by name.

    The sample client sends every parameter twice and signs it once, so of equal pairs one stays.
    """
    parts = [part.partition(b"=") for part in query.split(b"&") if part]
    pairs = [(_decoded(name), _decoded(value)) for name, _, value in parts]
    return sorted(dict.fromkeys(pairs), key=lambda pair: pair[0])


def collapsed(path: bytes) -> bytes:
    """Return a path with one slash where several stand together, as the venue reads it."""
    return _SLASHES.sub(b"/", path)


def _decoded(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def _asked(request: Request) -> Iterable[str]:
    if request.method in {"POST", "PUT"}:
        return _bodies(request)
    pairs = parameters(request.query)
    said = [pair for pair in pairs if pair[1]]
    names = {name for name, _ in said}
    optional = _OPTIONAL.get((request.method, collapsed(request.path)), ())
    absent = [(name, b"") for name in optional if name not in names]
    found = dict.fromkeys(_encodings(pairs))
    for other in (said, sorted(said + absent)):
        if other != pairs:
            found |= dict.fromkeys(_encodings(other))
    return found


def _bodies(request: Request) -> list[str]:
    asked = [quote(request.body, safe="")]
    if collapsed(request.path) == KEY_PATH:
        try:
            compact = msgspec.json.format(request.body, indent=-1)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return asked
        asked.append(quote(compact, safe=""))
    return asked


def _encodings(pairs: Pairs) -> Iterator[str]:
    joined = b"&".join(b"%b=%b" % pair for pair in pairs)
    values_first = b"&".join(b"%b=%b" % (name, quote(v, safe="").encode()) for name, v in pairs)
    yield quote(values_first, safe="")
    yield quote(joined, safe=_JAVASCRIPT_SAFE).replace("%2C", "%252C")
    yield quote(joined, safe="")
