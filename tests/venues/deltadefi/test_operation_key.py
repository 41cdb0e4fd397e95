"""From a passcode to the key that signs: every vector, step by step, and every failure."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import pbkdf2_hmac
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import VerifyKey

from countermand.venues.deltadefi.cardano import bech32, extended_key, operation_key
from countermand.venues.deltadefi.cardano.extended_key import HARDENED

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cardano.json").read_text())
KEY: dict[str, str] = VECTORS["key"]
PASSCODE: str = VECTORS["encrypted_operation_key"]["passcode"]
SEALED: list[dict[str, str]] = VECTORS["encrypted_operation_key"]["cases"]
NAMES = [case["name"] for case in SEALED]
SALTED = json.loads(SEALED[0]["encrypted_operation_key"])
ROOT = operation_key.root_key(KEY["root_key_bech32"])

LONG_PREFIX = "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio"

# BIP-173, test vectors: valid, and invalid each for its own reason.
VALID = [
    ("a", "A12UEL5L"),
    ("a", "a12uel5l"),
    (LONG_PREFIX, f"{LONG_PREFIX}1tt5tgs"),
    ("?", "?1ezyfcl"),
]
INVALID = [
    ("pzry", "pzry9x0s0muk", "start"),
    ("a", "1pzry9x0s0muk", "start"),
    ("x", "x1b4n0q5v", "Bech32"),
    ("li", "li1dgmt3", "Bech32"),
    ("de", "de1lg7wt\xff", "Bech32"),
    ("a", "A1G7SGD8", "checksum"),
    ("a", "10a06t8", "start"),
    ("a", "1qzzfhee", "start"),
    ("a", "a12UEL5L", "case"),
    ("xprv", "a12uel5l", "start"),
    ("k", "K12uel5l", "case"),
]


@pytest.mark.parametrize("case", SEALED, ids=NAMES)
def test_every_format_opens(case: dict[str, str]) -> None:
    """Sealed keys with a salt or without, with an IV of 12 bytes or of 16."""
    opened = operation_key.decrypt(case["encrypted_operation_key"], PASSCODE)

    assert KEY["root_key_bech32"] == opened


@pytest.mark.parametrize("case", SEALED, ids=NAMES)
def test_passcode_becomes_the_cipher_key(case: dict[str, str]) -> None:
    """PBKDF2 over the salt, or over as many zero bytes as the IV has."""
    held = json.loads(case["encrypted_operation_key"])
    salt = b64decode(held.get("salt", "")) or bytes(len(b64decode(held["iv"])))
    derived = pbkdf2_hmac("sha256", PASSCODE.encode(), salt, operation_key.ROUNDS, 32)

    assert case["derived_key_hex"] == derived.hex()


def test_key_is_sealed_as_in_the_vector() -> None:
    """The same salt and IV give the same three texts."""
    salt, iv = b64decode(SALTED["salt"]), b64decode(SALTED["iv"])
    sealed = operation_key.encrypt(KEY["root_key_bech32"], PASSCODE, salt, iv)

    assert SALTED == json.loads(sealed)


@pytest.mark.parametrize("case", SEALED, ids=NAMES)
def test_wrong_passcode(case: dict[str, str]) -> None:
    """The error is that of a damaged key."""
    with pytest.raises(ValueError, match="passcode is wrong or the data is corrupted"):
        operation_key.decrypt(case["encrypted_operation_key"], PASSCODE + " ")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"iv": None}, "encrypted_operation_key: must be JSON"),
        ({"ciphertext": 5}, "encrypted_operation_key: must be JSON"),
        ({"iv": "h1IC5IkemK5SxTV"}, "iv: must be base64"),
        ({"iv": "\u20ac"}, "iv: must be base64"),
        ({"iv": "AAAA"}, "iv: must have 8 to 128 bytes"),
        ({"iv": ""}, "iv: must have 8 to 128 bytes"),
        ({"salt": "!"}, "salt: must be base64"),
        ({"ciphertext": "AA=A"}, "ciphertext: must be base64"),
        ({"ciphertext": "AAAA"}, "ciphertext: is shorter than its tag"),
        ({"salt": "AAAA"}, "the passcode is wrong"),
        ({"ciphertext": b64encode(bytes(40)).decode()}, "the passcode is wrong"),
    ],
)
def test_damaged_text_says_where(changes: dict[str, Any], text: str) -> None:
    """The field at fault is named."""
    with pytest.raises(ValueError, match=f"^{text}"):
        operation_key.decrypt(json.dumps({**SALTED, **changes}), PASSCODE)


@pytest.mark.parametrize("size", [8, 12, 16])
def test_salt_that_is_missing_is_as_long_as_the_iv(size: int) -> None:
    """
    Zero bytes, as many as the IV has: sealed here without a line of ours.

    Source: Python SDK 1.1.1, `load_operation_key`.
    """
    key = pbkdf2_hmac("sha256", PASSCODE.encode(), bytes(size), 100_000, 32)
    sealed = AESGCM(key).encrypt(bytes(range(size)), b"xprv1", None)
    parts = {"iv": bytes(range(size)), "ciphertext": sealed}
    served = json.dumps({name: b64encode(raw).decode() for name, raw in parts.items()})

    assert "xprv1" == operation_key.decrypt(served, PASSCODE)


@pytest.mark.parametrize("encrypted", ["", "{", "[]", "{}", '"', '{"iv": "AAAA"}', "\ud800"])
def test_text_that_is_no_sealed_key(encrypted: str) -> None:
    """The error is no traceback of the parser."""
    with pytest.raises(ValueError, match="must be JSON with iv and ciphertext"):
        operation_key.decrypt(encrypted, PASSCODE)


@pytest.mark.parametrize(("salt", "iv"), [(b"salt", bytes(16)), (b"", bytes(12)), (b"s", b"")])
def test_key_is_sealed_only_as_every_client_takes_it(salt: bytes, iv: bytes) -> None:
    """Go and Rust want 12 bytes of IV; an empty salt would be the older format."""
    with pytest.raises(ValueError, match=r"^iv: must be 12 bytes long"):
        operation_key.encrypt("xprv1", PASSCODE, salt, iv)


def test_root_key_reads_as_its_bytes() -> None:
    """A root key's text is read to its bytes, and they are written to its text."""
    assert KEY["root_key_hex"] == extended_key.to_bytes(ROOT).hex()
    assert KEY["root_key_bech32"] == operation_key.root_text(ROOT)


