"""
The transaction that an order is signed as: built, signed and verified.

Shape:  `84 body witnesses f5 f6`. The body is `a3 00 81 82 5820 <32 bytes> 00 01 80 02 00`: one
        input, no outputs, no fee. The input's transaction id is the BLAKE2b-256 of the order id's
        text, so that a signature is good for one order.
Source: Cardano ledger, conway.cddl, `transaction` and `vkeywitness`; API reference, "Build Place
        Order" and "Submit Place Order"; vectors/cardano.json. The choice of body is our proposal:
        to clients it is opaque, and theirs settle nowhere.

The body is never encoded anew: what was signed is the bytes that came.
"""

from binascii import a2b_hex
from enum import Enum
from hashlib import blake2b

from msgspec import Struct
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from countermand.venues.deltadefi.cardano import cbor, extended_key
from countermand.venues.deltadefi.cardano.cbor import NotCbor
from countermand.venues.deltadefi.cardano.extended_key import ExtendedKey
from countermand.venues.deltadefi.cardano.operation_key import key_hash
from countermand.wire.errors import WireError

_BODY = b"\xa3\x00\x81\x82\x58\x20%b\x00\x01\x80\x02\x00"
_NO_WITNESSES = b"\xa0"
_VALID, _NO_METADATA = b"\xf5", b"\xf6"
_SET, _SET_TAG = 258, b"\xd9\x01\x02"
_VKEY_SIZE, _SIGNATURE_SIZE = 32, 64

# No larger one is let into a block (Cardano protocol parameters, maxTxSize); and one is looked
# through to its last item.
_SIZE_MAX = 16_384


class Fault(Enum):
    """The faults of a transaction, in the order in which they are looked for."""

    NOT_HEX = "the transaction is not hexadecimal"
    NOT_CBOR = "the transaction is not well-formed CBOR"
    NOT_A_TRANSACTION = "the CBOR is not a Cardano transaction"
    OTHER_ORDER = "the transaction was signed for another order"
    TAMPERED = "the transaction is not the one that was built"
    UNSIGNED = "the transaction has no signature"
    FOREIGN_KEY = "the transaction is not signed by the operation key"
    BAD_SIGNATURE = "the signature of the operation key is wrong"


class TransactionRefused(WireError):
    """A transaction is not acceptable; `fault` says why."""

    FIELDS = ("fault",)

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Witness(Struct, frozen=True):
    """A public key and its signature of the body's hash."""

    vkey: bytes
    signature: bytes


class Verified(Struct, frozen=True):
    """The witness that proves an order, and how many others were not looked at."""

    witness: Witness
    ignored: int


def body(order_id: str) -> bytes:
    """Return the body that stands for an order."""
    return _BODY % _blake2b_256(order_id.encode())


def build(order_id: str) -> str:
    """Return the unsigned transaction of an order, in hexadecimal."""
    return _joined(body(order_id), _NO_WITNESSES, _VALID, _NO_METADATA).hex()


def sign(tx_hex: str, key: ExtendedKey) -> str:
    """
    Return the transaction with the witness of `key`, every other byte as it came.

    A transaction of three elements gets the fourth. Where the body has a tagged set, the witnesses
    are one too, as the native signer has it.

    Raises: TransactionRefused for what is no transaction, or has witnesses already.
    """
    raw = _decoded(tx_hex)
    try:
        signed_body, witnesses, *rest = _elements(raw, 3, 4)
        tag = _SET_TAG if _has_tagged_set(signed_body) else b""
        has_witnesses = bool(cbor.inside(witnesses, 0, cbor.MAP))
    except NotCbor:
        raise TransactionRefused(Fault.NOT_A_TRANSACTION) from None
    if has_witnesses:
        raise TransactionRefused(Fault.NOT_A_TRANSACTION)
    vkey = extended_key.public_key(key)
    signature = extended_key.sign(key, _blake2b_256(signed_body))
    written = b"\xa1\x00%b\x81\x82\x58\x20%b\x58\x40%b" % (tag, vkey, signature)
    return _joined(signed_body, written, *[_VALID, *rest][-2:]).hex()


