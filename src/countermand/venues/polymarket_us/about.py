"""
What a market is called: title, question, outcomes, dates. Presentation only; nothing here is known
to the exchange, so it lies in the venue's settings, by slug.
"""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from countermand.wire.context import Settings

# RFC 3339 in UTC, or nothing.
Instant = Annotated[
    str, Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$")
]


class About(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What is said of one market besides its trading.

    Shape: `yes` and `no` name the two outcomes; a text that is empty is shown empty, except `title`
           and `question`, which stand in for each other, and then the slug for both.
    Units: times are RFC 3339 text in UTC, whole seconds.
    """

    title: str = ""
    question: str = ""
    subtitle: str = ""
    description: str = ""
    category: str = ""
    yes: str = "Yes"
    no: str = "No"
    start_date: Instant = ""
    end_date: Instant = ""
    game_start_time: Instant = ""
    market_type: str = ""
    sports_market_type: str = ""
    event_id: str = ""
    event_slug: str = ""
    image: str = ""
    icon: str = ""
    hidden: bool = False
    archived: bool = False


class MarketSettings(Settings, frozen=True):
    """The part of the venue's settings that says what its markets are called, by slug."""

    markets: dict[str, About] = {}


def about(settings: Settings, slug: str) -> About:
    """Return what is said of a market; nothing but its slug where the world says nothing."""
    assert isinstance(settings, MarketSettings)  # noqa: S101  (the venue's own settings)
    said = settings.markets.get(slug, About())
    title, question = said.title or said.question or slug, said.question or said.title or slug
    return replace(said, title=title, question=question)
