"""The request log: one line a request without secrets, and why a request was not proven."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from msgspec.structs import replace
from tests.bot import Bot
from tests.served import Served

from countermand import world as worlds
from countermand.app.founding import key_ring
from countermand.server.credentials import KeyRing
from countermand.server.request_log import CUT, explained, logged
from countermand.venues import VENUES
from countermand.wire.http import Request, Response
from countermand.wire.venue import Venue

NOW_NS = 1_770_000_000_000_000_000


class Clock:
    """A clock that stands at one instant."""

    def now_ns(self) -> int:
        """Return now."""
        return NOW_NS


def keys_of(name: str) -> tuple[Venue, KeyRing, Any]:
    """A venue of the demo world, its keys and its settings."""
    venue = VENUES[name]
    [part] = worlds.demo([venue]).values()
    return venue, key_ring(venue, part), worlds.settings(venue, part)


@pytest.mark.parametrize("name", VENUES)
def test_no_venue_logs_what_proves_who_asks(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Everything the venue's own client adds to prove itself is cut, or is a public part."""
    caplog.set_level(logging.DEBUG)
    venue, keys, _ = keys_of(name)
    credential = next(iter(keys))
    plain = Request("DELETE", b"/orders/1", b"accountId=10010", ((b"host", b"localhost"),))
    if name == "autoshares":
        signed = plain.with_headers(
            (b"authorization", b"Bearer secret"), (b"password", b"secret"), (b"pincode", b"secret")
        )
    else:
        signed = venue.auth.sign(plain, credential, NOW_NS)
    logged(lambda _, answer: answer(Response(401)), venue)(signed, lambda _: None)

    [line] = caplog.records
    assert ("answered", 401, "DELETE") == (line.getMessage(), line.status, line.method)  # type: ignore[attr-defined]
    shown = {name for name, value in line.headers.items() if value != CUT}  # type: ignore[attr-defined]
    public = {"host", "cb-access-key", "cb-access-timestamp", "x-pm-access-key", "x-pm-timestamp"}
    assert shown <= public


def test_a_secret_in_the_query_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    """A secret parameter is cut by its name, at any place in the query."""
    caplog.set_level(logging.DEBUG)
    venue = VENUES["coinbase-intx"]
    request = Request("GET", b"/", b"a=1&CB-ACCESS-SIGN=secret&b=2")
    logged(lambda _, answer: answer(Response(200)), venue)(request, lambda _: None)

    assert f"a=1&CB-ACCESS-SIGN={CUT}&b=2" == caplog.records[0].query  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", VENUES)
