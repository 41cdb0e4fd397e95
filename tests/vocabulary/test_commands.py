"""Commands and events: values that survive the journal, each with a tag of its own."""

import random
from typing import get_args

import pytest
from msgspec import Struct, msgpack
from tests.core.traffic import Traffic, founding

from countermand.vocabulary.commands import (
    CANCELS,
    CancelOnDisconnect,
    CancelOrder,
    Command,
    Entry,
    MassCancel,
    SetKill,
)
from countermand.vocabulary.events import Event


@pytest.mark.parametrize("family", [Command, Event])
def test_tags_are_never_shared(family: type) -> None:
    """A tag says what a journaled array is."""
    tags = [kind.__struct_config__.tag for kind in get_args(family)]

    assert len(tags) == len(set(tags))


def test_tag_of_former_rules_is_never_used_again() -> None:
    """Its reuse would give a journal of those rules another meaning."""
    tags = {kind.__struct_config__.tag for kind in get_args(Command)}

    # A new order, a staged one and a replacement, each with its terms beside its names.
    assert not tags & {8, 9, 15}


def test_every_command_survives_the_journal() -> None:
    """A command with any fields is decoded from its bytes."""
    pick = random.Random(1).choice
    traffic = Traffic(pick)
    commands: list[Struct] = [*founding(pick)]
    commands += [traffic.command(seq, seq) for seq in range(1, 2_000)]
    entries = [Entry(seq, seq * 10, made) for seq, made in enumerate(commands, 1)]  # type: ignore[arg-type]

    assert msgpack.decode(msgpack.encode(entries), type=list[Entry]) == entries
    assert {type(made) for made in commands} == set(get_args(Command))


def test_cancels_are_those_that_only_take_out() -> None:
    """A sequencer puts them first, and keeps room for them."""
    assert set(CANCELS) == {CancelOrder, MassCancel, CancelOnDisconnect, SetKill}
