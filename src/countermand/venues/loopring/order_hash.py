"""
The order's hash: its name at the venue, and what its owner signs.

Eleven numbers of the order are hashed, in the order the circuit has them. Its clientOrderId, type
and channel are not among them; they may be changed on the way without anybody noticing.

Source: Loopring protocol 3.6, design document, "Off-chain requests, Order"; DEX API v3, "Submit
        order"; tests/venues/loopring/vectors.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from countermand.venues.loopring.crypto.poseidon import digest, poseidon
from countermand.wire.errors import InvalidField, Malformed, MissingField

_WIDTH, _PARTIAL_ROUNDS = 12, 53
_RECENT = 256

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_DIGITS = re.compile(r"[0-9]{1,40}")
_HEX_HASH = re.compile(r"0x[0-9a-fA-F]{64}")
_DECIMAL_HASH = re.compile(r"[0-9]{1,78}")

# How many bits the protocol has for each; for the fee it has fewer than clients send, and those are
# hashed as sent.
_ACCOUNT_BITS = _STORAGE_BITS = _TIME_BITS = 32
_TOKEN_BITS, _VOLUME_BITS, _BIPS_BITS = 16, 96, 16


class HashedTerms(Struct, frozen=True, gc=False):
    """
    What an order's signature covers, in the order it is hashed.

    Units: volumes in the tokens' smallest units; `valid_until_s` in seconds since the Unix epoch.
    """

    exchange: int
    storage_id: int
    account_id: int
    sell_token_id: int
    buy_token_id: int
    sell_volume: int
    buy_volume: int
    valid_until_s: int
    max_fee_bips: int
    fill_amount_b_or_s: bool
    taker: int


@lru_cache(maxsize=_RECENT)
def order_hash(terms: HashedTerms) -> int:
    """Return the hash of an order, as a number; who checks it and who reads it ask in turn."""
    return digest(poseidon(_WIDTH, _PARTIAL_ROUNDS), msgspec.structs.astuple(terms))


def hash_text(number: int) -> str:
    """Return a hash as the venue answers it: `0x` and 64 hexadecimal digits, leading zeros kept."""
    return f"0x{number:064x}"


def parse_hash(text: str) -> int:
    """
    Return the hash a text says, in hexadecimal or, as older documents have it, decimal digits.

    Raises: ValueError when it says none.
    """
    if _HEX_HASH.fullmatch(text):
        return int(text, 16)
    if _DECIMAL_HASH.fullmatch(text):
        return int(text)
    raise ValueError("must be 0x and 64 hexadecimal digits, or decimal digits")


def read_terms(order: dict[str, Any]) -> HashedTerms:
    """
    Return the terms of an order as it came, decoded from JSON and no further.

    Clients send ids and amounts as numbers or as text; all that counts is which number it is. One
    that does not fit the bits the protocol has for it could be hashed like another that does.
    Raises: MissingField, or InvalidField naming what is wrong.
    """
    sell, buy = _token(order, "sellToken"), _token(order, "buyToken")
    return HashedTerms(
        exchange=_address(order, "exchange"),
        storage_id=_number(order, "storageId", _STORAGE_BITS),
        account_id=_number(order, "accountId", _ACCOUNT_BITS),
        sell_token_id=_number(sell, "tokenId", _TOKEN_BITS, "sellToken."),
        buy_token_id=_number(buy, "tokenId", _TOKEN_BITS, "buyToken."),
        sell_volume=_number(sell, "volume", _VOLUME_BITS, "sellToken."),
        buy_volume=_number(buy, "volume", _VOLUME_BITS, "buyToken."),
        valid_until_s=_number(order, "validUntil", _TIME_BITS),
        max_fee_bips=_number(order, "maxFeeBips", _BIPS_BITS),
        fill_amount_b_or_s=_flag(order, "fillAmountBOrS"),
        taker=_address(order, "taker") if order.get("taker") else 0,
    )


def parse_order(body: bytes) -> dict[str, Any]:
    """Return a body's JSON object. Raises Malformed when it is none."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("body must be JSON") from None
    if not isinstance(found, dict):
        raise Malformed("body must be a JSON object")
    return found


def _token(order: dict[str, Any], name: str) -> dict[str, Any]:
    token = _present(order, name, "")
    if not isinstance(token, dict):
        raise InvalidField(name, f"invalid {name}: must be an object")
    return token


def _address(order: dict[str, Any], name: str) -> int:
    text = _present(order, name, "")
    if not isinstance(text, str) or not _ADDRESS.fullmatch(text):
        raise InvalidField(name, f"invalid {name}: must satisfy {_ADDRESS.pattern}")
    return int(text, 16)


def _number(fields: dict[str, Any], name: str, bits: int, where: str = "") -> int:
    value = _present(fields, name, where)
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if type(value) is not int or not 0 <= value < 1 << bits:
        raise InvalidField(
            where + name, f"invalid {where}{name}: must be an integer of {bits} bits"
        )
    return value


def _flag(order: dict[str, Any], name: str) -> bool:
    # Newer documents let it be absent, and older ones have it as text.
    value = order.get(name)
    if value is None or value == "false":
        return False
    if value == "true":
        return True
    if value not in (0, 1) or not isinstance(value, int):
        raise InvalidField(name, f"invalid {name}: must be true or false")
    return bool(value)


def _present(fields: dict[str, Any], name: str, where: str) -> Any:
    if (value := fields.get(name)) is None:
        raise MissingField(where + name)
    return value
