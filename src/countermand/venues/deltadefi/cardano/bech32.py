"""
Bech32, of any length: how Cardano writes keys as text.

Source: BIP-173, "Bech32" (the checksum's constant 1); CIP-5, "Common Bech32 Prefixes", which
        lifts BIP-173's limit of 90 characters.
"""

from collections.abc import Iterable

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH = 6


def encode(prefix: str, data: bytes) -> str:
    """Return `data` as Bech32 text in lower case."""
    values = _regroup(data, 8, 5)
    if spare := len(data) * 8 % 5:
        values.append((data[-1] << (5 - spare)) & 31)
    checked = _polymod([*_expand(prefix), *values, *[0] * _CHECKSUM_LENGTH]) ^ 1
    values += [checked >> 5 * place & 31 for place in reversed(range(_CHECKSUM_LENGTH))]
    return f"{prefix}1{''.join(_ALPHABET[value] for value in values)}"


def decode(prefix: str, text: str) -> bytes:
    """
    Return what `text` holds.

    Raises: ValueError for mixed case, another prefix, a foreign letter, a wrong checksum and
            padding that is not zero; its text never repeats the key.
    """
    if not text.isascii() or text not in (text.lower(), text.upper()):
        raise ValueError("is not Bech32, or mixes upper and lower case")
    found, one, letters = text.lower().rpartition("1")
    if not one or found != prefix:
        raise ValueError(f"does not start with {prefix}1")
    if len(letters) < _CHECKSUM_LENGTH or any(letter not in _VALUES for letter in letters):
        raise ValueError("is not Bech32")
    values = [_VALUES[letter] for letter in letters]
    if _polymod([*_expand(prefix), *values]) != 1:
        raise ValueError("has a wrong checksum")
    return _unpadded(values[:-_CHECKSUM_LENGTH])


def _unpadded(values: list[int]) -> bytes:
    spare = len(values) * 5 % 8
    # The bits left over are fewer than a letter's, and zero.
    if spare >= 5 or (spare and values[-1] & ((1 << spare) - 1)):  # noqa: PLR2004  (bits a letter)
        raise ValueError("has padding that is not zero")
    return bytes(_regroup(values, 5, 8))


def _regroup(values: Iterable[int], width: int, to: int) -> list[int]:
    held, bits, groups = 0, 0, list[int]()
    for value in values:
        held, bits = held << width | value, bits + width
        while bits >= to:
            bits -= to
            groups.append(held >> bits & ((1 << to) - 1))
        held &= (1 << bits) - 1
    return groups


def _expand(prefix: str) -> list[int]:
    return [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix)]


def _polymod(values: Iterable[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for place, factor in enumerate(_GENERATOR):
            checksum ^= factor if top >> place & 1 else 0
    return checksum
