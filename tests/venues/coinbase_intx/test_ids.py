"""Ids are renderings of integers: each that is emitted is read back, and no other text is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.venues.coinbase_intx import ids
from countermand.venues.coinbase_intx.ids import Kind


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        (Kind.ORDER, 0, "10000000-1-0"),
        (Kind.ORDER, 1, "10000001-1-0"),
        (Kind.ORDER, 36**8 - 36**7 - 1, "zzzzzzzz-1-0"),
        (Kind.ORDER, 36**8 - 36**7, "100000000-1-0"),
        (Kind.PORTFOLIO, 35, "1000000z-1-21"),
        (Kind.INSTRUMENT, 36, "10000010-0-0"),
        (Kind.ASSET, 1, "0-0-1"),
        (Kind.ASSET, 36, "0-0-10"),
    ],
)
def test_triplets(kind: Kind, number: int, text: str) -> None:
    """Eight characters and a suffix, as captured."""
    assert kind.triplet(number) == text
    assert kind.parse_triplet(text) == number


@pytest.mark.parametrize("kind", Kind)
@given(number=st.integers(1, 10**18))
def test_every_spelling_is_understood(kind: Kind, number: int) -> None:
    """Base-36, UUID and decimal; a UUID only as what it is of."""
    assert kind.parse(kind.triplet(number)) == number
    assert kind.parse(kind.uuid(number)) == number
    assert kind.parse(str(number)) == number
    assert all(k.parse(kind.uuid(number)) is None for k in Kind if k is not kind)


@pytest.mark.parametrize(
    "text",
    [
        "", "10000001", "-1-0", "10000001-1-1", "1000001-1-0", "10000001-1-0 ", "1000_001-1-0",
        "1000000A-1-0", "010000001-1-0", "+0000001-1-0", "\u06610000001-1-0", "my-order-1-0",
        "10000001-1-00", "zzzzzzzzzzzzzzzzzzzz-1-0", "cb1df22f-05c1-8000-8000-326c0c004000",
    ],
)  # fmt: skip
def test_other_texts_are_client_ids(text: str) -> None:
    """An order id has one spelling."""
    assert ids.ORDER.parse_triplet(text) is None


@pytest.mark.parametrize(
    "text", ["0", "007", "-1", "1.0", "9" * 20, "cc0958ad-0c7d-4445-a812-1370fe46d0d4"]
)
def test_texts_that_are_no_portfolio(text: str) -> None:
    """A UUID of elsewhere is not ours."""
    assert ids.PORTFOLIO.parse(text) is None
