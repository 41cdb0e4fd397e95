"""Building, signing and verifying: every vector byte for byte, and every way to fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import example, given
from hypothesis import strategies as st

from countermand.venues.deltadefi.cardano import extended_key, operation_key, transaction
from countermand.venues.deltadefi.cardano.transaction import (
    Fault,
    TransactionRefused,
    Verified,
    Witness,
)

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cardano.json").read_text())
SIGNING: list[dict[str, str]] = VECTORS["signing"]
VERIFYING: dict[str, str] = {case["name"]: case["signed_tx"] for case in VECTORS["verifying"]}
NATIVE: dict[str, dict[str, str]] = {case["name"]: case for case in VECTORS["native"]["shapes"]}
POSTED: list[dict[str, Any]] = VECTORS["post_order"]

ORDER_ID: str = VECTORS["order_id"]
BUILT, SIGNED = SIGNING[0]["tx_hex_unsigned"], SIGNING[0]["signed_tx"]
KEY_HASH = bytes.fromhex(VECTORS["key"]["operation_key_hash_hex"])
KEY = operation_key.operation_key(operation_key.root_key(VECTORS["key"]["root_key_bech32"]))
OTHER_KEY = extended_key.derive(KEY, [1])
WITNESS = Witness(bytes.fromhex(SIGNING[0]["vkey_hex"]), bytes.fromhex(SIGNING[0]["signature_hex"]))

# The native signer takes these; ours adds nothing to witnesses, and wants no bytes behind the end.
NOT_FOR_US = ("empty_witness_list", "one_witness_already", "own_witness_already", "trailing")
SHAPES = [name for name, it in NATIVE.items() if it["signed_tx"] and name not in NOT_FOR_US]
# The native signer dies of these, and of an empty body, which is not ours to read.
DEADLY = {
    "not_hex": Fault.NOT_HEX,
    "odd": Fault.NOT_HEX,
    "empty": Fault.NOT_CBOR,
    "not_cbor": Fault.NOT_CBOR,
    "not_tx": Fault.NOT_A_TRANSACTION,
}


def fault_of(signed_tx: str, order_id: str = ORDER_ID, key_hash: bytes = KEY_HASH) -> Fault | None:
    """Return why a transaction is refused, None if it is not."""
    try:
        transaction.verify(signed_tx, order_id, key_hash)
    except TransactionRefused as refusal:
        return refusal.fault
    return None


def with_witnesses(written: str) -> str:
    """Return the built transaction with another witness set."""
    return f"{BUILT[:-6]}{written}f5f6"


def witness_of(key: extended_key.ExtendedKey, body: str) -> str:
    """Return a key's witness of a body."""
    return transaction.sign(f"84{body}a0f5f6", key)[2 + len(body) + 6 : -4]


def test_order_is_built_as_in_the_worked_example() -> None:
    """The transaction has one input, named for the order."""
    assert BUILT == transaction.build(ORDER_ID)
    assert SIGNING[0]["body_hex"] == transaction.body(ORDER_ID).hex()


@pytest.mark.parametrize(
    "posted", [it for it in POSTED if "built" in it], ids=lambda it: it["client"]
)
def test_orders_are_built_as_captured(posted: dict[str, Any]) -> None:
    """The bytes are those that both SDKs have signed."""
    assert posted["built"]["tx_hex"] == transaction.build(posted["built"]["order_id"])


@pytest.mark.parametrize("case", SIGNING, ids=lambda case: case["name"])
def test_every_shape_is_signed_to_the_byte(case: dict[str, str]) -> None:
    """The bytes are those of the Python SDK's native signer."""
    assert case["signed_tx"] == transaction.sign(case["tx_hex_unsigned"], KEY)


@pytest.mark.parametrize("name", SHAPES)
def test_further_shapes_are_signed_to_the_byte(name: str) -> None:
    """Three elements, indefinite lengths, long forms, tags and metadata."""
    assert NATIVE[name]["signed_tx"] == transaction.sign(NATIVE[name]["tx_hex"], KEY)


@pytest.mark.parametrize(("name", "fault"), DEADLY.items())
def test_unsignable_transactions_are_refused(name: str, fault: Fault) -> None:
    """The native signer ends the process."""
    assert "" == NATIVE[name]["signed_tx"]
    with pytest.raises(TransactionRefused) as refusal:
        transaction.sign(NATIVE[name]["tx_hex"], KEY)
    assert fault is refusal.value.fault


@pytest.mark.parametrize(
    "tx_hex",
    [SIGNED, f"{BUILT}00", "84a0a0f5", "8280a0", "8480a0f5f6", "84a080f5f6", "85a0a0f5f600"],
)
def test_only_an_unsigned_transaction_is_signed(tx_hex: str) -> None:
    """A transaction with a witness, or a malformed one, is refused."""
    with pytest.raises(TransactionRefused):
        transaction.sign(tx_hex, KEY)


