"""
Stands in for `CardanoSigner`, the native module that sidan-gin 0.1.7 signs with.

The published one (cardano-python-signing-module 0.1.0) comes as C++ and Rust source and takes
SWIG, two compilers and some 150 crates. Both sign to the same bytes: `test_signer.py` holds this
one to vectors of that one's. What the native one dies of, with the whole process, is an exception
here; a transaction that has witnesses already is refused, where the native one would add to them.
"""

from hashlib import sha512

from mnemonic import Mnemonic

from countermand.venues.deltadefi.cardano import extended_key, operation_key, transaction
from countermand.venues.deltadefi.cardano.extended_key import HARDENED, ExtendedKey


def sign_bech32(root_key: str, path: str, tx_hex: str) -> str:
    """Return the transaction signed by the key at `path` below the root key, `xprv1...`."""
    return _sign(operation_key.root_key(root_key), path, tx_hex)


def sign_mnemonic(phrase: str, path: str, tx_hex: str) -> str:
    """Return the transaction signed by the key at `path` below a recovery phrase's root."""
    entropy = bytes(Mnemonic("english").to_entropy(phrase))
    return _sign(extended_key.from_entropy(entropy), path, tx_hex)


def sign_cli(seed_hex: str, tx_hex: str) -> str:
    """Return the transaction signed by a plain Ed25519 key of 32 bytes."""
    seed = bytes.fromhex(seed_hex)
    if len(seed) != 32:
        raise ValueError("an Ed25519 key is 32 bytes long")
    digest = bytearray(sha512(seed).digest())
    digest[0] &= 0b1111_1000
    digest[31] = digest[31] & 0b0011_1111 | 0b0100_0000
    return transaction.sign(tx_hex, ExtendedKey(bytes(digest[:32]), bytes(digest[32:]), b""))


def _sign(root: ExtendedKey, path: str, tx_hex: str) -> str:
    # The native module takes whatever stands first for the "m".
    steps = [_step(word) for word in path.split("/")[1:]]
    return transaction.sign(tx_hex, extended_key.derive(root, steps))


def _step(word: str) -> int:
    return HARDENED + int(word[:-1]) if word.endswith("'") else int(word)
