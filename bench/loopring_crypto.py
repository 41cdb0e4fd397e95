"""Loopring's signatures by themselves: what checking one costs, and what it would by the book."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct
from tests.venues.loopring import textbook

from countermand.venues.loopring.crypto import eddsa
from countermand.venues.loopring.crypto.poseidon import digest, poseidon

PRIVATE_KEY = 0x1844B0051E35DD1AE74BBDE05947AB83E2C8D74156F0D5F0275B41DEBF839CA
MESSAGE = 2**255 - 19
NEW_KEYS = 100


class Figures(Struct):
    """
    Microseconds of one run, and how often one fits into another.

    `tables_us` is what a process pays once: the base point's comb, a key's, and both hashes.
    """

    verify_us: float
    verify_new_key_us: float
    textbook_us: float
    sign_us: float
    challenge_us: float
    order_hash_us: float
    tables_us: float

    @property
    def times_textbook(self) -> float:
        """How many checks with a known key fit into one by the book."""
        return self.textbook_us / self.verify_us

    @property
    def new_key_times_known(self) -> float:
        """How many checks with a known key the first one with another key costs."""
        return self.verify_new_key_us / self.verify_us


def measure(count: int = 2_000) -> Figures:
    """Check and make one signature again and again; most figures are the best of five rounds."""
    # First of all and only once, for tables stay.
    tables_us = _once_us(_make_tables)
    own = eddsa.public_key(PRIVATE_KEY)
    signature = eddsa.sign(PRIVATE_KEY, own, MESSAGE)
    raw = (signature.r_x, signature.r_y, signature.s)
    assert textbook.is_valid((own.x, own.y), MESSAGE, raw)

    def verify() -> None:
        assert eddsa.is_valid(own, MESSAGE, signature)

    return Figures(
        verify_us=_best_us(verify, count),
        verify_new_key_us=_once_us(_verify_new_keys()) / NEW_KEYS,
        textbook_us=_best_us(lambda: textbook.is_valid((own.x, own.y), MESSAGE, raw), 1),
        sign_us=_best_us(lambda: eddsa.sign(PRIVATE_KEY, own, MESSAGE), count),
        challenge_us=_best_us(lambda: digest(poseidon(6, 52), range(5)), count),
        order_hash_us=_best_us(lambda: digest(poseidon(12, 53), range(11)), count),
        tables_us=tables_us,
    )


def _make_tables() -> None:
    eddsa.public_key(PRIVATE_KEY)
    poseidon(6, 52)
    poseidon(12, 53)


def _verify_new_keys() -> Callable[[], object]:
    # These keys were known, and then so many others came that they are forgotten.
    keys = [eddsa.public_key(PRIVATE_KEY - n) for n in range(NEW_KEYS + eddsa.KEYS_MAX)][:NEW_KEYS]
    signed = [(own, eddsa.sign(PRIVATE_KEY - n, own, MESSAGE)) for n, own in enumerate(keys)]

    def verify() -> None:
        for own, signature in signed:
            assert eddsa.is_valid(own, MESSAGE, signature)

    return verify


def _once_us(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1e6


def _best_us(act: Callable[[], object], count: int) -> float:
    def often() -> None:
        for _ in range(count):
            act()

    return min(_once_us(often) for _ in range(5)) / count
