"""HTTP values: requests and responses as bytes, with no socket and no framework behind them."""

from msgspec import Struct

# The status of an answer after which the connection speaks another protocol.
SWITCHING = 101

HeaderList = tuple[tuple[bytes, bytes], ...]


class Request(Struct, frozen=True, gc=False):
    """
    A request as it is on the wire.

    Shape: `path` is the raw target before the `?`, `query` what follows it, both still
    percent-encoded; header names are lower case; `body` is exactly the bytes sent. With
    `offers_websocket` the connection can become a WebSocket instead of carrying an answer.
    """

    method: str
    path: bytes
    query: bytes = b""
    headers: HeaderList = ()
    body: bytes = b""
    offers_websocket: bool = False

    def header(self, name: bytes) -> bytes | None:
        """Return the first value of the header called `name` (lower case), or None."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def with_headers(self, *extra: tuple[bytes, bytes]) -> "Request":
        """Return this request with `extra` headers after its own."""
        headers = self.headers + extra
        line = (self.method, self.path, self.query)
        return Request(*line, headers, self.body, self.offers_websocket)


class Response(Struct, frozen=True, gc=False):
    """A response as it is on the wire; `content_type` is empty when there is no body."""

    status: int
    body: bytes = b""
    content_type: bytes = b"application/json"
    headers: HeaderList = ()
