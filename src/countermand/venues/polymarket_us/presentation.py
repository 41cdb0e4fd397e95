"""
Presentation: what a market is called. Title, question, outcomes and dates are not known to the
exchange; they lie in the venue's settings, by slug.
"""

from msgspec import Struct

from countermand.venues.polymarket_us.messages.shared import MarketMetadata
from countermand.wire import times


def instant_ns(text: str) -> int | None:
    """Return a time of a market in nanoseconds, None for an empty one. Raises ValueError."""
    return times.parse_iso(text) if text else None


class Presentation(Struct, frozen=True, forbid_unknown_fields=True):
    """
    The descriptive fields of one market.

    Shape:  `yes` and `no` name the two outcomes; a text that is empty is shown empty, except
            `title` and `question`, which stand in for each other, and then the slug for both.
    Units:  times are RFC 3339 text.
    Raises: ValueError for an invalid time, which names the field.
    """

    title: str = ""
    question: str = ""
    subtitle: str = ""
    description: str = ""
    category: str = ""
    yes: str = "Yes"
    no: str = "No"
    start_date: str = ""
    end_date: str = ""
    game_start_time: str = ""
    market_type: str = ""
    sports_market_type: str = ""
    event_id: str = ""
    event_slug: str = ""
    image: str = ""
    icon: str = ""
    hidden: bool = False
    archived: bool = False

    def __post_init__(self) -> None:
        for name in ("start_date", "end_date", "game_start_time"):
            try:
                instant_ns(getattr(self, name))
            except ValueError as error:
                raise ValueError(f"{name} {error}") from None

    def metadata(self, slug: str, *, is_long: bool) -> MarketMetadata:
        """Return the names of the market `slug`, with the outcome of a long or a short position."""
        return MarketMetadata(
            slug=slug,
            icon=self.icon,
            title=self.title or self.question or slug,
            outcome=self.yes if is_long else self.no,
            event_slug=self.event_slug,
            event_id=self.event_id,
        )