def test_the_secrets_of_another_venue_are_cut(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """A client that is pointed at the wrong port still sends them."""
    caplog.set_level(logging.DEBUG)
    sent = tuple(
        (secret, b"of mine") for venue in VENUES.values() for secret in venue.habits.secrets
    )
    request = Request("GET", b"/", b"", sent)
    logged(lambda _, answer: answer(Response(404)), VENUES[name])(request, lambda _: None)

    assert {CUT} == set(caplog.records[0].headers.values())  # type: ignore[attr-defined]


def test_nothing_is_wrapped_where_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """At other log levels no layer is added."""
    caplog.set_level(logging.INFO)

    def begin(request: Request, answer: Any) -> None:
        answer(Response(200))

    assert begin is logged(begin, VENUES["coinbase-intx"])


REQUEST = Request(
    "POST", b"/api/v1/orders", b"portfolio=1", ((b"host", b"localhost"),), b'{"side":"BUY"}'
)
PM_REQUEST = replace(REQUEST, path=b"/v1/orders")


def why(name: str, request: Request, status: int = 401) -> str:
    """Return what the log says of a refused request."""
    venue, keys, settings = keys_of(name)
    with_reason = explained(
        lambda _, answer: answer(Response(status)), venue, keys, settings, Clock()
    )
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger = logging.getLogger("countermand.server.request_log")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with_reason(request, lambda _: None)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    [record] = records
    return str(record.why)  # type: ignore[attr-defined]


def sent(name: str, request: Request, **signed: Any) -> Request:
    """A request as a client sends it that signs another one."""
    venue, keys, _ = keys_of(name)
    headers = venue.auth.sign(replace(request, **signed), next(iter(keys)), NOW_NS).headers
    return replace(request, headers=headers)


@pytest.mark.parametrize(
    ("name", "request_", "signed", "slip"),
    [
        ("coinbase-intx", REQUEST, {"path": b"/api/v1/orders?portfolio=1"}, "with the query"),
        ("coinbase-intx", REQUEST, {"path": b"/orders"}, "without /api/v1"),
        ("coinbase-intx", REQUEST, {"body": b""}, "without the body"),
        ("coinbase-intx", REQUEST, {"method": "post"}, "small letters"),
        ("coinbase-intx", REQUEST, {"body": b"other"}, "cannot be told"),
        ("polymarket-us", PM_REQUEST, {"path": b"/v1/orders?portfolio=1"}, "with the query"),
        ("polymarket-us", PM_REQUEST, {"path": b'/v1/orders{"side":"BUY"}'}, "with the body"),
        ("polymarket-us", PM_REQUEST, {"path": b"/orders"}, "without /v1"),
        ("polymarket-us", PM_REQUEST, {"method": "GET"}, "cannot be told"),
    ],
)
def test_the_slip_is_named(name: str, request_: Request, signed: dict[str, Any], slip: str) -> None:
    """The text to be signed is logged, and the text that was signed where that can be found out."""
    told = why(name, sent(name, request_, **signed))

    assert slip in told
    assert f"{NOW_NS // 10**9}" in told
    assert request_.path.decode() in told


@pytest.mark.parametrize(
    ("name", "headers", "told"),
    [
        ("deltadefi", (), "without X-API-KEY"),
        ("deltadefi", ((b"x-api-key", b"nobody's"),), "no key is what"),
        ("autoshares", (), "without Et-App-Key"),
        ("autoshares", ((b"et-app-key", b"nobody's"),), "no application's"),
        ("coinbase-intx", (), "without CB-ACCESS-KEY, CB-ACCESS-PASSPHRASE"),
        ("polymarket-us", (), "without x-pm-access-key"),
    ],
)
def test_a_missing_field_is_named(
    name: str, headers: tuple[tuple[bytes, bytes], ...], told: str
) -> None:
    """A header that is missing is named, and a key that is unknown."""
    assert told in why(name, replace(REQUEST, headers=headers))


def test_a_late_stamp_is_named() -> None:
    """The signature is right and the stamp is not."""
    venue, keys, _ = keys_of("coinbase-intx")
    late = venue.auth.sign(REQUEST, next(iter(keys)), NOW_NS - 90 * 10**9)

    assert "90 seconds behind" in why("coinbase-intx", late)


def test_a_key_that_may_not_is_named() -> None:
    """Proven and not allowed is another thing than not proven."""
    assert "the key may not do this" == why("coinbase-intx", sent("coinbase-intx", REQUEST), 403)


def test_the_demo_explains_and_debug_logs() -> None:
    """
    Over a socket: a wrong secret is explained, and each request has its line, without secrets.
    """
    with Served(None, "--log-level", "debug", "--venue", "coinbase-intx") as running:
        bot = Bot(running.venue("coinbase-intx"), "alice")
        secret = bot._account["signing_key"]
        bot._account["signing_key"] = "AAAA"
        status, _ = bot.place("refused", "BUY", "2700", "0.01")
        bot.close()
        _, log = running.stop()

    events = [json.loads(line) for line in log.splitlines()]
    [explained_line] = [event for event in events if event["event"] == "not proven"]
    [answered] = [event for event in events if event["event"] == "answered"]
    assert (401, 401) == (status, answered["status"])
    assert "POST/api/v1/orders" in explained_line["why"]
    assert secret not in log
