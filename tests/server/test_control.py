"""The operator's acts over HTTP: the same rows, and what only a socket can get wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.served import Served

VENUE = "coinbase-intx"
CREDIT = f"/control/v1/venues/{VENUE}/accounts/alice/credit"
JSON = {"Content-Type": "application/json"}
MONEY = b'{"asset":"USDC","amount":"1"}'


@pytest.fixture(scope="module")
def control() -> Iterator[str]:
    """The control port of a running server."""
    with Served(None, "--venue", VENUE) as served:
        yield served.ready["control"]


def ask(url: str, method: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
    """Return the status and the JSON of an answer."""
    request = Request(url, body, headers, method=method)
    try:
        with urlopen(request) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_an_act_is_done(control: str) -> None:
    """A name may be percent-encoded, with the slash in it."""
    status, told = ask(f"{control}/control/v1/venues/{VENUE}/accounts", "GET", None, {})
    name = told["accounts"][0]["account"].replace("/", "%2F")
    path = f"/control/v1/venues/{VENUE}/accounts/{name}/credit"

    assert 200 == status
    assert 200 == ask(control + path, "POST", MONEY, JSON)[0]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("POST", CREDIT, MONEY, {}, 415, "media-type"),
        ("POST", CREDIT, MONEY, {"Content-Type": "text/plain"}, 415, "media-type"),
        ("POST", CREDIT, MONEY, JSON | {"Origin": "http://evil.test"}, 403, "foreign-origin"),
        ("POST", CREDIT, MONEY, JSON | {"Origin": "null"}, 403, "foreign-origin"),
        ("POST", CREDIT, b"{", JSON, 400, "malformed"),
        ("POST", CREDIT, b"\xff", JSON, 400, "malformed"),
        ("POST", CREDIT, b"[" * 60_000, JSON, 400, "malformed"),
        ("POST", CREDIT, b"[]", JSON, 400, "malformed"),
        ("POST", CREDIT, b"", JSON, 400, "malformed"),
        ("POST", CREDIT, b'{"venue":"x"}', JSON, 400, "malformed"),
        ("POST", CREDIT, b'{"asset":"USDC","amount":1}', JSON, 400, "malformed"),
        ("POST", CREDIT, b" " * 70_000, JSON, 413, "too-large"),
        ("GET", CREDIT, None, {}, 405, "method-not-allowed"),
        ("GET", f"/control/v1/venues/{VENUE}/accounts?x=1", None, {}, 400, "malformed"),
        ("GET", "/control/v1/venues/nyse/accounts", None, {}, 404, "unknown-venue"),
        ("GET", "/control/v1/nothing", None, {}, 404, "unknown-path"),
        ("GET", "/health", None, {"Host": "evil.test"}, 400, "malformed"),
    ],
)
def test_what_makes_no_sense_is_refused(
    control: str,
    method: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    """Every refusal has the same shape, and its own status."""
    told, refusal = ask(control + path, method, body, headers)

    assert (status, code) == (told, refusal["error"]["code"])
    assert "\n" not in refusal["error"]["text"]
