"""
Submitting a built order: its signature, its age, and a second submission.

Source: API reference, "Submit Place Order", "Status Codes"; tests/venues/deltadefi/vectors for
        signatures; the rest is our proposal (README).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.deltadefi.booth import ADA, INVALID, Booth, limit

from countermand.venues.deltadefi.cardano import operation_key, transaction
from countermand.venues.deltadefi.settings import DeltaDefiSettings

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cardano.json").read_text())


def test_submitted_order_is_the_order_object(booth: Booth) -> None:
    """Unwrapped, open, and with the keys the SDK repeats ignored."""
    built = booth.build(limit("buy", "100", "0.93", post_only=True))
    status, order = booth.submit(built, price="0.93", post_only=True)

    assert 200 == status
    assert built["order_id"] == order["id"]
    assert booth.desk.credential().key not in str(order)
    told = order.keys() - {"id", "account_id", "created_at", "updated_at"}
    assert {
        "status": "open", "symbol": ADA, "side": "buy", "type": "limit", "price": "0.93",
        "base_qty": "100", "quote_qty": "93", "locked_base_qty": "0", "locked_quote_qty": "93",
        "executed_base_qty": "0", "executed_quote_qty": "0", "ob_open_order_base_qty": "100",
        "commission_unit": "ADA", "commission": "0", "commission_rate_bp": 10,
        "executed_price": "0", "order_execution_records": [],
    } == {name: order[name] for name in told}  # fmt: skip
    assert order == booth.shown(built["order_id"])


def test_second_submit(booth: Booth) -> None:
    """The refusal is the same while the order is open and after its cancel."""
    built = booth.build(limit("buy", "100", "0.93"))
    assert 200 == booth.submit(built)[0]
    again = (400, {"error": "Transaction has already been submitted", "code": 4302})

    assert again == booth.submit(built)
    booth.cancel(built["order_id"])
    assert again == booth.submit(built)
    assert () == booth.book().bids


def test_submit_that_failed_cannot_be_repeated(booth: Booth) -> None:
    """The order has failed, and a new one must be built."""
    built = booth.build(limit("buy", "100", "0.93"))
    booth.keep_only("alice", "USDM", 10)

    assert (400, {"error": "Insufficient balance to place order", "code": 4050}) == booth.submit(
        built
    )
    assert 4302 == booth.submit(built)[1]["code"]
    shown = booth.get("/accounts/trade-orders?symbol=ADAUSDM")["data"]
    assert [(built["order_id"], "failed")] == [(it["id"], it["status"]) for it in shown]


def test_too_old(booth: Booth) -> None:
    """Two minutes, a setting."""
    built = booth.build(limit("buy", "100", "0.93"))
    booth.wait(121)
    expired = (400, {"error": "Transaction expired, please build again", "code": 4300})

    assert expired == booth.submit(built)
    assert 120 == DeltaDefiSettings().build_lifetime_s
    short = Booth(build_lifetime_s=5)
    built = short.build(limit("buy", "100", "0.93"))
    short.wait(4)
    assert 200 == short.submit(built)[0]
    built = short.build(limit("buy", "100", "0.93"))
    short.wait(6)
    assert expired == short.submit(built)


def test_order_is_looked_at_before_its_signature(booth: Booth) -> None:
    """An old order and a submitted one are refused as such with any signature."""
    old, placed = (booth.build(limit("buy", "100", "0.93")) for _ in range(2))
    assert 200 == booth.submit(placed)[0]
    booth.wait(121)

    for built, code in ((old, 4300), (placed, 4302)):
        body = {"order_id": built["order_id"], "signed_tx": built["tx_hex"]}
        status, answer = booth.post("/order/submit", body)
        assert (400, code) == (status, answer["code"])


def test_submit_with_a_key_without_an_operation_key(booth: Booth) -> None:
    """No signature can be checked; the order stays built."""
    key, built = booth.desk.credential(), booth.build(limit("buy", "100", "0.93"))
    signed = booth.sign(built["tx_hex"])
    bare = replace(key, encrypted_operation_key=None, operation_key_hash=None)
    booth.desk.keys._by_key[bare.key] = bare
    refused = {"error": "Account is missing required operation key", "code": 4406}

    body = {"order_id": built["order_id"], "signed_tx": signed}
    assert (400, refused) == booth.post("/order/submit", body)
    booth.desk.keys._by_key[key.key] = key
    assert 200 == booth.post("/order/submit", body)[0]


@pytest.mark.parametrize("order_id", ["", "x", "0b0e7d52-7c0a-4b0e-9f0f-1f6d5a1c9a01"])
def test_submit_of_an_unknown_order(booth: Booth, order_id: str) -> None:
    """The refusal is the same with any signature."""
    signed = booth.sign(transaction.build(order_id))
    body = {"order_id": order_id, "signed_tx": signed}

    assert (404, {"error": "Order not found", "code": 4200}) == booth.post("/order/submit", body)


def test_submit_of_an_order_of_another(booth: Booth) -> None:
    """Like an unknown one, with either signature, and its owner can still submit it."""
    built = booth.build(limit("buy", "100", "0.93"))

    for signer in ("alice", "bob"):
        body = {"order_id": built["order_id"], "signed_tx": booth.sign(built["tx_hex"], signer)}
        assert (404, {"error": "Order not found", "code": 4200}) == booth.post(
            "/order/submit", body, "bob"
        )
    assert 200 == booth.submit(built)[0]


def forged(booth: Booth, how: str, built: dict[str, str]) -> str:
    """Return a transaction that must not place the order."""
    signed = booth.sign(built["tx_hex"])
    match how:
        case "unsigned":
            return built["tx_hex"]
        case "bit flipped":
            return f"{signed[:-6]}{int(signed[-6], 16) ^ 1:x}{signed[-5:]}"
        case "foreign key":
            return booth.sign(built["tx_hex"], "bob")
        case "other order":
            return booth.sign(booth.build(limit("sell", "100", "0.93"))["tx_hex"])
        case _:
            return signed.replace("0001800200a1", "0001800201a1")


@pytest.mark.parametrize(
    ("how", "more"),
    [
        ("unsigned", "the transaction has no signature"),
        ("bit flipped", "the signature of the operation key is wrong"),
        ("foreign key", "the transaction is not signed by the operation key"),
        ("other order", "the transaction was signed for another order"),
        ("tampered", "the transaction is not the one that was built"),
    ],
)
def test_forged_signature_moves_nothing(booth: Booth, how: str, more: str) -> None:
    """4407, the book and the money as they were, and the order can still be submitted."""
    built = booth.build(limit("buy", "100", "0.93"))
    before = (booth.book(), booth.account())
    body = {"order_id": built["order_id"], "signed_tx": forged(booth, how, built)}

    assert (400, {"error": f"Failed to sign transaction: {more}", "code": 4407}) == booth.post(
        "/order/submit", body
    )
    assert before == (booth.book(), booth.account())
    assert 200 == booth.submit(built)[0]


@pytest.mark.parametrize("case", VECTORS["verifying"], ids=lambda case: case["name"])
def test_vectors_of_another_order_place_nothing(booth: Booth, case: dict[str, str]) -> None:
    """Each is made for an order of elsewhere, by a key of elsewhere, or is no transaction."""
    built = booth.build(limit("buy", "100", "0.93"))
    before = booth.book()
    body = {"order_id": built["order_id"], "signed_tx": case["signed_tx"]}
    status, answer = booth.post("/order/submit", body)

    expected = (422, 4000) if case["name"] == "not_hex" else (400, 4407)
    assert expected == (status, answer["code"])
    assert before == booth.book()


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ({"signed_tx": "84"}, "order_id is missing"),
        ({"order_id": "x"}, "signed_tx is missing"),
        ({"order_id": 7, "signed_tx": "84"}, "invalid order_id"),
    ],
)
def test_malformed_submit(booth: Booth, body: dict[str, Any], more: str) -> None:
    """The refusal names the field."""
    assert (422, {"error": INVALID + more, "code": 4000}) == booth.post("/order/submit", body)


@pytest.mark.parametrize("signed", ["", "zz", "84a", "ff", "80", "a0", "8401"])
def test_malformed_transaction(booth: Booth, signed: str) -> None:
    """A field that is not what it should be."""
    built = booth.build(limit("buy", "100", "0.93"))
    status, answer = booth.post(
        "/order/submit", {"order_id": built["order_id"], "signed_tx": signed}
    )

    assert (422, 4000) == (status, answer["code"])


def test_further_witness_is_not_looked_at(booth: Booth) -> None:
    """One of two is the operation key's, in a plain list and in a tagged set."""
    for tag in ("", "d90102"):
        built = booth.build(limit("buy", "100", "0.93"))
        own, other = booth.sign(built["tx_hex"]), booth.sign(built["tx_hex"], "bob")
        head = own.index("a10081")
        witnesses = other[head + 6 : -4] + own[head + 6 : -4]
        body = {
            "order_id": built["order_id"],
            "signed_tx": f"{own[:head]}a100{tag}82{witnesses}f5f6",
        }

        assert 200 == booth.post("/order/submit", body)[0]


def test_new_operation_key_signs_from_now_on(booth: Booth) -> None:
    """An order that was built before takes the new one, too."""
    key = VECTORS["key"]
    new = {
        "user_id": "u",
        "encrypted_operation_key": VECTORS["encrypted_operation_key"]["cases"][0][
            "encrypted_operation_key"
        ],
        "operation_key_hash": key["operation_key_hash_hex"],
        "is_script_operation_key": False,
    }
    built = booth.build(limit("buy", "100", "0.93"))
    old_signed = booth.sign(built["tx_hex"])
    assert 200 == booth.post("/accounts/spot-account", new)[0]

    body = {"order_id": built["order_id"], "signed_tx": old_signed}
    assert 4407 == booth.post("/order/submit", body)[1]["code"]
    root = operation_key.root_key(key["root_key_bech32"])
    signed = transaction.sign(built["tx_hex"], operation_key.operation_key(root))
    assert 200 == booth.post("/order/submit", body | {"signed_tx": signed})[0]
