"""
New: the text of a world like the demo's, with users and secrets of its own.

It is the demo's own text with its comments; the demo's users are left out, and what its settings
tell of them. Those without a key, whose quotes stand in the markets, stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.reports import AccountReport
from countermand.wire.venue import FRESH_BYTES, Venue
from countermand.world.blocks import Block, blocks
from countermand.world.check import credentials, settings
from countermand.world.found import found
from countermand.world.place import WorldError
from countermand.world.spec import AccountSpec, UserSpec, VenueWorld, parse

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")

_ABOUT = """\
# A world of its own: `countermand serve --world FILE` serves it. It has one table per venue, and
# every number is decimal text and exact. The keys below are secrets: with them one can
# trade as any of its users. Settings and keys may be changed between starts; what is founded
# (assets, instruments, accounts, balances, orders) may not, once a data directory has it."""

# The rights of each user's keys.
_ACCESS = (["view", "trade"], ["view"])


class Wanted(Struct, frozen=True):
    """
    The options of a new world. `draw` draws so many random bytes.

    Units: `rate_limit_per_s` requests of one key and `open_orders_max` orders of one account, None
    as the demo has it; `now_ns` since the Unix epoch.
    """

    users: tuple[str, ...]
    draw: Callable[[int], bytes]
    now_ns: int
    rate_limit_per_s: int | None = None
    open_orders_max: int | None = None


def written(venues: Iterable[Venue], wanted: Wanted) -> str:
    """Return the text of a new world of venues. Raises: WorldError for names that cannot be."""
    for name in wanted.users:
        if not _NAME.fullmatch(name):
            told = "letters, digits, dots, dashes and underscores, at most 32"
            raise WorldError(f"{name!r} is no name of a user: {told}")
    if not wanted.users or len(set(wanted.users)) != len(wanted.users):
        raise WorldError("users: one at least, each once")
    chosen = list(venues)
    text = "\n\n".join([_ABOUT, *(_part(venue, wanted) for venue in chosen)]) + "\n"
    world = parse(text.encode(), "the new world")
    for venue in chosen:
        # Nothing is handed out that a start would refuse.
        part = world[venue.name]
        settings(venue, part)
        list(credentials(venue, part))
        found(venue.name, part, 1)
    return text


def _part(venue: Venue, wanted: Wanted) -> str:
    demo = files(venue.package).joinpath("demo.toml").read_bytes()
    part = parse(demo, "demo.toml")[venue.name]
    stays = {user.name for user in part.users if not user.keys}
    if taken := stays.intersection(wanted.users):
        raise WorldError(f"{taken.pop()!r} is the name of a user that {venue.name} has already")
    gone = [user for user in part.users if user.keys]
    told = {user.name for user in gone} | {one.name for user in gone for one in user.accounts}
    about, tables, users = _cut(venue, demo.decode(), stays, told)
    for name in ("rate_limit_per_s", "open_orders_max"):
        if (value := getattr(wanted, name)) is not None:
            tables[0] = _with_setting(tables[0], name, value)
    added = _users(venue, part, gone[0], wanted)
    return "\n\n".join([*tables, about, *added, *users])


def _cut(
    venue: Venue, text: str, stays: set[str], told: set[str]
) -> tuple[str, list[str], list[str]]:
    """Return what is said above the first user, the tables before it, and the users that stay."""
    tables: list[str] = []
    users: list[str] = []
    about, is_kept = "", False
    first, *others = blocks(text)
    # The demo's own introduction does not hold for this file.
    for block in (Block((), first.path, first.lines), *others):
        if block.path == (venue.name, "users"):
            about = about or "\n".join(block.comment).strip("\n")
            is_kept = any(line == f'name = "{name}"' for line in block.lines for name in stays)
        if block.path[1] != "users":
            if block.path[1] != "settings" or block.path[-1] not in told:
                tables.append(block.text)
        elif is_kept:
            users.append(block.text)
    return about, tables, users


def _with_setting(table: str, name: str, value: int) -> str:
    line = f"{name} = {value}"
    changed, count = re.subn(rf"^{name} = .*$", line, table, count=1, flags=re.MULTILINE)
    return changed if count else f"{table}\n{line}"


def _users(venue: Venue, part: VenueWorld, like: UserSpec, wanted: Wanted) -> Iterator[str]:
    stay = [one.name for user in part.users if not user.keys for one in user.accounts]
    name_of = _account_names(venue, set(stay))
    for user in wanted.users:
        accounts = [msgspec.structs.replace(one, name=name_of(one.name)) for one in like.accounts]
        yield f'[[{venue.name}.users]]\nname = "{user}"'
        yield from (_account(venue, one) for one in accounts)
        default = next((one for one in accounts if one.default), accounts[0])
        report = AccountReport(AccountId(0), venue.name, user, default.name, is_default=True)
        fresh = partial(venue.auth.fresh, user, report)
        for access in _ACCESS:
            fields = fresh(wanted.draw(FRESH_BYTES), wanted.now_ns) | {"access": access}
            yield _table(f"{venue.name}.users.keys", fields)


def _account_names(venue: Venue, taken: set[str]) -> Callable[[str], str]:
    """Return what an account is called: a venue that numbers them has one name for each."""
    if venue.account_name(0) == venue.account_name(1):
        return lambda name: name
    free = (name for nth in range(10**9) if (name := venue.account_name(nth)) not in taken)
    return lambda _: next(free)


def _account(venue: Venue, account: AccountSpec) -> str:
    said: dict[str, Any] = {"name": account.name}
    said |= {name: True for name in ("default", "margin") if getattr(account, name)}
    return _table(f"{venue.name}.users.accounts", said | {"balances": account.balances})


def _table(path: str, fields: dict[str, Any]) -> str:
    return "\n".join([f"[[{path}]]", *(f"{name} = {_value(one)}" for name, one in fields.items())])


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # Texts, whole numbers, true and false are written as in JSON.
    return msgspec.json.encode(value).decode()
