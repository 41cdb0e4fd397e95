"""Numbering: ids go on beyond numbers that were passed over."""

import pytest
from tests.core.build import World

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import PassNumbers, RegisterAsset
from countermand.vocabulary.events import AssetRegistered, InstructionRejected


def test_later_ids_come_after_the_passed_numbers(world: World) -> None:
    """The entries' own numbers stay without a gap."""
    world.run(PassNumbers(1000))
    [registered] = world.run(RegisterAsset("acme", "SOL", 6))

    assert registered == AssetRegistered(1015, "acme", "SOL", 6)  # type: ignore[arg-type]
    assert (world.exchange.seq, world.exchange.number) == (15, 1015)


@pytest.mark.parametrize("count", [0, -1])
def test_there_is_no_way_back(world: World, count: int) -> None:
    """A number that was given out is not given out again."""
    [refused] = world.run(PassNumbers(count))

    assert isinstance(refused, InstructionRejected)
    assert world.exchange.number == world.exchange.seq


def test_numbers_passed_are_in_the_image(world: World) -> None:
    """A snapshot goes on where its exchange would have."""
    before = world.exchange.dump()
    world.run(PassNumbers(7))
    loaded = Exchange.load(world.exchange.dump())

    assert (loaded.number, loaded.digest()) == (world.exchange.number, world.exchange.digest())
    assert Exchange.load(before).dump() == before
