"""Following: an exchange made of what another one did is that one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.build import World
from tests.core.test_properties import after, journals

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import Entry
from countermand.vocabulary.receipt import Receipt

pytestmark = pytest.mark.usefixtures("small_bounds")


@given(journals, st.integers(0, 600))
def test_a_copy_that_follows_is_the_same(entries: list[Entry], at: int) -> None:
    """From any entry on the digests are equal."""
    first = after(entries[:at])
    copy = Exchange.load(first.dump())
    for entry in entries[at:]:
        copy.follow(first.apply(entry))

    assert first.digest() == copy.digest()


def test_only_the_next_receipt_can_be_followed() -> None:
    """A gap is a bug."""
    exchange = World().exchange
    for seq in (exchange.seq, exchange.seq + 2):
        with pytest.raises(AssertionError, match="receipt"):
            exchange.follow(Receipt(seq, exchange.ts_ns + 1, (), ()))
