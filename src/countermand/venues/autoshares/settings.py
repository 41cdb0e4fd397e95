"""What a world may set about this venue: its switches, and what is left open by its documents."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from countermand.venues.autoshares import session_times
from countermand.venues.autoshares.about import ShownSettings
from countermand.wire import times
from countermand.wire.context import Settings

_NOT_NEGATIVE = Meta(ge=0)


class AutosharesSettings(ShownSettings, frozen=True):
    """
    The venue's switches; `demo.toml` says of each what it is for.

    Units:  `token_life_s` seconds a login lasts, `interim_life_s` one that awaits a further factor;
            `logins_per_minute` of one user, 0: as many as they like; `pending_ms` milliseconds in
            which a state that is done is still shown as pending; `day_end_delay_s` seconds between
            a session's end and that of its Day orders. `calendar` to `late_close` are
            `session_times.Hours`.
    Raises: ValueError for a calendar or time zone that does not exist, and for times of day that
            are none or do not follow each other.
    """

    cancel_answers_ok: bool = False
    etna_oddities: bool = False
    pending_ms: Annotated[int, _NOT_NEGATIVE] = 0
    token_life_s: Annotated[int, Meta(ge=1)] = 24 * 60 * 60
    interim_life_s: Annotated[int, Meta(ge=1)] = 5 * 60
    logins_per_minute: Annotated[int, _NOT_NEGATIVE] = 0
    calendar: str = "XNYS"
    time_zone: str = "America/New_York"
    opens: str = "09:30"
    closes: str = "16:00"
    early_close: str = "13:00"
    late_close: str = "20:00"
    day_end_delay_s: Annotated[int, _NOT_NEGATIVE] = 60

    def __post_init__(self) -> None:
        # This is also what loads the calendars: while starting, not with the first order.
        session_times.check(self.hours)

    @property
    def hours(self) -> session_times.Hours:
        """Whose days of trading end Day orders, and when."""
        return session_times.Hours(
            calendar=self.calendar,
            time_zone=self.time_zone,
            opens=self.opens,
            closes=self.closes,
            early_close=self.early_close,
            late_close=self.late_close,
        )

    @property
    def pending_ns(self) -> int:
        """How long a pending state is shown at least."""
        return self.pending_ms * times.MS

    @property
    def day_end_delay_ns(self) -> int:
        """How long a Day order outlives its session."""
        return self.day_end_delay_s * times.S


def of(settings: Settings) -> AutosharesSettings:
    """Return the settings as this venue's."""
    assert isinstance(settings, AutosharesSettings)  # noqa: S101  (the venue's own settings)
    return settings
