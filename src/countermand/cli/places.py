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

from countermand.cli import printed, profiles, where
from countermand.cli.asked import Asked, usual_ledger
from countermand.cli.exits import Code, Stop


class Place(NamedTuple):
    """
    A venue, by whose word it is gone to, and the ledger of what is done there.

    `port` is the control port, where it is an exchange on this machine.
    """

    venue: str
    profile: str
    user: str
    ledger: Path
    port: int | None = None

    def asked(self, **words: Any) -> Asked:
        """Return what a verb is asked of it."""
        usual = {"base_url": "", "account": "", "tls_ca": None, "json": False, "timeout": 0.0}
        own = {"venue": self.venue, "profile": self.profile, "user": self.user, "port": self.port}
        return Asked(usual | own | {"ledger": self.ledger, "dry_run": False} | words)

    @property
    def called(self) -> str:
        """The name by which people know the place."""
        return f"profile {self.profile}" if self.profile else self.user or "the environment"


def everywhere(
    venues: Sequence[str] = (),
    *,
    profile: str = "",
    user: str = "",
    port: int | None = None,
    ledger: Path | None = None,
    tells: bool = True,
) -> list[Place]:
    """
    Return all places, or those of some venues; no secret is got yet.

    It `tells` on stderr which exchange is used where several run here and no `port` says which.

    Raises: Stop for what cannot be, and where there is none.
    """
    _check(venues)
    where.check_one(profile, user, port)
    profile = profile or os.environ.get("COUNTERMAND_PROFILE", "")
    found = [] if user or port is not None else _configured(profile)
    found = found or _local(user, port, tells=tells)
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


def _local(user: str, port: int | None, *, tells: bool) -> list[Place]:
    servers = where.servers(port)
    if not servers:
        raise Stop(Code.NOT_SENT, "no exchange runs here, and no profile says where to go")
    server = servers[0]
    if tells:
        printed.notice(where.which(servers))
    ledger = usual_ledger()
    users = {one for told in server.venues.values() for one in told["accounts"]}
    if user and user not in users:
        raise Stop(Code.ASKED_WRONGLY, f"the exchange here has no user {user!r}")
    first = {venue: next(iter(told["accounts"]), "") for venue, told in server.venues.items()}
    return [Place(venue, "", user or one, ledger, server.port) for venue, one in first.items()]
