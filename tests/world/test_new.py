"""A new world: the demo's markets, users of its own, and nothing in it that is published."""

from __future__ import annotations

import random

import msgspec
import pytest

from countermand import world as worlds
from countermand.app.founding import is_published, key_ring
from countermand.venues import VENUES
from countermand.world import WorldError, spec
from countermand.world.new import Wanted, written
from countermand.world.spec import UserSpec, VenueWorld

USERS = ("ann", "ben", "cy", "di")


def wanted(*users: str, seed: int = 1, **limits: int) -> Wanted:
    """Return what is asked for, with chance that repeats."""
    return Wanted(users, random.Random(seed).randbytes, 1_800_000_000 * 10**9, **limits)


def new(name: str, *users: str, seed: int = 1, **limits: int) -> VenueWorld:
    """Return a venue's part of a new world."""
    asked = wanted(*users, seed=seed, **limits)
    return spec.parse(written([VENUES[name]], asked).encode(), "new")[name]


def keyed(part: VenueWorld) -> list[UserSpec]:
    """Return the users that have keys."""
    return [user for user in part.users if user.keys]


@pytest.mark.parametrize("name", VENUES)
def test_no_published_key_is_in_it(name: str) -> None:
    """None of the demo's keys is in it, nor a user who was left out."""
    venue, part = VENUES[name], new(name, *USERS)
    demo = worlds.demo([venue])[name]
    texts = msgspec.json.encode([part.users, part.settings]).decode().lower()

    assert not is_published(name, key_ring(venue, part))
    assert is_published(name, key_ring(venue, demo))
    assert [] == [user.name for user in keyed(demo) if f'"{user.name}' in texts]


@pytest.mark.parametrize("name", VENUES)
def test_its_users_are_like_the_demos_first(name: str) -> None:
    """The same money, accounts that no other has, a key to trade with and one to look with."""
    venue, part = VENUES[name], new(name, *USERS)
    demo = worlds.demo([venue])[name]
    money = [account.balances for account in demo.users[0].accounts]
    numbered = venue.account_name(0) != venue.account_name(1)
    accounts = [account.name for user in part.users for account in user.accounts]

    assert list(USERS) == [user.name for user in keyed(part)]
    assert all(money == [one.balances for one in user.accounts] for user in keyed(part))
    assert not numbered or len(set(accounts)) == len(accounts)
    for user in keyed(part):
        told = [sorted(key["access"]) for key in user.keys]
        assert [["trade", "view"], ["view"]] == told


@pytest.mark.parametrize("name", VENUES)
def test_its_markets_are_the_demos(name: str) -> None:
    """Quoted as there, and set as there but for the quotas of requests and of open orders."""
    part, demo = (
        new(name, "ann", rate_limit_per_s=7, open_orders_max=9),
        worlds.demo([VENUES[name]])[name],
    )
    quotes = [user.accounts for user in part.users if not user.keys]

    assert (demo.assets, demo.instruments) == (part.assets, part.instruments)
    assert [user.accounts for user in demo.users if not user.keys] == quotes
    assert part.settings["rate_limit_per_s"] == 7
    assert part.settings["open_orders_max"] == 9
    assert set(part.settings) <= {*demo.settings, "open_orders_max"}
    assert new(name, "ann").settings["rate_limit_per_s"] == demo.settings["rate_limit_per_s"]


def test_each_secret_is_drawn() -> None:
    """Other chance makes other keys, and no two keys are alike."""
    for name in VENUES:
        one, other = (keyed(new(name, "ann", "ben", seed=seed)) for seed in (1, 2))
        keys = [msgspec.json.encode(key) for part in (one, other) for u in part for key in u.keys]

        assert 8 == len(set(keys))


@pytest.mark.parametrize(
    ("users", "text"),
    [
        (("maker",), "is the name of a user that"),
        (("ann", "ann"), "one at least, each once"),
        ((), "one at least, each once"),
        (("an/n",), "is no name of a user"),
        (('a"n',), "is no name of a user"),
        (("",), "is no name of a user"),
        (("a" * 33,), "is no name of a user"),
    ],
)
def test_names_that_cannot_be(users: tuple[str, ...], text: str) -> None:
    """Are refused before anything is drawn."""
    with pytest.raises(WorldError, match=text):
        written(VENUES.values(), wanted(*users))
