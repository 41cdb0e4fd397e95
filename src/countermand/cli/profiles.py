"""
Profiles: `countermand.toml`, which says where venues are and with which keys to go there.

    profile = "desk"                            # used unless another is asked for

    [profiles.desk.VENUE]
    base_url = "production"                     # or a URL
    [profiles.desk.VENUE.credentials]   # what the venue's own SDK takes
    access_key = { env = "DESK_ACCESS_KEY" }
    passphrase = { command = "pass show desk/passphrase" }
    signing_key = { file = "~/.config/countermand/desk.key" }

The one in the current folder is looked at first, then the one in the user's configuration folder. A
file can run commands and say where keys are sent, so one that others can read is refused: what
comes with another user's folder is not taken for the user's own word.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from countermand.cli.exits import Code, Stop
from countermand.cli.secret import is_source, private_text, secret

NAME = "countermand.toml"
USUAL = "default"

_TOP = {"profile", "profiles"}


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """
    One venue of a profile, as it is written.

    Shape:  `credentials` by field, each a text or where to get it; or where to get all of them as
            one object in JSON. `account` is the venue's account to act for; `ledger` and `tls_ca`
            (what signed the venue's certificate) are paths.
    """

    base_url: str
    credentials: dict[str, Any]
    account: str | None = None
    ledger: str | None = None
    tls_ca: str | None = None
    trust_env: bool = False
    keep_limits: bool = True

    def __repr__(self) -> str:
        return f"Profile({self.base_url!r})"


def files() -> list[Path]:
    """Return where profiles are looked for, the nearest first."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    config = Path(home) if Path(home).is_absolute() else Path.home() / ".config"
    return [Path(NAME), config / "countermand" / NAME]


def names() -> list[str]:
    """Return the names of all profiles. Raises Stop."""
    return list(dict.fromkeys(name for told in _read_all().values() for name in told[1]))


def every(name: str = "") -> list[tuple[str, str, Profile]]:
    """
    Return all profiles, or the one of a name, as name, venue and what is written; no secret is got.

    Raises: Stop for a file that cannot be used, or a name that is not there.
    """
    found = {
        (one, venue): _profile(told, f"{path}: profiles.{one}.{venue}")
        for path, (_, profiles) in reversed(_read_all().items())
        for one, venues in profiles.items()
        for venue, told in venues.items()
        if name in ("", one)
    }
    if name and not found:
        raise Stop(Code.ASKED_WRONGLY, _unknown(name))
    return [(*key, told) for key, told in found.items()]


def find(venue: str, name: str = "") -> tuple[str, Profile] | None:
    """
    Return the profile of a venue and what it is called, or None when none is configured.

    Shape:  without a `name` it is the one that the nearest file uses, or the one called `default`;
            it may say nothing of the venue.
    Raises: Stop for a file that cannot be used, or a name that is not there.
    """
    read = _read_all()
    usual = next((told[0] for told in read.values() if told[0]), USUAL)
    for path, (_, profiles) in read.items():
        if venue in (told := profiles.get(name or usual, {})):
            where = f"{path}: profiles.{name or usual}.{venue}"
            return name or usual, _profile(told[venue], where)
    if name:
        known = list(dict.fromkeys(one for _, told in read.values() for one in told))
        what = f"profile {name!r} says nothing of {venue}" if name in known else _unknown(name)
        there = f"; there are {', '.join(known)}" if known and name not in known else ""
        raise Stop(Code.ASKED_WRONGLY, what + there)
    return None


def credentials(profile: Profile, what: str) -> Mapping[str, Any]:
    """Return what a profile's credentials are, got from where it says. Raises Stop."""
    told = profile.credentials
    if is_source(told):
        return _decoded(secret(told, what), what)
    return {
        # A field that is no secret may be a number, such as an account.
        field: one if isinstance(one, int) else secret(one, f"{what}.{field}")
        for field, one in told.items()
    }


def _decoded(text: str, what: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        raise Stop(Code.ASKED_WRONGLY, f"{what}: not one object in JSON") from None


def _read_all() -> dict[Path, tuple[str, dict[str, dict[str, Any]]]]:
    return {path: _read(path) for path in files() if path.exists()}


def _read(path: Path) -> tuple[str, dict[str, dict[str, Any]]]:
    try:
        told = tomllib.loads(private_text(path))
    except tomllib.TOMLDecodeError as error:
        raise Stop(Code.ASKED_WRONGLY, f"{path}: {error}") from None
    usual, profiles = told.get("profile", ""), told.get("profiles", {})
    if extra := set(told) - _TOP:
        raise Stop(Code.ASKED_WRONGLY, f"{path}: {min(extra)} is none of profile, profiles")
    tables = profiles.values() if isinstance(profiles, dict) else [None]
    if not isinstance(usual, str) or not all(isinstance(table, dict) for table in tables):
        raise Stop(Code.ASKED_WRONGLY, f"{path}: profile is a name, profiles.NAME.VENUE a table")
    return usual, profiles


def _profile(told: Any, where: str) -> Profile:
    try:
        return msgspec.convert(told, Profile)
    except msgspec.ValidationError as error:
        raise Stop(Code.ASKED_WRONGLY, f"{where}: {error}") from None


def _unknown(name: str) -> str:
    return f"no profile is called {name!r}"