def test_root_key_grows_from_its_entropy() -> None:
    """The derivation is that of every wallet's recovery phrase."""
    assert ROOT == extended_key.from_entropy(bytes.fromhex(KEY["entropy_hex"]))


def test_operation_key_is_known_by_its_hash() -> None:
    """The public key of m/1852'/1815'/0'/0/0, and 28 bytes of its digest."""
    public = extended_key.public_key(operation_key.operation_key(ROOT))

    assert KEY["operation_public_key_hex"] == public.hex()
    assert KEY["operation_key_hash_hex"] == operation_key.key_hash(public).hex()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "start"),
        ("xprv1", "Bech32"),
        (KEY["root_key_bech32"][:-1] + "q", "checksum"),
        (bech32.encode("xpub", extended_key.to_bytes(ROOT)), "start"),
        (bech32.encode("xprv", extended_key.to_bytes(ROOT)[:64]), "96 bytes"),
        (bech32.encode("xprv", bytes(96)), "not a BIP32-Ed25519 root"),
        (bech32.encode("xprv", b"\xff" * 96), "not a BIP32-Ed25519 root"),
    ],
)
def test_text_that_is_no_root_key(text: str, why: str) -> None:
    """The error says what is wrong, and does not repeat the key."""
    with pytest.raises(ValueError, match=why) as refusal:
        operation_key.root_key(text)
    assert text[10:30] == "" or text[10:30] not in str(refusal.value)


def test_key_is_not_shown() -> None:
    """A log line must not give it away."""
    assert "ExtendedKey(...)" == repr(ROOT)


@given(st.binary(max_size=64), st.lists(st.sampled_from([0, 1, HARDENED]), max_size=2))
def test_any_child_signs_plain_ed25519(message: bytes, path: list[int]) -> None:
    """A verifier need not know that the key has no seed."""
    key = extended_key.derive(ROOT, path)
    signature = extended_key.sign(key, message)

    assert message == VerifyKey(extended_key.public_key(key)).verify(message, signature)


@pytest.mark.parametrize(("prefix", "text"), VALID)
def test_bech32_vectors_hold_nothing(prefix: str, text: str) -> None:
    """Upper and lower case are read, and lower case is written."""
    assert b"" == bech32.decode(prefix, text)
    assert text.lower() == bech32.encode(prefix, b"")


@pytest.mark.parametrize(("prefix", "text", "why"), INVALID)
def test_bech32_vectors_are_refused(prefix: str, text: str, why: str) -> None:
    """Each for its own reason."""
    with pytest.raises(ValueError, match=why):
        bech32.decode(prefix, text)


def test_bech32_padding_must_be_zero() -> None:
    """Two texts never stand for one key."""
    spare = [0] * 7 + [1]
    for values, is_whole in ((spare, True), (spare[1:], False), ([0], False)):
        checksum = bech32._polymod([*bech32._expand("a"), *values, *[0] * 6]) ^ 1
        letters = [*values, *(checksum >> 5 * place & 31 for place in reversed(range(6)))]
        text = "a1" + "".join(bech32._ALPHABET[letter] for letter in letters)
        if is_whole:
            assert b"\x00\x00\x00\x00\x01" == bech32.decode("a", text)
        else:
            with pytest.raises(ValueError, match="padding"):
                bech32.decode("a", text)


@given(st.binary(max_size=120), st.sampled_from(["xprv", "addr", "a1"]))
def test_bech32_is_the_same_both_ways(data: bytes, prefix: str) -> None:
    """Data of any length are read back as written."""
    assert data == bech32.decode(prefix, bech32.encode(prefix, data))


@given(st.integers(0, len(KEY["root_key_bech32"]) - 1), st.sampled_from(bech32._ALPHABET))
def test_a_wrong_letter_never_passes(place: int, letter: str) -> None:
    """The checksum finds every single mistake."""
    text = KEY["root_key_bech32"]
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(ValueError, match=r"start|checksum|Bech32"):
            operation_key.root_key(changed)
