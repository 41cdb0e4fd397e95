"""Signing and verifying: every published row, the textbook, and every way to be wrong."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.venues.loopring import textbook
from tests.venues.loopring.published import (
    PRIVATE_KEYS,
    PUBLIC_KEYS,
    SIGNED,
    VECTORS,
    message_of,
    signature_of,
)
from tests.venues.loopring.test_babyjubjub import SMALL

from countermand.venues.loopring.crypto.eddsa import (
    NoKey,
    PublicKey,
    Signature,
    is_valid,
    parse_signature,
    public_key,
    sign,
    signature_text,
)

NAMES = [row["name"] for row in SIGNED]
EDGES: list[dict[str, Any]] = VECTORS["verifierEdgeCases"]
E, L, P = textbook.E, textbook.L, textbook.P

VALID = EDGES[0]
KEY = PUBLIC_KEYS[VALID["key"]]
MESSAGE = message_of(VALID)
SIGNATURE = signature_of(VALID)
TEXT = signature_text(SIGNATURE)


@pytest.mark.parametrize("row", VECTORS["keys"], ids=lambda row: row["name"])
def test_public_keys(row: dict[str, Any]) -> None:
    """Every private key has the public one that was published with it."""
    expected = PublicKey(int(row["publicKeyX"], 16), int(row["publicKeyY"], 16))

    assert expected == public_key(int(row["privateKey"], 16))


@pytest.mark.parametrize("row", SIGNED, ids=NAMES)
def test_signatures(row: dict[str, Any]) -> None:
    """Byte for byte those of the venue's clients; and the textbook takes the same steps."""
    name = row["key"]
    r = (int(row["Rx"]), int(row["Ry"]))
    key = (PUBLIC_KEYS[name].x, PUBLIC_KEYS[name].y)
    signature = sign(PRIVATE_KEYS[name], PUBLIC_KEYS[name], message_of(row))

    assert int(row["nonce_r"]) == textbook.nonce(PRIVATE_KEYS[name], message_of(row))
    assert int(row["challenge_t"]) == textbook.challenge(r, key, message_of(row))
    assert signature_of(row) == signature
    assert row["signature"] == signature_text(signature)
    assert signature == parse_signature(row["signature"])


@pytest.mark.parametrize("row", SIGNED, ids=NAMES)
def test_published_signatures_are_valid(row: dict[str, Any]) -> None:
    """As their owner's, and as nobody else's."""
    signature = parse_signature(row["signature"])
    others = [key for name, key in PUBLIC_KEYS.items() if name != row["key"]]

    assert is_valid(PUBLIC_KEYS[row["key"]], message_of(row), signature)
    assert [] == [key for key in others if is_valid(key, message_of(row), signature)]


@pytest.mark.parametrize("row", EDGES, ids=lambda row: row["name"])
def test_edge_cases(row: dict[str, Any]) -> None:
    """The verdict of a verifier that takes numbers only within their range."""
    valid = is_valid(PUBLIC_KEYS[row["key"]], message_of(row), signature_of(row))

    assert row["strictRangeVerifierAccepts"] is valid


@pytest.mark.parametrize("turns", range(8))
def test_s_may_be_anything_below_the_curve_order(turns: int) -> None:
    """S, S + L, up to S + 7 L: most clients reduce modulo E, some modulo L."""
    assert is_valid(KEY, MESSAGE, Signature(SIGNATURE.r_x, SIGNATURE.r_y, turned(turns)))


@pytest.mark.parametrize("turns", [-1, 8, 9])
def test_s_beyond_the_curve_order_is_refused(turns: int) -> None:
    """Though it is the same number modulo L."""
    assert not is_valid(KEY, MESSAGE, Signature(SIGNATURE.r_x, SIGNATURE.r_y, turned(turns)))


def turned(turns: int) -> int:
    """Return S after so many turns around L."""
    return SIGNATURE.s % L + turns * L


def test_coordinates_beyond_the_field_are_refused() -> None:
    """Though they are the same numbers modulo P."""
    x, y, s = SIGNATURE.r_x, SIGNATURE.r_y, SIGNATURE.s

    for r_x, r_y in ((x + P, y), (x, y + P), (x - P, y), (x, y - P)):
        assert not is_valid(KEY, MESSAGE, Signature(r_x, r_y, s))


def test_a_small_point_added_to_r_is_refused() -> None:
    """Verifying is without the cofactor, as in the circuit: R is what it must be, exactly."""
    for small in SMALL[:3]:
        r = textbook.add((SIGNATURE.r_x, SIGNATURE.r_y), small)

        assert not is_valid(KEY, MESSAGE, Signature(*r, SIGNATURE.s))