@pytest.mark.parametrize("client", ["python_sdk", "typescript_sdk"])
def test_orders_are_accepted_as_captured(client: str) -> None:
    """The bytes are those that both SDKs have sent."""
    body = next(
        it["request"]["body"] for it in POSTED if it["client"] == client and "built" not in it
    )
    verified = transaction.verify(body["signed_tx"], body["order_id"], KEY_HASH)

    assert (WITNESS.vkey, 0) == (verified.witness.vkey, verified.ignored)


def test_worked_example_is_accepted() -> None:
    """The example has one witness."""
    assert Verified(WITNESS, 0) == transaction.verify(SIGNED, ORDER_ID, KEY_HASH)


def test_capital_letters_are_hexadecimal_too() -> None:
    """Clients write small ones."""
    assert Verified(WITNESS, 0) == transaction.verify(SIGNED.upper(), ORDER_ID, KEY_HASH)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("unsigned", Fault.UNSIGNED),
        ("signature_bit_flipped", Fault.BAD_SIGNATURE),
        ("body_changed_after_signing", Fault.TAMPERED),
        ("other_key", Fault.FOREIGN_KEY),
        ("signed_for_another_order", Fault.OTHER_ORDER),
        ("two_witnesses", None),
        ("not_hex", Fault.NOT_HEX),
    ],
)
def test_verdict(name: str, fault: Fault | None) -> None:
    """Each refusal is a value of its own."""
    assert fault is fault_of(VERIFYING[name])


def test_every_documented_verdict_is_tested() -> None:
    """The vectors are those that the tests above use."""
    assert {
        "unsigned", "signature_bit_flipped", "body_changed_after_signing", "other_key",
        "signed_for_another_order", "two_witnesses", "not_hex",
    } == set(VERIFYING)  # fmt: skip


def test_further_witnesses_are_counted_and_not_looked_at() -> None:
    """Wherever the operation key's stands."""
    theirs, ours = witness_of(OTHER_KEY, BUILT[2:-6]), witness_of(KEY, BUILT[2:-6])
    wrong = ours[:-2] + "00"

    assert 1 == transaction.verify(VERIFYING["two_witnesses"], ORDER_ID, KEY_HASH).ignored
    for listed in (ours + theirs, theirs + ours, wrong + ours):
        signed = with_witnesses(f"a10082{listed}")
        assert Verified(WITNESS, 1) == transaction.verify(signed, ORDER_ID, KEY_HASH)


@pytest.mark.parametrize(
    ("witnesses", "ignored"),
    [
        ("a100d9010281{ours}", 0),
        ("a1009f{ours}ff", 0),
        ("bf0081{ours}ff", 0),
        ("a1180081{ours}", 0),
        ("a20180{key}", 1),
        ("a2{key}0180", 1),
        ("a3{key}016161f6820102", 2),
    ],
)
def test_witness_sets_of_any_writing_are_read(witnesses: str, ignored: int) -> None:
    """Plain or tagged, of definite length or not, with other kinds beside."""
    ours = witness_of(KEY, BUILT[2:-6])
    signed = with_witnesses(witnesses.format(ours=ours, key=f"0081{ours}"))

    assert Verified(WITNESS, ignored) == transaction.verify(signed, ORDER_ID, KEY_HASH)


@pytest.mark.parametrize(
    ("signed", "fault"),
    [
        ("", Fault.NOT_CBOR),
        ("8", Fault.NOT_HEX),
        (" " + SIGNED, Fault.NOT_HEX),
        ("\u0661\u0661", Fault.NOT_HEX),
        (SIGNED + "00", Fault.NOT_CBOR),
        (SIGNED[:-2], Fault.NOT_CBOR),
        ("00", Fault.NOT_A_TRANSACTION),
        ("80", Fault.NOT_A_TRANSACTION),
        ("85a0a0f5f6f6", Fault.NOT_A_TRANSACTION),
        ("84" + BUILT[2:-6] + "80f5f6", Fault.NOT_A_TRANSACTION),
        (with_witnesses("a10000"), Fault.NOT_A_TRANSACTION),
        (with_witnesses("a10080"), Fault.UNSIGNED),
        (with_witnesses("a10180"), Fault.UNSIGNED),
        (with_witnesses("a2008001" + SIGNED[2 + 86 + 6 : -4]), Fault.UNSIGNED),
        (with_witnesses("a1008180"), Fault.NOT_A_TRANSACTION),
        (with_witnesses("a10081824040"), Fault.NOT_A_TRANSACTION),
        (with_witnesses("a100818258" + "20" + "00" * 32 + "5f40ff"), Fault.NOT_A_TRANSACTION),
        (with_witnesses("a1008182" + "5820" + "00" * 32 + "5840" + "00" * 64), Fault.FOREIGN_KEY),
        (SIGNED[:-4] + "f4f6", Fault.TAMPERED),
        (SIGNED[:-4] + "f5a0", Fault.TAMPERED),
        ("83" + SIGNED[2:-4] + "f6", Fault.NOT_A_TRANSACTION),
        (BUILT.replace("00a0f5f6", "1800a0f5f6"), Fault.TAMPERED),
        ("81" * 5000, Fault.NOT_CBOR),
    ],
)
def test_refusals_in_their_order(signed: str, fault: Fault | None) -> None:
    """A malformed transaction is refused first, then another body, then a missing signature."""
    assert fault is fault_of(signed)


