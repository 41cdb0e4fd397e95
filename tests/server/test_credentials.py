"""Keys that change while serving: issued, revoked, and found again after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from countermand.server.credentials import KeyRing
from countermand.vocabulary.reports import AccountReport
from countermand.wire.context import Settings
from countermand.wire.conversation import RANDOM_BYTES, IssueKey, RevokeKeys
from countermand.wire.credential import Credential, Keys, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.operation import Access


class PlainAuth:
    """A venue whose keys are words."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> Credential:
        """Make a credential of its word."""
        return Credential(owner, fields["key"], (Access.VIEW,))

    def publish(self, credential: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Tell the word."""
        return {"key": credential.key}

    def sign(self, request: Request, credential: Credential, now_ns: int) -> Request:
        """Sign nothing."""
        return request

    def verify(self, request: Request, keys: Keys, settings: Settings, now_ns: int) -> Principal:
        """Refuse everyone: these tests send no requests."""
        raise AssertionError


class Store(list[bytes]):
    """Where changes are kept; one that is `full` takes none."""

    full = False

    async def keep(self, change: bytes) -> None:
        """Keep a change, after giving way to others."""
        await asyncio.sleep(0)
        if self.full:
            raise OSError("full")
        self.append(change)


def ring(store: Store | None = None) -> KeyRing:
    """The keys of alice and bob, and what has become of them."""
    auth, store = PlainAuth(), Store() if store is None else store
    founded = [auth.credential(name, {"key": f"{name}-1"}) for name in PEOPLE]
    return KeyRing(auth, founded, tuple(store), store.keep)


PEOPLE = ("alice", "bob")


def issue(key: str, *revokes: str) -> IssueKey:
    """A new key for alice, in place of others."""
    return IssueKey("alice", lambda *_: {"key": key}, revokes)


def keys(of: KeyRing) -> list[str]:
    """The public parts of all keys there are."""
    return sorted(credential.key for credential in of)


def test_issued_key_takes_the_place_of_the_revoked() -> None:
    """The old one is unknown from the moment the new one is known."""
    held = ring()
    issued = asyncio.run(held.change(issue("alice-2", "alice-1")))

    assert issued is not None
    assert "alice-2" == issued.key
    assert held.find("alice-1") is None
    assert ["alice-2", "bob-1"] == keys(held)


def test_key_is_made_of_random_bytes() -> None:
    """Two keys in a row are made of different ones, as many as promised."""
    drawn: list[bytes] = []

    def make(random: bytes, replaced: Credential | None) -> dict[str, Any]:
        drawn.append(random)
        return {"key": random.hex()}

    held = ring()
    for _ in range(2):
        asyncio.run(held.change(IssueKey("alice", make)))

    assert [RANDOM_BYTES, RANDOM_BYTES] == [len(random) for random in drawn]
    assert drawn[0] != drawn[1]


def test_changes_are_found_after_a_restart() -> None:
    """The next start has the issued keys, and not the revoked ones."""
    store = Store()
    held = ring(store)
    asyncio.run(held.change(issue("alice-2", "alice-1")))
    asyncio.run(held.change(RevokeKeys(("bob-1",))))

    assert ["alice-2"] == keys(ring(store))


def test_issued_key_can_be_revoked() -> None:
    """The key is gone, after a restart too."""
    store = Store()
    held = ring(store)
    asyncio.run(held.change(issue("alice-2")))
    asyncio.run(held.change(RevokeKeys(("alice-2", "nobody's"))))

    assert ["alice-1", "bob-1"] == keys(held) == keys(ring(store))


def test_failed_write_changes_nothing() -> None:
    """A key that could be lost is not handed out, and the old one still opens."""
    store = Store()
    store.full = True
    held = ring(store)
    with pytest.raises(OSError, match="full"):
        asyncio.run(held.change(issue("alice-2", "alice-1")))

    assert ["alice-1", "bob-1"] == keys(held)


def test_abandoned_change_is_made_whole() -> None:
    """A request may be given up midway; the key ring is what the journal has."""
    store = Store()

    async def story() -> list[str]:
        held = ring(store)
        asked = asyncio.create_task(held.change(issue("alice-2", "alice-1")))
        await asyncio.sleep(0)
        asked.cancel()
        await held.change(RevokeKeys(("nobody's",)))
        return keys(held)

    assert ["alice-2", "bob-1"] == asyncio.run(story()) == keys(ring(store))


def test_of_two_that_replace_one_key_one_is_made() -> None:
    """The second is refused, so no extra key is left."""
    store = Store()

    async def story() -> list[Any]:
        held = ring(store)
        asked = [IssueKey("alice", lambda *_, n=n: {"key": n}, replaces="alice-1") for n in "ab"]
        return await asyncio.gather(*map(held.change, asked), return_exceptions=True)

    made, refused = asyncio.run(story())

    assert "a" == made.key
    assert isinstance(refused, Unauthorized)
    assert ["a", "bob-1"] == keys(ring(store))


def test_changes_at_once_are_all_made() -> None:
    """Each is made on top of the others, none instead of another."""
    store = Store()
    names = [f"alice-{number}" for number in range(2, 12)]

    async def story() -> list[str]:
        held = ring(store)
        await asyncio.gather(*[held.change(issue(name)) for name in names])
        return keys(held)

    assert sorted(["alice-1", "bob-1", *names]) == asyncio.run(story()) == keys(ring(store))


def test_change_of_nothing_is_not_kept() -> None:
    """A key that has ended ends no second time."""
    store = Store()
    held = ring(store)
    for _ in range(3):
        asyncio.run(held.change(RevokeKeys(("alice-1",))))

    assert 1 == len(store)


@pytest.mark.parametrize("change", [b"{", b'{"issued":3}', b'"\xff"'])
def test_change_that_makes_no_sense_is_refused(change: bytes) -> None:
    """Starting without it would bring revoked keys back."""
    with pytest.raises(ValueError, match="makes no sense"):
        ring(Store([change]))
