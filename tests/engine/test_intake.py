"""Who goes next, and who is turned away."""

import asyncio
from asyncio import Future

import pytest
from tests.engine.desk import cancel, order

from countermand.engine.intake import Intake, Limits, QueueFull
from countermand.vocabulary.commands import CancelOrder, Command, MassCancel
from countermand.vocabulary.receipt import Receipt

LIMITS = Limits(group_max=16, queue_max=40, cancel_room=10, batches_max=2)


def waiting(*commands: Command) -> Intake:
    """Return an intake in which commands wait that nobody waits for."""
    intake = Intake(LIMITS)
    for command in commands:
        intake.put(command, nobody())
    return intake


def nobody() -> Future[Receipt]:
    """Return a reply that is never given."""
    loop = asyncio.new_event_loop()
    loop.close()
    return Future(loop=loop)


def taken(intake: Intake) -> list[Command]:
    """Return the commands of the next group."""
    return [command for command, *_ in intake.take()]


def test_cancels_come_first_and_the_rest_in_order() -> None:
    """Within a group, both kinds keep the order they came in."""
    orders = [order(price=90 + i) for i in range(3)]
    intake = waiting(orders[0], cancel(1), orders[1], MassCancel(), orders[2], cancel(2))
    assert [cancel(1), MassCancel(), cancel(2), *orders] == taken(intake)
    assert 0 == len(intake)


def test_a_full_group_keeps_an_eighth_for_the_rest() -> None:
    """A flood of cancels does not starve whoever wants to trade."""
    intake = waiting(*[order(price=90 + i) for i in range(9)], *[cancel(i) for i in range(1, 41)])
    group = taken(intake)
    assert 14 == sum(type(command) is CancelOrder for command in group)
    assert [order(price=90), order(price=91)] == group[14:]
    group = taken(intake)
    assert [cancel(15), order(price=92)] == [group[0], group[-2]]


def test_the_share_nobody_needs_goes_to_cancels() -> None:
    """And the other way round."""
    assert [cancel(i) for i in range(1, 17)] == taken(waiting(*[cancel(i) for i in range(1, 21)]))
    assert [order()] * 16 == taken(waiting(*[order()] * 20))


def test_a_full_queue_turns_orders_away_and_still_takes_cancels() -> None:
    """Until the room reserved for cancels is full too."""
    intake = waiting(*[order()] * LIMITS.queue_max)
    with pytest.raises(QueueFull):
        intake.put(order(), nobody())
    for i in range(LIMITS.cancel_room):
        intake.put(cancel(i + 1), nobody())
    with pytest.raises(QueueFull):
        intake.put(cancel(99), nobody())
    assert LIMITS.queue_max + LIMITS.cancel_room == len(intake)


def test_cancels_cannot_take_the_room_of_orders_for_ever() -> None:
    """Every group that is taken makes room again, for both."""
    intake = waiting(*[order()] * LIMITS.queue_max)
    intake.take()
    assert LIMITS.queue_max - LIMITS.group_max == len(intake)
    intake.put(order(), nobody())
