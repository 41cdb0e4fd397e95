"""
Operation keys and API keys: shown, replaced and made anew.

Source: API reference, the page of each call; Python SDK 1.1.1, `responses`; TypeScript SDK 1.1.3,
        `types`; the rest is our proposal (README).
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.venues.deltadefi.booth import INVALID, Booth, limit

from countermand.venues.deltadefi.cardano import operation_key
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cardano.json").read_text())


CASES = VECTORS["encrypted_operation_key"]["cases"]


def test_operation_key_opens_with_the_passcode(booth: Booth) -> None:
    """A string of JSON; its plaintext is the root key, and the hash is its operation key's."""
    served = booth.get("/accounts/operation-key")
    passcode = booth.desk.venue.auth.publish(booth.desk.credential(), [])["passcode"]
    text = operation_key.decrypt(served["encrypted_operation_key"], passcode)
    key = operation_key.operation_key(operation_key.root_key(text))

    assert {"iv", "salt", "ciphertext"} == json.loads(served["encrypted_operation_key"]).keys()
    assert text.startswith("xprv1")
    shown = operation_key.key_hash(operation_key.extended_key.public_key(key)).hex()
    assert shown == served["operation_key_hash"]


def test_spot_account(booth: Booth) -> None:
    """The account with its operation key; orders name the same account."""
    account = booth.get("/accounts/spot-account")
    order = booth.place(limit("buy", "100", "0.93"))

    key = booth.get("/accounts/operation-key")
    assert key.keys() | {"account_id", "account_type", "created_at"} == account.keys()
    assert key == {name: account[name] for name in key}
    assert (order["account_id"], "spot", "2026-01-01T00:00:00Z") == (
        account["account_id"],
        account["account_type"],
        account["created_at"],
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_operation_key_is_replaced(booth: Booth, case: dict[str, str]) -> None:
    """Any of the four documented forms is taken, and read back as it was sent."""
    body = {
        "user_id": "u",
        "encrypted_operation_key": case["encrypted_operation_key"],
        "operation_key_hash": VECTORS["key"]["operation_key_hash_hex"],
        "is_script_operation_key": False,
    }
    status, account = booth.post("/accounts/spot-account", body)

    assert 200 == status
    assert account == booth.get("/accounts/spot-account")
    served = booth.get("/accounts/operation-key")["encrypted_operation_key"]
    passcode = VECTORS["encrypted_operation_key"]["passcode"]
    assert VECTORS["key"]["root_key_bech32"] == operation_key.decrypt(served, passcode)


# What the clients send of the four fields: the reference's, the Rust SDK's, and with nulls.
BODIES: dict[str, dict[str, Any]] = {
    "documented": {"user_id": "u", "is_script_operation_key": False},
    "rust": {},
    "nulls": {"user_id": None, "is_script_operation_key": None},
}


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
@pytest.mark.parametrize("more", BODIES)
def test_key_names_the_user(booth: Booth, method: str, more: str) -> None:
    """A change needs no `user_id`; with a hash it is to the key of that hash."""
    key = {
        "encrypted_operation_key": CASES[0]["encrypted_operation_key"],
        "operation_key_hash": VECTORS["key"]["operation_key_hash_hex"],
    }
    status, account = booth.ask(method, "/accounts/spot-account", key | BODIES[more])

    assert (200, key) == (status, {name: account.get(name) for name in key})
    assert key == booth.get("/accounts/operation-key")


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_passcode_is_changed(booth: Booth, method: str) -> None:
    """The Python SDK patches, TypeScript puts; the key and its hash stay."""
    old = booth.get("/accounts/operation-key")
    passcode = booth.desk.venue.auth.publish(booth.desk.credential(), [])["passcode"]
    text = operation_key.decrypt(old["encrypted_operation_key"], passcode)
    new = operation_key.encrypt(text, "another", bytes(16), bytes(12))
    body = {"user_id": "u", "encrypted_operation_key": new}
    status, account = booth.ask(method, "/accounts/spot-account", body)

    assert (200, "2027-01-15T08:00:00Z") == (status, account["updated_at"])
    served = {"encrypted_operation_key": new, "operation_key_hash": old["operation_key_hash"]}
    assert served == booth.get("/accounts/operation-key")
    keys = [booth.desk.venue.auth.publish(it, []) for it in booth.desk.keys if it.owner == "alice"]
    assert all("passcode" not in told for told in keys)


@pytest.mark.parametrize(
    ("changes", "status", "more"),
    [
        ({"user_id": ""}, 422, "invalid user_id: must not be empty"),
        ({"is_script_operation_key": True}, 422, "invalid is_script_operation_key: a script"),
        ({"operation_key_hash": "35c7"}, 422, "invalid operation_key_hash: "),
        ({"encrypted_operation_key": "xprv1"}, 422, "invalid encrypted_operation_key: "),
        ({"encrypted_operation_key": '{"iv":"","ciphertext":""}'}, 422, "invalid encrypted_oper"),
    ],
)
def test_malformed_operation_key(
    booth: Booth, changes: dict[str, Any], status: int, more: str
) -> None:
    """The key is refused, and the old one stays."""
    old = booth.get("/accounts/operation-key")
    body = {
        "user_id": "u",
        "encrypted_operation_key": CASES[0]["encrypted_operation_key"],
        "operation_key_hash": VECTORS["key"]["operation_key_hash_hex"],
        "is_script_operation_key": False,
    }
    given, answer = booth.post("/accounts/spot-account", body | changes)

    assert (status, 4000) == (given, answer["code"])
    assert answer["error"].startswith(INVALID + more)
    assert old == booth.get("/accounts/operation-key")


def test_new_api_key_ends_the_old_one(booth: Booth) -> None:
    """The old key ends at once; the new one has its account and its operation key."""
    old = booth.desk.credential()
    shown = booth.get("/accounts/api-key")
    assert {"api_key": old.key, "created_at": "2026-01-01T00:00:00Z"} == shown
    order = booth.place(limit("buy", "10", "0.93"))
    new = booth.get("/accounts/new-api-key")

    assert (32, "2027-01-15T08:00:00Z") == (len(new["api_key"]), new["created_at"])
    assert set(new["api_key"]) <= set("0123456789abcdef")
    request = Request("GET", b"/accounts/api-key")
    assert 401 == booth.desk.send(request, old)[0]
    held = booth.desk.keys.find(new["api_key"])
    assert held is not None
    assert (200, new) == booth.desk.send(request, held)
    cancel = Request("POST", f"/order/{order['id']}/cancel".encode())
    assert (200, {"order_id": order["id"]}) == booth.desk.send(cancel, held)


def both_at_once(booth: Booth, *asked: Request) -> list[tuple[int, Any]]:
    """Return the answers to what alice asks with one key before either is answered."""
    key = booth.desk.credential()
    signed = [booth.desk.venue.auth.sign(it, key, booth.desk.clock.now_ns()) for it in asked]

    async def answers() -> list[Response]:
        return await asyncio.gather(*[booth.desk.pipeline.handle(it) for it in signed])

    return [(it.status, json.loads(it.body)) for it in asyncio.run(answers())]


NEW_KEY = Request("GET", b"/accounts/new-api-key")


REPLACED = {
    "user_id": "u",
    "encrypted_operation_key": CASES[0]["encrypted_operation_key"],
    "operation_key_hash": VECTORS["key"]["operation_key_hash_hex"],
}


REPLACE_KEY = Request("POST", b"/accounts/spot-account", b"", (), json.dumps(REPLACED).encode())


PASSCODE = Request("PATCH", b"/accounts/spot-account", b"", (), REPLACE_KEY.body)


@pytest.mark.parametrize("late", [NEW_KEY, REPLACE_KEY, PASSCODE], ids=["new", "post", "patch"])
def test_ended_key_makes_no_key(booth: Booth, late: Request) -> None:
    """A change that was asked with an ended key is refused, and one key stays."""
    old = booth.desk.credential()
    issued, refused = both_at_once(booth, NEW_KEY, late)

    assert 200 == issued[0]
    assert (401, {"error": "Unauthorized access", "code": 4010}) == refused
    assert booth.desk.keys.find(old.key) is None
    assert [issued[1]["api_key"]] == [
        it.key for it in booth.desk.keys if it.owner == "alice" and Access.TRADE in it.access
    ]


def test_new_api_key_has_the_operation_key_of_its_moment(booth: Booth) -> None:
    """An operation key that was replaced just before stays replaced."""
    replaced, issued = both_at_once(booth, REPLACE_KEY, NEW_KEY)

    assert (200, 200) == (replaced[0], issued[0])
    held = booth.desk.keys.find(issued[1]["api_key"])
    assert held is not None
    shown = booth.desk.send(Request("GET", b"/accounts/operation-key"), held)[1]
    assert REPLACED["operation_key_hash"] == shown["operation_key_hash"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/accounts/new-api-key"), ("PATCH", "/accounts/spot-account")]
)
def test_key_that_may_only_look_changes_none(booth: Booth, method: str, path: str) -> None:
    """A read-only key cannot replace itself either."""
    body = b'{"user_id":"u","encrypted_operation_key":"{}"}'
    request = Request(method, path.encode(), b"", (), body)

    assert 403 == booth.desk.send(request, booth.desk.credential("alice", 1))[0]
