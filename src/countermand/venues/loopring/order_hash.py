"""
The order's hash: its name at the venue, and what its owner signs.

Eleven numbers of the order are hashed, in the order the circuit has them. Its clientOrderId, type
and channel are not among them; a change of them on the way is not noticed.

Source: Loopring protocol 3.6, design document, "Off-chain requests, Order"; DEX API v3, "Submit
        order"; tests/venues/loopring/vectors.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from countermand.venues.loopring.crypto.poseidon import digest, poseidon
from countermand.venues.loopring.messages.orders import SignedOrder
from countermand.wire.errors import Malformed, MissingField
from countermand.wire.fields import invalid

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

_decode = msgspec.json.Decoder(SignedOrder).decode


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
    """Return the hash of an order, as a number. Cached: verification and placing both need it."""
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


def read_terms(order: SignedOrder) -> HashedTerms:
    """
    Return what the hash of an order covers, of the order as it came.

    Clients send ids and amounts as numbers or as text; which number it is counts. One that does not
    fit the bits the protocol has for it could be hashed like another that does.
    Raises: MissingField, or InvalidField naming what is wrong.
    """
    sell, buy = _token("sellToken", order.sell_token), _token("buyToken", order.buy_token)
    return HashedTerms(
        exchange=_address("exchange", order.exchange),
        storage_id=_number("storageId", order.storage_id, _STORAGE_BITS),
        account_id=_number("accountId", order.account_id, _ACCOUNT_BITS),
        sell_token_id=_number("sellToken.tokenId", sell.get("tokenId"), _TOKEN_BITS),
        buy_token_id=_number("buyToken.tokenId", buy.get("tokenId"), _TOKEN_BITS),
        sell_volume=_number("sellToken.volume", sell.get("volume"), _VOLUME_BITS),
        buy_volume=_number("buyToken.volume", buy.get("volume"), _VOLUME_BITS),
        valid_until_s=_number("validUntil", order.valid_until, _TIME_BITS),
        max_fee_bips=_number("maxFeeBips", order.max_fee_bips, _BIPS_BITS),
        fill_amount_b_or_s=_flag("fillAmountBOrS", order.fill_amount_b_or_s),
        taker=_address("taker", order.taker) if order.taker else 0,
    )


def parse_order(body: bytes) -> SignedOrder:
    """Return the signed part of an order in a body. Raises Malformed when it is no JSON object."""
    try:
        return _decode(body.decode())
    except msgspec.ValidationError:
        raise Malformed("body must be a JSON object") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("body must be JSON") from None


def _token(name: str, value: Any) -> dict[str, Any]:
    token = _present(name, value)
    if not isinstance(token, dict):
        raise invalid(name, "must be an object")
    return token


def _address(name: str, value: Any) -> int:
    text = _present(name, value)
    if not isinstance(text, str) or not _ADDRESS.fullmatch(text):
        raise invalid(name, f"must satisfy {_ADDRESS.pattern}")
    return int(text, 16)


def _number(name: str, value: Any, bits: int) -> int:
    number = _present(name, value)
    if isinstance(number, str) and _DIGITS.fullmatch(number):
        number = int(number)
    if type(number) is not int or not 0 <= number < 1 << bits:
        raise invalid(name, f"must be an integer of {bits} bits")
    return number


def _flag(name: str, value: Any) -> bool:
    # Newer documents let it be absent, and older ones have it as text.
    if value is None or value == "false":
        return False
    if value == "true":
        return True
    if value not in (0, 1) or not isinstance(value, int):
        raise invalid(name, "must be true or false")
    return bool(value)


def _present(name: str, value: Any) -> Any:
    if value is None:
        raise MissingField(name)
    return value
