"""
What orders and positions repeat of the market they are in.

Source: Orders API and Portfolio API schemas, MarketMetadata.
"""

from typing import Any

from msgspec import Struct


class MarketMetadata(Struct, frozen=True, kw_only=True, rename="camel"):
    """A market's names; `outcome` is the side that is meant. There are no teams here."""

    slug: str = ""
    icon: str = ""
    title: str = ""
    outcome: str = ""
    event_slug: str = ""
    event_id: str = ""
    team_id: int | None = None
    team: Any = None
