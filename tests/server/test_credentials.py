"""Keys that change while serving: issued, revoked, and found again after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from countermand.server.credentials import KeyRing
from countermand.vocabulary.reports import AccountReport
from countermand.wire.context import Settings
from countermand.wire.conversation import RANDOM_BYTES, IssueKey, RevokeKeys
from countermand.wire.credential import Credential, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.operation import Access
from countermand.wire.venue import Keys


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
        """Let nobody in: nothing here is about requests."""
        raise AssertionError


def ring(path: Path | None = None) -> KeyRing:
    """The keys of alice and bob."""
    auth = PlainAuth()
    return KeyRing(auth, [auth.credential(name, {"key": f"{name}-1"}) for name in PEOPLE], path)


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


def test_changes_are_found_after_a_restart(tmp_path: Path) -> None:
    """What was issued and what was revoked is so for whoever reads the file next."""
    path = tmp_path / "keys.json"
    held = ring(path)
    asyncio.run(held.change(issue("alice-2", "alice-1")))
    asyncio.run(held.change(RevokeKeys(("bob-1",))))

    assert ["alice-2"] == keys(ring(path))


def test_issued_key_can_be_revoked(tmp_path: Path) -> None:
    """Then nothing is left of it, in the file either."""
    path = tmp_path / "keys.json"
    held = ring(path)
    asyncio.run(held.change(issue("alice-2")))
    asyncio.run(held.change(RevokeKeys(("alice-2", "nobody's"))))

    assert ["alice-1", "bob-1"] == keys(ring(path))
    assert b"alice-2" not in path.read_bytes()


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    """They open accounts."""
    path = tmp_path / "keys.json"
    asyncio.run(ring(path).change(issue("alice-2")))

    assert 0o600 == path.stat().st_mode & 0o777


def test_failed_write_changes_nothing(tmp_path: Path) -> None:
    """A key that could be lost is not handed out, and the old one still opens."""
    held = ring(tmp_path / "nowhere" / "keys.json")
    with pytest.raises(FileNotFoundError):
        asyncio.run(held.change(issue("alice-2", "alice-1")))

    assert ["alice-1", "bob-1"] == keys(held)


def test_change_nobody_waits_for_is_made_whole(tmp_path: Path) -> None:
    """Whoever asked may go away in the middle; what is on the disk is what is true."""
    path = tmp_path / "keys.json"

    async def story() -> list[str]:
        held = ring(path)
        asked = asyncio.create_task(held.change(issue("alice-2", "alice-1")))
        await asyncio.sleep(0)
        asked.cancel()
        await held.change(RevokeKeys(()))
        return keys(held)

    assert ["alice-2", "bob-1"] == asyncio.run(story()) == keys(ring(path))


def test_of_two_that_replace_one_key_one_is_made(tmp_path: Path) -> None:
    """The other is refused, so that nobody ends up with a key that nobody asked to keep."""
    path = tmp_path / "keys.json"

    async def story() -> list[Any]:
        held = ring(path)
        asked = [IssueKey("alice", lambda *_, n=n: {"key": n}, replaces="alice-1") for n in "ab"]
        return await asyncio.gather(*map(held.change, asked), return_exceptions=True)

    made, refused = asyncio.run(story())

    assert "a" == made.key
    assert isinstance(refused, Unauthorized)
    assert ["a", "bob-1"] == keys(ring(path))


def test_changes_at_once_are_all_made(tmp_path: Path) -> None:
    """Each is made on top of the others, none instead of another."""
    path = tmp_path / "keys.json"
    names = [f"alice-{number}" for number in range(2, 12)]

    async def story() -> list[str]:
        held = ring(path)
        await asyncio.gather(*[held.change(issue(name)) for name in names])
        return keys(held)

    assert sorted(["alice-1", "bob-1", *names]) == asyncio.run(story()) == keys(ring(path))


def test_key_revoked_again_is_written_down_once(tmp_path: Path) -> None:
    """The file does not grow with what has ended already."""
    path = tmp_path / "keys.json"
    held = ring(path)
    for _ in range(3):
        asyncio.run(held.change(RevokeKeys(("alice-1",))))

    assert path.read_bytes().count(b"alice-1") == 1


def test_broken_file_is_refused(tmp_path: Path) -> None:
    """Starting without it would bring revoked keys back."""
    path = tmp_path / "keys.json"
    path.write_text("{")

    with pytest.raises(ValueError, match=r"keys\.json"):
        ring(path)
