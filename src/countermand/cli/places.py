"""
Places: all venues and users that a verb acts on when it is not told one venue.

    what is configured: each venue of each profile, and of the environment
    else what the exchange serves that runs on this machine
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from countermand import announce
from countermand.cli import profiles, where
from countermand.cli.asked import Asked, usual_ledger
from countermand.cli.exits import Code, Stop


class Place(NamedTuple):
    """A venue, by whose word it is gone to, and the ledger of what is done there."""

    venue: str
    profile: str
    user: str
    ledger: Path

    def asked(self, **words: Any) -> Asked:
        """Return what a verb is asked of it."""
        usual = {"base_url": "", "account": "", "tls_ca": None, "json": False, "timeout": 0.0}
        own = {"venue": self.venue, "profile": self.profile, "user": self.user}
        return Asked(usual | own | {"ledger": self.ledger, "dry_run": False} | words)

    @property
    def called(self) -> str:
        """The name by which people know the place."""
        return f"profile {self.profile}" if self.profile else self.user or "the environment"


def everywhere(
    venues: Sequence[str] = (), *, profile: str = "", user: str = "", ledger: Path | None = None
) -> list[Place]:
    """
    Return all places, or those of some venues; no secret is got yet.

    Raises: Stop for what cannot be, and where there is none.
    """
    _check(venues)
    if profile and user:
        raise Stop(Code.ASKED_WRONGLY, "--user is of the exchange here, and --profile is not")
    profile = profile or os.environ.get("COUNTERMAND_PROFILE", "")
    found = [] if user else _configured(profile)
    found = found or _local(user)
    chosen = [one for one in found if not venues or one.venue in venues]
    if missing := set(venues) - {one.venue for one in chosen}:
        raise Stop(Code.ASKED_WRONGLY, f"nothing says where {', '.join(sorted(missing))} is")
    return [one._replace(ledger=ledger or one.ledger) for one in chosen]


def _check(venues: Sequence[str]) -> None:
    from countermand.venues import VENUES  # noqa: PLC0415  (loaded when it is needed)

    for venue in venues:
        if venue not in VENUES:
            text = f"no venue is called {venue!r}; there are {', '.join(VENUES)}"
            raise Stop(Code.ASKED_WRONGLY, text)


def _configured(profile: str) -> list[Place]:
    from countermand.venues import VENUES  # noqa: PLC0415  (loaded when it is needed)

    usual = usual_ledger()
    named = [
        Place(venue, name, "", Path(told.ledger).expanduser() if told.ledger else usual)
        for name, venue, told in profiles.every(profile)
    ]
    if profile:
        return named
    said = [Place(venue, "", "", usual) for venue in VENUES if where.is_in_environment(venue)]
    return said + named


def _local(user: str) -> list[Place]:
    server = announce.find()
    if server is None:
        raise Stop(Code.NOT_SENT, "no exchange runs here, and no profile says where to go")
    ledger = usual_ledger()
    users = {one for told in server.venues.values() for one in told["accounts"]}
    if user and user not in users:
        raise Stop(Code.ASKED_WRONGLY, f"the exchange here has no user {user!r}")
    first = {venue: next(iter(told["accounts"]), "") for venue, told in server.venues.items()}
    return [Place(venue, "", user or one, ledger) for venue, one in first.items()]
