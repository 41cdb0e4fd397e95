"""
Where a verb goes, and with which keys: the first of these that says so.

    1  `--user` or `--port`, of an exchange that runs on this machine
    2  `--profile`, or COUNTERMAND_PROFILE
    3  COUNTERMAND_<VENUE>_<FIELD> of the environment, what the venue's SDK takes, and `_BASE_URL`
    4  the usual profile of `countermand.toml`
    5  the exchange that runs on this machine, and its first user

Of several exchanges here it is the newest, and a line says so, unless `--port` or `--base-url` says
which. `--base-url` takes the place of the base URL, never of the keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from countermand import announce
from countermand.cli import profiles
from countermand.cli.exits import Code, Stop
from countermand.cli.profiles import Profile

_SEVERAL = 2


class Where(NamedTuple):
    """
    Where to go. `said_by` is what said so, for people; `note` what they must know besides.

    Shape:  `credentials` as the venue's own SDK takes them; `profile` has what else was said of the
            venue, the usual where that was no profile.
    """

    venue: str
    base_url: str
    credentials: Mapping[str, Any]
    said_by: str
    profile: Profile
    note: str = ""

    def __repr__(self) -> str:
        return f"Where({self.venue!r}, {self.base_url!r}, {self.said_by!r})"


def find(
    venue: str, *, profile: str = "", base_url: str = "", user: str = "", port: int | None = None
) -> Where:
    """
    Return where to go. `port` is the control port of an exchange on this machine.

    Raises: Stop when nothing says where, or it cannot be used.
    """
    check_one(profile, user, port)
    if user or port is not None:
        return _local(venue, base_url, user, port)
    profile = profile or os.environ.get("COUNTERMAND_PROFILE", "")
    if not profile and (said := _environment(venue)):
        return _from_environment(venue, base_url, said)
    found = profiles.find(venue, profile)
    if found is None:
        return _local(venue, base_url, "", None)
    name, told = found
    credentials = profiles.credentials(told, f"profiles.{name}.{venue}.credentials")
    return Where(venue, base_url or told.base_url, credentials, f"profile {name}", told)


def check_one(profile: str, user: str, port: int | None) -> None:
    """Raise Stop for a profile together with what is of an exchange on this machine."""
    here = "--user" if user else "--port" if port is not None else ""
    if profile and here:
        raise Stop(Code.ASKED_WRONGLY, f"{here} is of the exchange here, and --profile is not")


def servers(port: int | None) -> list[announce.Announcement]:
    """
    Return the exchanges on this machine, the newest first, or the one with that control port.

    Raises: Stop when none has it.
    """
    every = announce.running()
    found = [one for one in every if port in (None, one.port)]
    if port is not None and not found:
        ports = ", ".join(str(one.port) for one in every)
        there = f"; there is {ports}" if ports else ": countermand serve"
        raise Stop(Code.NOT_SENT, f"no exchange of yours here has control port {port}{there}")
    return found


def which(found: Sequence[announce.Announcement]) -> str:
    """Return a line that says which of several exchanges is gone to; of one there is none."""
    if len(found) < _SEVERAL:
        return ""
    newest, *others = (one.port for one in found)
    ports = ", ".join(map(str, others))
    text = f"the newest is used, with control port {newest}; --port chooses another: {ports}"
    return f"{len(found)} exchanges of yours run here; {text}"


def is_in_environment(venue: str) -> bool:
    """Whether the environment says anything of a venue."""
    return bool(_environment(venue))


def prefix(venue: str) -> str:
    """Return what the variables of a venue begin with."""
    return f"COUNTERMAND_{venue.upper().replace('-', '_')}_"


def _environment(venue: str) -> dict[str, str]:
    begin = prefix(venue)
    return {
        name.removeprefix(begin).lower(): value
        for name, value in os.environ.items()
        if name.startswith(begin) and value
    }


def _from_environment(venue: str, base_url: str, said: dict[str, str]) -> Where:
    base_url = base_url or said.pop("base_url", "")
    said.pop("base_url", None)
    if not base_url:
        raise Stop(
            Code.ASKED_WRONGLY,
            f"{prefix(venue)}* are set and say no base URL: {prefix(venue)}BASE_URL or --base-url",
        )
    if not said:
        raise Stop(Code.ASKED_WRONGLY, f"{prefix(venue)}BASE_URL is set, and no credentials are")
    # SDKs write their fields in one of two ways, and the environment in neither.
    credentials = {_camel(name): value for name, value in said.items()} | said
    return Where(venue, base_url, credentials, f"{prefix(venue)}*", Profile(base_url, {}))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _local(venue: str, base_url: str, user: str, port: int | None) -> Where:
    there = servers(port)
    served = [one for one in there if _serves(one, venue, base_url)]
    if not served:
        raise Stop(Code.NOT_SENT, _nothing(venue, base_url, there))
    told = served[0].venues[venue]
    users = told["accounts"]
    who = user or next(iter(users), "")
    if who not in users:
        known = f"there are {', '.join(users)}" if users else "there is none"
        raise Stop(Code.ASKED_WRONGLY, f"{venue} here has no user {who!r}; {known}")
    unlimited = Profile(told["base_url"], {}, keep_limits=False)
    said_by = f"{who} of the exchange here"
    return Where(venue, unlimited.base_url, users[who], said_by, unlimited, which(served))


def _serves(one: announce.Announcement, venue: str, base_url: str) -> bool:
    return venue in one.venues and base_url.rstrip("/") in ("", one.venues[venue]["base_url"])


def _nothing(venue: str, base_url: str, there: Sequence[announce.Announcement]) -> str:
    if base_url:
        return f"no keys for {venue} at {base_url}: say a --profile, or set {prefix(venue)}*"
    if there:
        served = ", ".join(there[0].venues)
        return f"the exchange here serves {served}, and no profile is for {venue}"
    return f"no exchange runs here, and no profile is for {venue}: countermand serve"
