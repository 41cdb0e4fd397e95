"""Loopring's signatures by themselves: what checking one costs, and what it would by the book."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.venues.loopring import textbook

from bench.figures import Figure
from bench.sizes import Size
from countermand.venues.loopring.crypto import eddsa
from countermand.venues.loopring.crypto.poseidon import digest, poseidon

PART = "loopring's signatures"
PRIVATE_KEY = 0x1844B0051E35DD1AE74BBDE05947AB83E2C8D74156F0D5F0275B41DEBF839CA
MESSAGE = 2**255 - 19
NEW_KEYS = 20
TABLES_MAX_MS, NEW_KEY_MAX, TEXTBOOK_MIN = 150, 12, 300


def measure(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Check and make one signature again and again; most figures are the best of five rounds."""
    # First of all and only once, for tables stay.
    tables_us = _once_us(_make_tables)
    own = eddsa.public_key(PRIVATE_KEY)
    signature = eddsa.sign(PRIVATE_KEY, own, MESSAGE)
    raw = (signature.r_x, signature.r_y, signature.s)
    assert textbook.is_valid((own.x, own.y), MESSAGE, raw)
    check_us = _best_us(lambda: eddsa.is_valid(own, MESSAGE, signature), size.checks)
    new_key_us = _once_us(_check_new_keys()) / NEW_KEYS
    textbook_us = _best_us(lambda: textbook.is_valid((own.x, own.y), MESSAGE, raw), 1)
    sign_us = _best_us(lambda: eddsa.sign(PRIVATE_KEY, own, MESSAGE), size.checks)
    hash_us = _best_us(lambda: digest(poseidon(12, 53), range(11)), size.checks)
    row = "one thread"
    yield Figure(PART, row, "check, us", check_us, "us")
    yield Figure(PART, row, "by the book / it", textbook_us / check_us, goal=TEXTBOOK_MIN)
    yield Figure(PART, row, "new key / it", new_key_us / check_us, goal=NEW_KEY_MAX, at_most=True)
    yield Figure(PART, row, "sign, us", sign_us, "us")
    yield Figure(PART, row, "order's hash, us", hash_us, "us")
    yield Figure(PART, row, "tables, ms", tables_us / 1e3, "ms", TABLES_MAX_MS, at_most=True)


def _make_tables() -> None:
    eddsa.public_key(PRIVATE_KEY)
    poseidon(6, 52)
    poseidon(12, 53)


def _check_new_keys() -> Callable[[], object]:
    # These keys were known, and then so many others came that they are forgotten.
    keys = [eddsa.public_key(PRIVATE_KEY - n) for n in range(NEW_KEYS + eddsa.KEYS_MAX)][:NEW_KEYS]
    signed = [(own, eddsa.sign(PRIVATE_KEY - n, own, MESSAGE)) for n, own in enumerate(keys)]

    def check() -> None:
        for own, signature in signed:
            assert eddsa.is_valid(own, MESSAGE, signature)

    return check


def _once_us(act: Callable[[], object]) -> float:
    started = time.thread_time()
    act()
    return (time.thread_time() - started) * 1e6


def _best_us(act: Callable[[], object], count: int) -> float:
    def often() -> None:
        for _ in range(count):
            act()

    return min(_once_us(often) for _ in range(5)) / count