def test_a_flipped_bit_of_the_signature_is_refused() -> None:
    """Any of its 768."""
    texts = (f"0x{int(TEXT, 16) ^ 1 << bit:0192x}" for bit in range(768))

    assert [] == [text for text in texts if is_valid(KEY, MESSAGE, parse_signature(text))]


def test_a_flipped_bit_of_the_message_is_refused() -> None:
    """It was not what was signed."""
    flipped = (MESSAGE ^ 1 << bit for bit in range(256))

    assert [] == [message for message in flipped if is_valid(KEY, message, SIGNATURE)]


@given(st.integers(1, L - 1), st.integers(0, 2**256 - 1))
@settings(deadline=None, max_examples=8)
def test_signing_is_the_textbook(k: int, message: int) -> None:
    """Any key, any number; what is signed is valid, here and there."""
    own = public_key(k)
    signature = sign(k, own, message)
    raw = (signature.r_x, signature.r_y, signature.s)

    assert textbook.public_key(k) == (own.x, own.y)
    assert textbook.sign(k, message) == raw
    assert textbook.is_valid((own.x, own.y), message, raw)
    assert is_valid(own, message, signature)


@given(st.integers(0, 2**256 - 1), st.integers(0, 7), st.integers(-1, 1))
@settings(deadline=None, max_examples=8)
def test_the_verdict_is_the_textbook(message: int, turns: int, off: int) -> None:
    """Valid and nearly valid signatures alike."""
    k = PRIVATE_KEYS["vec2"]
    r_x, r_y, s = textbook.sign(k, message)
    raw = (r_x, r_y, s % L + turns * L + off)
    expected = textbook.is_valid(textbook.public_key(k), message, raw)

    assert expected is (off == 0)
    assert expected is is_valid(PUBLIC_KEYS["vec2"], message, Signature(*raw))


def test_a_key_must_be_a_point() -> None:
    """Of the curve, its coordinates reduced."""
    for x, y in ((1, 2), (0, 0), (KEY.x + P, KEY.y), (KEY.x, KEY.y - P), (KEY.y, KEY.x)):
        with pytest.raises(NoKey, match="not a point of the curve"):
            PublicKey(x, y)


@pytest.mark.parametrize("small", SMALL)
def test_a_key_must_have_the_order_of_keys(small: tuple[int, int]) -> None:
    """Neither a small point, zero among them, nor a key with a small point added to it."""
    with pytest.raises(NoKey, match="not a point of the order"):
        PublicKey(*small)
    if small != (0, 1):
        with pytest.raises(NoKey, match="not a point of the order"):
            PublicKey(*textbook.add((KEY.x, KEY.y), small))


def test_a_key_off_the_wire_is_no_exception() -> None:
    """Decoding one checks it as making one does."""
    with pytest.raises(msgspec.ValidationError, match="not a point"):
        msgspec.convert({"x": 1, "y": 2}, PublicKey)


@pytest.mark.parametrize("k", [0, -1, L, L + 1])
def test_private_keys_end(k: int) -> None:
    """Zero signs nothing, and from L on they repeat."""
    with pytest.raises(NoKey, match="must be above zero and below"):
        public_key(k)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        TEXT[:-1],
        TEXT[:-1] + "g",
        TEXT + "0",
        TEXT.replace("0x", "0X", 1),
        TEXT[2:] + "00",
        TEXT + "\n",
        TEXT[:-1] + "\u0663",
        f"{SIGNATURE.r_x},{SIGNATURE.r_y},{SIGNATURE.s}",
    ],
)
def test_texts_that_are_no_signature(text: str) -> None:
    """Too short, too long, of other digits, or of an older protocol."""
    with pytest.raises(ValueError, match="192 hexadecimal digits"):
        parse_signature(text)


def test_digits_may_be_of_either_case() -> None:
    """The prefix may not."""
    assert SIGNATURE == parse_signature("0x" + TEXT[2:].upper())


def test_no_table_is_made_on_import() -> None:
    """They are made when something is signed or checked, and not for who only loads the venues."""
    script = (
        "from countermand.venues.loopring import auth, order_hash\n"
        "from countermand.venues.loopring.crypto import eddsa, poseidon\n"
        "caches = eddsa._base_comb, eddsa._comb_of_minus, poseidon.poseidon\n"
        "print(sum(cache.cache_info().currsize for cache in caches))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)

    assert b"0" == run.stdout.strip()


def test_signatures_and_keys_are_plain_integers() -> None:
    """So that they can be encoded like any others."""
    signature = sign(PRIVATE_KEYS["vec1"], KEY, 1)

    assert {int} == {type(n) for n in (KEY.x, KEY.y, signature.r_x, signature.r_y, signature.s)}
