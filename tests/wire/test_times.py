"""Times are integers of nanoseconds, read leniently and exactly, written in one way."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.wire import times


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2023-03-16T23:59:53Z", 1_679_011_193 * times.S),
        ("2023-03-16T23:59:53.000Z", 1_679_011_193 * times.S),
        ("2023-03-16T23:59:53.5Z", 1_679_011_193 * times.S + 500 * times.MS),
        ("2023-03-16T23:59:53.123456789Z", 1_679_011_193 * times.S + 123_456_789),
        ("2023-03-17T01:59:53+02:00", 1_679_011_193 * times.S),
        ("2023-03-16T18:29:53-0530", 1_679_011_193 * times.S),
        ("2023-03-16t23:59:53z", 1_679_011_193 * times.S),
    ],
)
def test_iso_text_is_read_exactly(text: str, ns: int) -> None:
    """Up to nine digits, with any offset."""
    assert times.parse_iso(text) == ns


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023-03-16",
        "2023-03-16T23:59:53",
        "2023-13-16T23:59:53Z",
        "2023-02-30T23:59:53Z",
        "2023-03-16T24:00:00Z",
        "2023-03-16T23:60:00Z",
        "2023-03-16T23:59:53.1234567890Z",
        "2023-03-16T23:59:53Z ",
        "٢٠٢٣-03-16T23:59:53Z",
        "1679011193",
    ],
)
def test_malformed_instant_is_refused(text: str) -> None:
    """A time without a zone is no instant; digits are ASCII."""
    with pytest.raises(ValueError, match=r"must be|day is out of range|month must be"):
        times.parse_iso(text)


@given(st.integers(0, 250_000_000_000_000))
def test_text_is_the_calendar_s(ms: int) -> None:
    """Written like the standard library would, and read back."""
    text = times.iso_floor_ms(ms * times.MS)

    assert times.parse_iso(text) == ms * times.MS
    assert datetime.fromisoformat(text) == datetime.fromtimestamp(ms // 1000, UTC).replace(
        microsecond=ms % 1000 * 1000
    )


def test_text_has_three_digits_or_none() -> None:
    """Floored, not rounded."""
    assert times.iso_floor_ms(1_999_999) == "1970-01-01T00:00:00.001Z"
    assert times.iso_floor_ms(999_999) == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize("raw", [b"", b"1.5", b"-1", b"1e3", b" 1", b"1_0", b"1" * 13, b"\xb2"])
def test_whole_seconds_are_digits(raw: bytes) -> None:
    """A text of digits is seconds, with few enough of them."""
    with pytest.raises(ValueError, match="whole seconds"):
        times.parse_seconds(raw)


def test_seconds() -> None:
    """Whole ones, and with decimals where a dialect allows them."""
    assert times.parse_seconds(b"1700000000") == 1_700_000_000 * times.S
    assert times.parse_decimal_seconds(b"1795208203.463") == 1_795_208_203_463 * times.MS
    assert times.parse_decimal_seconds(b"1700000000") == 1_700_000_000 * times.S
    assert times.seconds_text(1_700_000_000_999_999_999) == "1700000000"
    for raw in (b"1.", b"1.x", b".5", b"1.1234567890"):
        with pytest.raises(ValueError, match="seconds"):
            times.parse_decimal_seconds(raw)


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (1_000, "1970-01-01T00:00:00.000001Z"),
        (120_000_000, "1970-01-01T00:00:00.120Z"),
        (1_780_682_400_123_456_789, "2026-06-05T18:00:00.123456789Z"),
    ],
)
def test_nanoseconds_are_told_exactly(ns: int, text: str) -> None:
    """In groups of three digits; a whole second has none."""
    assert text == times.iso_ns(ns)
    assert ns == times.parse_iso(text)
