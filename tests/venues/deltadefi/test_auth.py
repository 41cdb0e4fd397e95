"""API keys: their form, their published fields, and the user they prove."""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.deltadefi.booth import Booth

from countermand.venues.deltadefi import credential as credentials
from countermand.venues.deltadefi.auth import DeltaDefiAuth
from countermand.wire.context import Settings
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.operation import Access

AUTH = DeltaDefiAuth()
FIELDS: dict[str, Any] = {"api_key": "0" * 32, "created_at": "2026-01-01T00:00:00Z"}
SEALED = '{"iv":"h1IC5IkemK5SxTV4","salt":"","ciphertext":"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}'
KEYED = FIELDS | {"encrypted_operation_key": SEALED, "operation_key_hash": "ab" * 28}


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS,
        FIELDS | {"api_key": "x" * 128},
        KEYED,
        KEYED | {"passcode": "x", "access": ["view"]},
    ],
)
def test_key_of_a_world(fields: dict[str, Any]) -> None:
    """All fields of the key are kept, and published as they were."""
    made = AUTH.credential("alice", fields)

    assert {"access": ["view", "trade"]} | fields == credentials.to_fields(made)
    assert made == AUTH.credential("alice", credentials.to_fields(made))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "api_key: must be"),
        (FIELDS | {"api_key": ""}, "api_key: must be"),
        (FIELDS | {"api_key": "a b"}, "api_key: must be letters"),
        (FIELDS | {"api_key": "x" * 129}, "api_key: must be letters"),
        (FIELDS | {"created_at": "yesterday"}, "created_at: must be a time"),
        (FIELDS | {"access": ["fly"]}, "access: must be a list of view"),
        (FIELDS | {"secret": "x"}, "secret: not a field"),
        (FIELDS | {"encrypted_operation_key": SEALED}, "goes together with"),
        (FIELDS | {"operation_key_hash": "ab" * 28}, "goes together with"),
        (KEYED | {"operation_key_hash": "ab" * 27}, "operation_key_hash: must be 28 bytes"),
        (KEYED | {"operation_key_hash": "xy" * 28}, "operation_key_hash: must be 28 bytes"),
        (KEYED | {"encrypted_operation_key": "{"}, "encrypted_operation_key: must be JSON"),
        (KEYED | {"passcode": ""}, "passcode: must be ASCII text"),
    ],
)
def test_key_that_is_none(fields: dict[str, Any], text: str) -> None:
    """The text names the field at fault."""
    with pytest.raises(ValueError, match=text):
        AUTH.credential("alice", fields)


def test_documented_form_of_a_key() -> None:
    """One example of the documents does not look like the others."""
    assert "dk_live_abc123" == AUTH.credential("a", FIELDS | {"api_key": "dk_live_abc123"}).key


def test_published_is_what_the_sdk_needs() -> None:
    """The key, the passcode, and what they open."""
    booth = Booth()
    told = AUTH.publish(booth.desk.credential(), booth.desk.accounts())
    names = {"api_key", "passcode", "encrypted_operation_key", "operation_key_hash", "account_id"}

    assert names < told.keys()
    assert "account_id" not in AUTH.publish(booth.desk.credential(), [])


@pytest.mark.parametrize("headers", [(), ((b"x-api-key", b""),), ((b"x-api-key", b"\xff\xfe"),)])
def test_unproven_requests(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    """A missing key, an empty one and an unknown one are refused in the same words."""
    booth = Booth()
    with pytest.raises(Unauthorized, match=r"^Unauthorized access$"):
        AUTH.verify(Request("GET", b"/", b"", headers), booth.desk.keys, Settings(), 0)


def test_proven_request() -> None:
    """The principal has the key's rights."""
    booth = Booth()
    held = booth.desk.credential("alice", 1)
    request = AUTH.sign(Request("GET", b"/"), held, 0)

    assert ((b"x-api-key", held.key.encode()),) == request.headers
    found = AUTH.verify(request, booth.desk.keys, Settings(), 0)
    assert ("alice", (Access.VIEW,)) == (found.owner, found.access)
