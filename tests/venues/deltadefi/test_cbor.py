"""Where a CBOR item ends, held against the RFC's examples and an independent encoder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.venues.deltadefi.cardano import cbor
from countermand.venues.deltadefi.cardano.cbor import NotCbor, Span

EXAMPLES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "vectors" / "rfc8949.json").read_text()
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.integers() | st.text() | st.binary(), inner)
        | st.builds(cbor2.CBORTag, st.integers(1000, 2000), inner)
    ),
    max_leaves=10,
)


@pytest.mark.parametrize("example", EXAMPLES["whole"])
def test_item_ends_where_its_example_does(example: str) -> None:
    """The end is the same with other bytes before and after."""
    raw = bytes.fromhex(example)

    assert len(raw) == cbor.end(raw, 0)
    assert len(raw) + 1 == cbor.end(b"\xff" + raw + b"\x01", 1)


@pytest.mark.parametrize("example", EXAMPLES["broken"])
def test_malformed_items_are_refused(example: str) -> None:
    """The RFC's own list."""
    with pytest.raises(NotCbor):
        cbor.end(bytes.fromhex(example), 0)


@given(VALUES)
def test_item_of_another_encoder_ends_with_it(value: Any) -> None:
    """Ours follows what cbor2 writes, and refuses it one byte short."""
    raw = cbor2.dumps(value)

    assert len(raw) == cbor.end(raw, 0)
    with pytest.raises(NotCbor):
        cbor.end(raw[:-1], 0)


@given(st.lists(SCALARS), st.dictionaries(st.integers(), SCALARS))
def test_inside_is_each_item_in_turn(items: list[Any], pairs: dict[int, Any]) -> None:
    """A map's keys and values stand one after the other."""
    listed, mapped = cbor2.dumps(items), cbor2.dumps(pairs)
    flat = [it for pair in pairs.items() for it in pair]

    assert [cbor2.dumps(it) for it in items] == cut(listed, cbor.inside(listed, 0, cbor.ARRAY))
    assert [cbor2.dumps(it) for it in flat] == cut(mapped, cbor.inside(mapped, 0, cbor.MAP))


@given(st.binary())
def test_byte_string_is_its_content(content: bytes) -> None:
    """Byte strings of any length are read."""
    assert content == cbor.byte_string(cbor2.dumps(content), 0)


@given(st.binary(max_size=40))
def test_anything_ends_somewhere_or_is_refused(raw: bytes) -> None:
    """No other error is raised, and no end lies past the data."""
    try:
        end = cbor.end(raw, 0)
    except NotCbor:
        return
    assert 0 < end <= len(raw)


@pytest.mark.parametrize(
    ("raw", "major"), [("80", cbor.MAP), ("a0", cbor.ARRAY), ("00", cbor.ARRAY), ("40", cbor.MAP)]
)
def test_inside_wants_the_kind_that_was_asked_for(raw: str, major: int) -> None:
    """An array is no map."""
    with pytest.raises(NotCbor, match="where"):
        cbor.inside(bytes.fromhex(raw), 0, major)


@pytest.mark.parametrize("raw", ["60", "00", "5f4100ff"])
def test_byte_string_wants_one_of_definite_length(raw: str) -> None:
    """Text is none, nor are chunks."""
    with pytest.raises(NotCbor, match="byte string"):
        cbor.byte_string(bytes.fromhex(raw), 0)


def test_depth_is_bounded() -> None:
    """A hostile nest does not reach the end of the stack."""
    deepest = b"\x81" * cbor.DEPTH_MAX + b"\x00"

    assert len(deepest) == cbor.end(deepest, 0)
    for nest in (b"\x81", b"\xc1", b"\xa1\x00", b"\x9f"):
        with pytest.raises(NotCbor, match="nested"):
            cbor.end(nest * 100_000 + b"\x00", 0)


def cut(raw: bytes, spans: tuple[Span, ...]) -> list[bytes]:
    """Return what the spans cover."""
    return [raw[start:end] for start, end in spans]
