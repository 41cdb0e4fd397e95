"""Limits of this venue's fields: each is taken at the limit, and refused one beyond."""

from __future__ import annotations

import pytest
from tests.venues.desk import START_NS, Desk

from countermand.venues import VENUES
from countermand.venues.polymarket_us import resolve, slippage
from countermand.venues.polymarket_us.auth import KEY, SIGNATURE, TIMESTAMP
from countermand.venues.polymarket_us.messages.orders import SlippageTolerance
from countermand.venues.polymarket_us.messages.shared import Amount
from countermand.vocabulary.order import Side
from countermand.wire.errors import InvalidField, Unauthorized
from countermand.wire.http import Request


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The demo world."""
    return Desk(VENUES["polymarket-us"])


def test_slug() -> None:
    """256 characters."""
    assert "s" * 256 == resolve.required_slug("s" * 256)

    with pytest.raises(InvalidField, match="invalid marketSlug: is too long"):
        resolve.required_slug("s" * 257)


def test_slippage(desk: Desk) -> None:
    """A million ticks."""
    market = next(iter(desk.directory.instruments.values()))
    price = Amount("0.50", "USD")
    widest, wider = (SlippageTolerance(current_price=price, ticks=n) for n in (10**6, 10**6 + 1))

    assert market.limit_up_ticks == slippage.bound_ticks(widest, Side.BUY, market)
    with pytest.raises(InvalidField, match=r"slippageTolerance\.ticks: must be 1000000 at most"):
        slippage.bound_ticks(wider, Side.BUY, market)


@pytest.mark.parametrize(("digits", "status"), [(18, 200), (19, 400)])
def test_cursor(desk: Desk, digits: int, status: int) -> None:
    """Eighteen digits."""
    asked = Request("GET", b"/v1/portfolio/positions", b"cursor=" + b"9" * digits)

    assert status == desk.send(asked)[0]


@pytest.mark.parametrize(
    ("digits", "text"),
    [(16, "timestamp outside the allowed window"), (17, "invalid timestamp")],
)
def test_stamp(desk: Desk, digits: int, text: str) -> None:
    """Sixteen digits of milliseconds are a time, though none of ours."""
    key = desk.credential().key.encode()
    headers = ((KEY, key), (TIMESTAMP, b"9" * digits), (SIGNATURE, b"AA=="))

    with pytest.raises(Unauthorized, match=text):
        desk.venue.auth.verify(
            Request("GET", b"/", b"", headers), desk.keys, desk.settings, START_NS
        )
