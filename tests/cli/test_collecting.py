"""Collecting: what is old is not looked at again, and what is garbage goes nonetheless."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from countermand.cli import collecting


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the collector of the tests' own process as it was."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


class Node:
    """Something that can be part of a cycle."""

    def __init__(self) -> None:
        self.self = self


def frozen(what: object) -> bool:
    """Return whether a collection would not look at it."""
    return not any(each is what for each in gc.get_objects())


def test_long_lived_objects_are_frozen_and_garbage_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long-lived objects are frozen, and Python starts no full collection by itself."""

    async def test(patience_ns: int) -> bool:
        monkeypatch.setattr(collecting, "PATIENCE_NS", patience_ns)
        collecting.pause()
        assert not gc.isenabled()
        old = [Node() for _ in range(1000)]
        begun = collecting.Collecting(lambda: 1)
        assert gc.isenabled()
        assert frozen(old)
        gone, young = weakref.ref(Node()), [Node()]
        gc.collect(1)
        begun._look()
        assert gone() is None
        assert gc.get_threshold()[2] > 1_000_000
        begun.stop()
        return frozen(young)

    assert asyncio.run(test(0))
    assert not asyncio.run(test(10**12))


def test_a_former_generation_is_collected() -> None:
    """Frozen objects of a former generation are collected too."""

    async def test() -> None:
        served = [1]
        node = Node()
        begun, gone = collecting.Collecting(lambda: served[0]), weakref.ref(node)
        del node
        begun._look()
        assert gone() is not None
        served[0] = 2
        begun._look()
        assert gone() is None
        begun.stop()

    asyncio.run(test())
