"""
What a market is called: title, question, outcomes, dates. Presentation only; nothing here is known
to the exchange, so it lies in the venue's settings, by slug.
"""

from msgspec import Struct

from countermand.wire import times
from countermand.wire.context import Settings


def instant_ns(text: str) -> int | None:
    """Return a time of a market in nanoseconds, None for an empty one. Raises ValueError."""
    return times.parse_iso(text) if text else None


class About(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What is said of one market besides its trading.

    Shape:  `yes` and `no` name the two outcomes; a text that is empty is shown empty, except
            `title` and `question`, which stand in for each other, and then the slug for both.
    Units:  times are RFC 3339 text.
    Raises: ValueError for a time that is none, which names the field.
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

    def title_of(self, slug: str) -> str:
        """Return the title of the market called `slug`."""
        return self.title or self.question or slug

    def question_of(self, slug: str) -> str:
        """Return the question the market called `slug` asks."""
        return self.question or self.title or slug


class MarketSettings(Settings, frozen=True):
    """The part of the venue's settings that says what its markets are called, by slug."""

    markets: dict[str, About] = {}


_NOTHING = About()


def about(settings: Settings, slug: str) -> About:
    """Return what is said of a market, which may be nothing."""
    assert isinstance(settings, MarketSettings)  # noqa: S101  (the venue's own settings)
    return settings.markets.get(slug, _NOTHING)
