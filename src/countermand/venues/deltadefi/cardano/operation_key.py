"""
The operation key: what signs orders, and how the venue hands it to its owner.

Shape:  the venue keeps the root key as text, encrypted under its owner's passcode:
        `{"iv", "salt", "ciphertext"}`, all padded base64, the 16-byte tag behind the ciphertext.
        The key that signs is the root's child at m/1852'/1815'/0'/0/0.
Source: API reference, "Get Operation Key"; Python SDK 1.1.1, `load_operation_key`, and sidan-gin
        0.1.7, `encryption/cipher.py`; CIP-1852 for the path; vectors/cardano.json.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from hashlib import blake2b, pbkdf2_hmac

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from countermand.venues.deltadefi.cardano import bech32, extended_key
from countermand.venues.deltadefi.cardano.extended_key import HARDENED, ExtendedKey

PREFIX = "xprv"
PATH = (HARDENED + 1852, HARDENED + 1815, HARDENED, 0, 0)
ROUNDS = 100_000

# The Go and Rust clients take no other; the Python one takes any.
IV_SIZE = 12
# The lengths that AES-GCM allows here.
_IV_SIZES = range(8, 129)
_TAG_SIZE = 16


class _Sealed(Struct, frozen=True):
    iv: str
    ciphertext: str
    salt: str | None = None


_decode = msgspec.json.Decoder(_Sealed).decode


def root_text(root: ExtendedKey) -> str:
    """Return a root key as text."""
    return bech32.encode(PREFIX, extended_key.to_bytes(root))


def root_key(text: str) -> ExtendedKey:
    """
    Return the root key written as `text`, `xprv1...`.

    Raises: ValueError saying what is wrong, without repeating the key.
    """
    return extended_key.from_bytes(bech32.decode(PREFIX, text))


def operation_key(root: ExtendedKey) -> ExtendedKey:
    """Return the key that signs orders."""
    return extended_key.derive(root, PATH)


def key_hash(public_key: bytes) -> bytes:
    """Return the 28 bytes a public key is known by: its BLAKE2b-224."""
    return blake2b(public_key, digest_size=28).digest()


def encrypt(text: str, passcode: str, salt: bytes, iv: bytes) -> str:
    """
    Return a root key's text as the venue serves it, JSON in a string.

    Raises: ValueError unless `iv` has the 12 bytes that every client takes and there is a salt.
    """
    if len(iv) != IV_SIZE or not salt:
        raise ValueError(f"iv: must be {IV_SIZE} bytes long, and the salt not empty")
    sealed = AESGCM(_derived(passcode, salt)).encrypt(iv, text.encode(), None)
    fields = {"iv": _base64(iv), "salt": _base64(salt), "ciphertext": _base64(sealed)}
    return msgspec.json.encode(fields).decode()


def decrypt(encrypted: str, passcode: str) -> str:
    """
    Return the root key's text.

    A missing or empty salt stands for as many zero bytes as the IV has: the older format.

    Raises: ValueError naming the field at fault, or saying that the passcode may be wrong.
    """
    held, iv, sealed = _parts(encrypted)
    salt = _unbase64("salt", held.salt) if held.salt else bytes(len(iv))
    try:
        return AESGCM(_derived(passcode, salt)).decrypt(iv, sealed, None).decode()
    except (InvalidTag, UnicodeDecodeError):
        raise ValueError("the passcode is wrong or the data is corrupted") from None


def check_sealed(encrypted: str) -> None:
    """See that a text has the form of an encrypted key. Raises ValueError naming the field."""
    held, _, _ = _parts(encrypted)
    if held.salt:
        _unbase64("salt", held.salt)


def _parts(encrypted: str) -> tuple[_Sealed, bytes, bytes]:
    try:
        held = _decode(encrypted)
    except (msgspec.DecodeError, UnicodeError):
        raise ValueError("encrypted_operation_key: must be JSON with iv and ciphertext") from None
    iv, sealed = _unbase64("iv", held.iv), _unbase64("ciphertext", held.ciphertext)
    if len(iv) not in _IV_SIZES:
        raise ValueError(f"iv: must have {_IV_SIZES.start} to {_IV_SIZES.stop - 1} bytes")
    if len(sealed) < _TAG_SIZE:
        raise ValueError("ciphertext: is shorter than its tag")
    return held, iv, sealed


def _derived(passcode: str, salt: bytes) -> bytes:
    return pbkdf2_hmac("sha256", passcode.encode(), salt, ROUNDS, 32)


def _base64(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).decode()


def _unbase64(name: str, text: str) -> bytes:
    try:
        return a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError):
        raise ValueError(f"{name}: must be base64") from None
