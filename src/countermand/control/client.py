"""
Client: the operator's acts from another process, over HTTP, each row a method.

    control = Control("http://127.0.0.1:8100")
    control.trade(venue="…", symbol="…", price="60000", quantity="0.1")
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec import Struct

from countermand.control.row import ControlError, ControlRow
from countermand.control.table import BY_NAME

TIMEOUT_S = 30.0

_JSON = "application/json"
_PIECE_BYTES = 64 * 1024


class Call(Struct, frozen=True):
    """A request for an act, without the socket."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None


class _Error(Struct, frozen=True):
    code: str
    text: str


class _Refusal(Struct, frozen=True):
    error: _Error


def call_of(row: ControlRow, given: Mapping[str, Any], token: str | None = None) -> Call:
    """
    Return the request for an act.

    Raises: ControlError for a field of the path that is not given or no text.
    """
    fields = msgspec.to_builtins(dict(given))
    path = row.path
    for name in row.path_fields:
        value = fields.pop(name, None)
        if not isinstance(value, str) or not value:
            raise ControlError(400, "malformed", f"{name}: must be given, as text")
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    if row.has_body:
        return Call(
            row.method, path, headers | {"Content-Type": _JSON}, msgspec.json.encode(fields)
        )
    query = urlencode({name: _text(value) for name, value in fields.items() if value is not None})
    return Call(row.method, f"{path}?{query}" if query else path, headers, None)


def reply_of(row: ControlRow, status: int, body: bytes) -> Any:
    """Return the reply of an act. Raises: ControlError for a refusal."""
    try:
        if status == 200:  # noqa: PLR2004  (HTTP)
            if row.is_download:
                return body
            return msgspec.json.decode(body, type=row.reply)
        error = msgspec.json.decode(body, type=_Refusal).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = f"what answered with status {status} is no control port of this version"
        raise ControlError(502, "not-control", text) from None
    raise ControlError(status, error.code, error.text)


class Control:
    """
    An operator of a running server. Each row is a method, with underscores in its name.

    `token` is needed beyond loopback. Methods take fields by name and return the row's reply.
    Raises: ControlError from every method, with the status 503 and the code "unreachable" when
            nothing answers; ValueError for what is no URL.
    """

    def __init__(
        self, url: str, token: str | None = None, *, tls: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no URL of a control port, such as http://127.0.0.1:8100")
        self.url, self._token, self._tls = url.rstrip("/"), token, tls
        self._is_tls, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port

    def call(self, name: str, /, **fields: Any) -> Any:
        """Do the act of that name. Raises: KeyError for a name that is in no row."""
        row = BY_NAME[name]
        asked = call_of(row, fields, self._token)
        with self._answer(asked) as answer:
            return reply_of(row, answer.status, answer.read())

    def download(self, name: str, to: BinaryIO, /, **fields: Any) -> int:
        """
        Write the file that an act returns to `to`, and return how many bytes that is.

        Raises: as `call`; ControlError with the code "cut" when it does not come whole.
        """
        row = BY_NAME[name]
        asked = call_of(row, fields, self._token)
        with self._answer(asked) as answer:
            if answer.status != 200:  # noqa: PLR2004  (HTTP)
                reply_of(row, answer.status, answer.read())
            expected, written = int(answer.headers["content-length"]), 0
            while piece := answer.read(_PIECE_BYTES):
                written += to.write(piece)
        if written != expected:
            raise ControlError(502, "cut", f"{written} of {expected} bytes came from {self.url}")
        return written

    @contextmanager
    def _answer(self, asked: Call) -> Iterator[HTTPResponse]:
        connection = self._connection()
        try:
            connection.request(asked.method, asked.target, asked.body, asked.headers)
            yield connection.getresponse()
        except (OSError, HTTPException) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise ControlError(503, "unreachable", f"no answer from {self.url}: {why}") from None
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if self._is_tls:
            return HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=self._tls)
        return HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        row = _row(name)

        def method(**fields: Any) -> Any:
            return self.call(row.name, **fields)

        return method

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name.replace("-", "_") for name in BY_NAME)]


class AsyncControl:
    """`Control` for a loop: each method is awaited, and runs in a thread meanwhile."""

    def __init__(
        self, url: str, token: str | None = None, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._control = Control(url, token, tls=tls)

    async def call(self, name: str, /, **fields: Any) -> Any:
        """Do the act of that name. Raises: as `Control.call`."""
        return await asyncio.to_thread(self._control.call, name, **fields)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        row = _row(name)

        async def method(**fields: Any) -> Any:
            return await self.call(row.name, **fields)

        return method

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name.replace("-", "_") for name in BY_NAME)]


def _row(name: str) -> ControlRow:
    if (row := BY_NAME.get(name.replace("_", "-"))) is None:
        raise AttributeError(f"no act of an operator is called {name}")
    return row


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
