"""
When a Day order ends.

Source: NYSE, "Holidays and trading hours" (2026: closed on 3 July for Independence Day and on 25
        December, 13:00 close on 27 November and 24 December); clocks change on 8 March 2026.
"""

from __future__ import annotations

import pytest
from tests.venues.autoshares.office import Office

from countermand.venues.autoshares import session_times
from countermand.venues.autoshares.settings import AutosharesSettings
from countermand.wire import times


@pytest.mark.parametrize(
    ("now", "hours", "end"),
    [
        ("2026-03-02T15:04:05Z", "", "2026-03-02T21:00:00Z"),
        ("2026-03-02T15:04:05Z", "REG", "2026-03-02T21:00:00Z"),
        ("2026-03-02T20:59:59Z", "", "2026-03-02T21:00:00Z"),
        ("2026-03-02T21:00:00Z", "", "2026-03-03T21:00:00Z"),
        ("2026-03-09T12:00:00Z", "", "2026-03-09T20:00:00Z"),
        ("2026-03-06T22:00:00Z", "", "2026-03-09T20:00:00Z"),
        ("2026-07-02T21:30:00Z", "", "2026-07-06T20:00:00Z"),
        ("2026-11-27T15:00:00Z", "", "2026-11-27T18:00:00Z"),
        ("2026-11-27T15:00:00Z", "ALL", "2026-11-27T22:00:00Z"),
        ("2026-12-24T12:00:00Z", "", "2026-12-24T18:00:00Z"),
        ("2026-12-24T19:00:00Z", "", "2026-12-28T21:00:00Z"),
        ("2026-03-02T22:00:00Z", "POST", "2026-03-03T01:00:00Z"),
        ("2026-03-02T12:00:00Z", "PRE", "2026-03-02T14:30:00Z"),
        ("2026-03-02T12:00:00Z", "PREREG", "2026-03-02T21:00:00Z"),
        ("2026-03-02T12:00:00Z", "PREPOST", "2026-03-03T01:00:00Z"),
        ("2026-12-31T23:00:00Z", "", "2027-01-04T21:00:00Z"),
        ("2027-01-01T00:30:00Z", "POST", "2027-01-01T01:00:00Z"),
    ],
)
def test_end_of_the_session(now: str, hours: str, end: str) -> None:
    """The regular close in New York, later or earlier with other hours, and else the next one."""
    ns = session_times.day_end_ns(session_times.Hours(), hours, times.parse_iso(now))

    assert end == times.iso_ns(ns)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-02T15:04:05Z", "2026-03-02T16:30:00Z"),
        ("2026-05-01T16:00:00Z", "2026-05-05T15:30:00Z"),
        ("2026-12-24T09:00:00Z", "2026-12-24T12:30:00Z"),
    ],
)
def test_another_exchange(now: str, end: str) -> None:
    """
    The calendar is a setting: London closes at 16:30, on Christmas Eve at 12:30, and not at all on
    the first Monday of May.

    Source: London Stock Exchange, "Business days" (2026).
    """
    london = session_times.Hours(
        calendar="XLON",
        time_zone="Europe/London",
        opens="08:00",
        closes="16:30",
        early_close="12:30",
        late_close="17:00",
    )

    assert end == times.iso_ns(session_times.day_end_ns(london, "", times.parse_iso(now)))


def test_an_exchange_without_short_days() -> None:
    """Frankfurt knows closed days only: 24 December is one of them."""
    frankfurt = session_times.Hours(calendar="XETR", time_zone="Europe/Berlin", closes="17:30")
    now = times.parse_iso("2026-12-23T17:00:00Z")

    assert "2026-12-28T16:30:00Z" == times.iso_ns(session_times.day_end_ns(frankfurt, "", now))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"calendar": "NOWHERE"}, "NOWHERE"),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"time_zone": "../etc"}, "time zone"),
        ({"late_close": "25:00"}, "hour"),
        ({"opens": "17:00"}, "must follow each other"),
    ],
)
def test_settings_that_name_nothing(wrong: dict[str, str], reason: str) -> None:
    """Are refused before anything starts."""
    with pytest.raises(ValueError, match=reason):
        AutosharesSettings(**wrong)


@pytest.mark.parametrize(
    ("delay_s", "ended"), [(60, "2027-01-15T21:01:00Z"), (0, "2027-01-15T21:00:00Z")]
)
def test_day_order_is_done_soon_after_the_close(delay_s: int, ended: str) -> None:
    """The order shows the close as its end, and a minute later that it is done."""
    office = Office(day_end_delay_s=delay_s)
    order_id = office.place()
    assert office.read(order_id)["ExpireDate"] == "2027-01-15T21:00:00Z"
    office.clock.ns = times.parse_iso(ended)
    office.wait(0)
    shown = office.read(order_id)

    expected = {
        "Status": "DoneForDay", "ExecutionStatus": "DoneForDay", "Description": "Expired by OMS",
        "LeavesQuantity": 0, "RequestStatus": "Complete", "ExpireDate": "2027-01-15T21:00:00Z",
    }  # fmt: skip
    assert expected == {name: shown[name] for name in expected}
    assert ended == shown["TransactionDate"]
