"""The clock and the generations, as an operator moves them."""

from __future__ import annotations

import pytest
from tests.control.operated import Act, operate, refused
from tests.control.test_orders import placed

from countermand.server.operated import Operated

VENUE = "coinbase-intx"


def test_a_frozen_clock_moves_by_what_it_is_told() -> None:
    """The clock moves to the nanosecond, and runs on when it is released."""

    async def story(act: Act, _: Operated) -> None:
        frozen = await act("freeze")
        moved = await act("set-time", time="2100-01-01T00:00:00Z")
        later = await act("advance", by="1d 2h3m4s5ms 6us7ns")
        going = await act("run")

        assert (True, "wall") == (frozen["stands_still"], frozen["clients"])
        assert "2100-01-01T00:00:00Z" == moved["time"]
        assert "2100-01-02T02:03:04.005006007Z" == later["time"]
        assert not going["stands_still"]
        back = await refused(act("set-time", time="2100-01-01T00:00:00Z"))
        assert (409, "time-passed") == (back.status, back.code)
        assert "exchange" == (await act("set-client-clock", clock="exchange"))["clients"]

    operate(VENUE, story)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("advance", {"by": ""}),
        ("advance", {"by": "5"}),
        ("advance", {"by": "-5s"}),
        ("advance", {"by": "five days"}),
        ("advance", {"by": "1e9d"}),
        ("advance", {"by": "999999999999999999d"}),
        ("set-time", {"time": "tomorrow"}),
        ("set-time", {"time": "9999-12-31T23:59:59Z"}),
        ("set-client-clock", {"clock": "mine"}),
        ("snapshot", {"name": "../x"}),
        ("snapshot", {"name": ""}),
        ("reset", {"seed": "x"}),
    ],
)
def test_a_bad_time_is_refused(name: str, fields: dict[str, object]) -> None:
    """The clock has not moved."""

    async def story(act: Act, _: Operated) -> None:
        frozen = await act("freeze")
        refusal = await refused(act(name, **fields))

        assert 400 == refusal.status
        assert frozen == await act("clock")

    operate(VENUE, story)


def test_an_exchange_begins_anew_and_goes_on_from_what_was_saved() -> None:
    """A restored state has the orders it was saved with, and a reset exchange has none."""

    async def story(act: Act, host: Operated) -> None:
        text = await placed(host, VENUE, "alice", "mine")
        saved = await act("snapshot", name="one")
        await act("cancel-order", order=text)
        restored = await act("restore", name="one")
        again = await act("order", order=text)
        anew = await act("reset")
        gone = await refused(act("order", order=text))
        unknown = await refused(act("restore", name="two"))

        assert {"snapshots": ["one"]} == saved == await act("snapshots")
        assert (2, 3) == (restored["generation"], anew["generation"])
        assert "new" == again["ord_status"]
        assert "unknown-order" == gone.code
        assert (404, "unknown-snapshot") == (unknown.status, unknown.code)

    operate(VENUE, story)
