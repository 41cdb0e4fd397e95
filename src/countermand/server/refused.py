"""Refused: how the control port says no: a code for programs, a line for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from countermand.control.row import ControlError

_NOT_ALLOWED = 405


def refusal(error: ControlError, headers: Mapping[str, str] | None = None) -> Response:
    """Return a refusal as it is answered: `{"error": {"code", "text"}}`."""
    told = {"error": {"code": error.code, "text": error.text}}
    return Response(msgspec.json.encode(told), error.status, headers, "application/json")


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (it is registered for these)
    code = "method-not-allowed" if error.status_code == _NOT_ALLOWED else "unknown-path"
    text = f"{request.method} {request.url.path} is nothing that this port does"
    return refusal(ControlError(error.status_code, code, text), error.headers)


# By what Starlette raises where no route fits.
FAILURES: dict[Any, Any] = {HTTPException: _on_http}