@pytest.mark.parametrize(("others", "fault"), [(160, None), (161, Fault.NOT_A_TRANSACTION)])
def test_transaction_of_more_than_16_kib_is_none(others: int, fault: Fault | None) -> None:
    """
    However good its signature is.

    Source: Cardano protocol parameters, maxTxSize 16,384.
    """
    own, foreign = SIGNED[-206:-4], witness_of(OTHER_KEY, BUILT[2:-6])
    signed = with_witnesses(f"a10099{others + 1:04x}{own}{foreign * others}")

    assert fault is fault_of(signed)


@pytest.mark.parametrize(
    ("size", "fault"), [(16_384, Fault.NOT_CBOR), (16_385, Fault.NOT_A_TRANSACTION)]
)
def test_transaction_is_not_looked_into_beyond_its_size(size: int, fault: Fault) -> None:
    """Zeros are one item and what follows it, which is found out only of what is small enough."""
    assert fault is fault_of("00" * size)


def test_each_order_wants_its_own_signature() -> None:
    """A signature is good for one order of one account."""
    assert Fault.OTHER_ORDER is fault_of(SIGNED, ORDER_ID[:-1] + "2")
    assert Fault.FOREIGN_KEY is fault_of(SIGNED, ORDER_ID, bytes(28))
    assert Fault.TAMPERED is fault_of(SIGNED, ORDER_ID[:-1] + "2", bytes(28))


@given(st.integers(0, len(SIGNED) * 4 - 1))
def test_no_bit_of_a_signed_transaction_may_flip(place: int) -> None:
    """Each bit is of the body, of the operation key's witness, or compared with the built bytes."""
    raw = bytearray(bytes.fromhex(SIGNED))
    raw[place // 8] ^= 1 << place % 8

    assert fault_of(raw.hex()) is not None


def test_the_fault_of_a_flipped_bit() -> None:
    """The body is bound, the key is the account's, the signature is the key's."""
    places = {10: {Fault.TAMPERED}, 60: {Fault.FOREIGN_KEY}, 100: {Fault.BAD_SIGNATURE}}
    for place, faults in places.items():
        raw = bytearray(bytes.fromhex(SIGNED))
        raw[place] ^= 0x10
        assert faults == {fault_of(raw.hex())}


@given(st.integers(0, len(VERIFYING["two_witnesses"]) * 4 - 1))
@example(len(SIGNED) * 4)
def test_a_flipped_bit_of_a_further_witness_is_ignored(place: int) -> None:
    """Its key and signature are not looked at; any other flipped bit is refused."""
    whole = VERIFYING["two_witnesses"]
    raw = bytearray(bytes.fromhex(whole))
    raw[place // 8] ^= 1 << place % 8
    # 82 5820 key 5840 signature, then f5 f6.
    second = len(raw) - 2 - 101
    is_ignored = second + 3 <= place // 8 < second + 35 or second + 37 <= place // 8 < len(raw) - 2
    if is_ignored:
        assert Verified(WITNESS, 1) == transaction.verify(raw.hex(), ORDER_ID, KEY_HASH)
    else:
        assert fault_of(raw.hex()) is not None


@given(st.uuids())
def test_signed_transactions_are_accepted(order: Any) -> None:
    """A transaction of any order; another library agrees on the signature."""
    signed = transaction.sign(transaction.build(str(order)), KEY)
    verified = transaction.verify(signed, str(order), KEY_HASH)
    witness_set = cbor2.loads(bytes.fromhex(signed))[1]
    public = Ed25519PublicKey.from_public_bytes(WITNESS.vkey)
    digest = transaction._blake2b_256(transaction.body(str(order)))
    public.verify(verified.witness.signature, digest)

    assert {0: [[WITNESS.vkey, verified.witness.signature]]} == witness_set
    with pytest.raises(InvalidSignature):
        public.verify(verified.witness.signature, digest[::-1])


@given(st.binary(max_size=60))
def test_anything_else_is_refused(raw: bytes) -> None:
    """The refusal is a fault and never a traceback."""
    assert fault_of(raw.hex()) is not None
    assert fault_of(raw.decode("latin-1")) is not None


def test_every_fault_has_its_words() -> None:
    """Each fault has a text of its own."""
    assert len(Fault) == len({TransactionRefused(fault).text for fault in Fault})