def verify(signed_tx: str, order_id: str, operation_key_hash: bytes) -> Verified:
    """
    Return what proves that the holder of the operation key wants this order.

    Everything but the witnesses must be as built. Of the witnesses one must be the operation
    key's; others may stand beside it and are not looked at.

    Raises: TransactionRefused with the first fault found.
    """
    raw = _decoded(signed_tx)
    try:
        signed_body, witness_set, *rest = _elements(raw, 4)
        witnesses, others = _witnesses(witness_set)
    except NotCbor:
        raise TransactionRefused(Fault.NOT_A_TRANSACTION) from None
    own = [it for it in witnesses if key_hash(it.vkey) == operation_key_hash]
    proof = next((it for it in own if _is_signed(it, signed_body)), None)
    if signed_body != body(order_id):
        raise TransactionRefused(Fault.TAMPERED if proof is None else Fault.OTHER_ORDER)
    if rest != [_VALID, _NO_METADATA]:
        raise TransactionRefused(Fault.TAMPERED)
    if proof is None:
        raise TransactionRefused(_lack(witnesses, own))
    return Verified(proof, len(witnesses) - 1 + others)


def _lack(witnesses: list[Witness], own: list[Witness]) -> Fault:
    if not witnesses:
        return Fault.UNSIGNED
    return Fault.BAD_SIGNATURE if own else Fault.FOREIGN_KEY


def _decoded(text: str) -> bytes:
    try:
        raw = a2b_hex(text)
    except ValueError:
        raise TransactionRefused(Fault.NOT_HEX) from None
    if len(raw) > _SIZE_MAX:
        raise TransactionRefused(Fault.NOT_A_TRANSACTION)
    try:
        is_whole = cbor.end(raw, 0) == len(raw)
    except NotCbor:
        is_whole = False
    if not is_whole:
        raise TransactionRefused(Fault.NOT_CBOR)
    return raw


def _elements(raw: bytes, *counts: int) -> list[bytes]:
    spans = cbor.inside(raw, 0, cbor.ARRAY)
    if len(spans) not in counts:
        raise NotCbor(f"a transaction of {len(spans)} elements")
    return [raw[start:end] for start, end in spans]


def _joined(*elements: bytes) -> bytes:
    return b"\x84" + b"".join(elements)


def _has_tagged_set(raw: bytes) -> bool:
    values = cbor.inside(raw, 0, cbor.MAP)[1::2]
    return any(_untagged(raw, value.start) != value.start for value in values)


def _witnesses(raw: bytes) -> tuple[list[Witness], int]:
    """Return the signatures by verification key, and how many kinds of other witnesses stand by."""
    spans = cbor.inside(raw, 0, cbor.MAP)
    found, others = list[Witness](), 0
    for key, value in zip(spans[::2], spans[1::2], strict=True):
        if cbor.head(raw, key.start)[:2] == (cbor.UNSIGNED, 0):
            found += [
                _witness(raw, at)
                for at, _ in cbor.inside(raw, _untagged(raw, value.start), cbor.ARRAY)
            ]
        else:
            others += 1
    return found, others


def _untagged(raw: bytes, at: int) -> int:
    it = cbor.head(raw, at)
    return it.content if it[:2] == (cbor.TAG, _SET) else at


def _witness(raw: bytes, at: int) -> Witness:
    match [cbor.byte_string(raw, start) for start, _ in cbor.inside(raw, at, cbor.ARRAY)]:
        case [vkey, signature] if (len(vkey), len(signature)) == (_VKEY_SIZE, _SIGNATURE_SIZE):
            return Witness(vkey, signature)
    raise NotCbor("a witness is a key and a signature")


def _is_signed(witness: Witness, transaction_body: bytes) -> bool:
    message = _blake2b_256(transaction_body)
    try:
        crypto_sign_open(witness.signature + message, witness.vkey)
    except BadSignatureError:
        return False
    return True


def _blake2b_256(data: bytes) -> bytes:
    return blake2b(data, digest_size=32).digest()
