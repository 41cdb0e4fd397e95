"""The estimate of a venue's clock is never narrower than the venue's answers prove."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from countermand.client.clock import KEPT_NS, ClockOffset
from countermand.client.deadline import MS, S
from countermand.wire.http import Response

START_S = 1_800_000_000


def dated(second: int) -> Response:
    """Return an answer that was made in a second."""
    text = format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True)
    return Response(200, headers=((b"date", text.encode()),))


@given(
    st.integers(-86_400 * S, 86_400 * S),
    st.lists(
        st.tuples(
            st.integers(0, 3 * S), st.integers(0, S), st.integers(0, S), st.integers(0, KEPT_NS)
        ),
        min_size=1,
        max_size=20,
    ),
)
def test_bounds_hold_the_truth(offset_ns: int, trips: list[tuple[int, int, int, int]]) -> None:
    """The bounds hold for any offset and delay, and for a Date that its server kept a while."""
    offset, now_ns = ClockOffset(), START_S * S
    for pause_ns, there_ns, back_ns, kept_ns in trips:
        sent_ns = now_ns + pause_ns
        made_ns = sent_ns + there_ns
        now_ns = made_ns + back_ns
        offset.learn(dated((made_ns - kept_ns + offset_ns) // S), sent_ns, now_ns)
        assert offset.low_ns is not None
        assert offset.high_ns is not None
        assert offset.low_ns <= offset_ns <= offset.high_ns


def test_many_answers_tell_more_than_a_second() -> None:
    """Answers on both sides of a full second narrow the bounds to the time a Date is kept."""
    offset, offset_ns = ClockOffset(), 37 * S + 250 * MS
    for turn in range(200):
        sent_ns = START_S * S + turn * 53 * MS
        made_ns = sent_ns + MS
        offset.learn(dated((made_ns + offset_ns) // S), sent_ns, made_ns + MS)
    assert abs(offset.ns - offset_ns) < KEPT_NS // 2 + 60 * MS


def test_clock_that_may_be_right_is_left_alone() -> None:
    """An offset is made up for only where there is one for certain."""
    offset = ClockOffset()
    offset.learn(dated(START_S), START_S * S + MS, START_S * S + 2 * MS)
    assert offset.ns == 0


def test_clock_that_was_set_is_learned_anew() -> None:
    """An answer that contradicts the old bounds replaces them."""
    offset = ClockOffset()
    offset.learn(dated(START_S + 100), START_S * S, START_S * S)
    offset.learn(dated(START_S - 100), START_S * S, START_S * S)
    assert -101 * S < offset.ns < -98 * S


def test_answer_without_a_date_tells_nothing() -> None:
    """An answer with no Date, or an unreadable one, leaves the bounds as they are."""
    offset = ClockOffset()
    offset.learn(Response(200), 0, 1)
    offset.learn(Response(200, headers=((b"date", b"today"),)), 0, 1)
    assert offset.ns == 0
    assert offset.low_ns is None
