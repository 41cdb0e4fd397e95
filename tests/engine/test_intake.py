"""The order in which commands are taken, and those that are turned away."""

import asyncio
from asyncio import Future

import pytest
from tests.core.build import ALICE, BOB
from tests.engine.desk import cancel, order

from countermand.engine.intake import LOOKED_AT_MAX, Intake, Limits, QueueFull
from countermand.vocabulary.commands import CancelOrder, Command, MassCancel
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.receipt import Receipt

LIMITS = Limits(group_max=16, queue_max=40, cancel_room=10)


def waiting(*commands: Command) -> Intake:
    """Return an intake with waiting commands whose replies no test reads."""
    intake = Intake(LIMITS)
    for command in commands:
        intake.put(command, unread())
    return intake


def unread() -> Future[Receipt]:
    """Return a reply that no test reads."""
    loop = asyncio.new_event_loop()
    loop.close()
    return Future(loop=loop)


def taken(intake: Intake) -> list[Command]:
    """Return the commands of the next group."""
    return [command for commands, *_ in intake.take(1) for command in commands]


def test_cancels_come_first_and_the_rest_in_order() -> None:
    """Within a group, both kinds keep the order they came in; other accounts' orders wait."""
    orders = [order(BOB, price=90 + i) for i in range(3)]
    all_of_alices = MassCancel(ALICE)
    intake = waiting(orders[0], cancel(1), orders[1], all_of_alices, orders[2], cancel(2))
    assert [cancel(1), all_of_alices, cancel(2), *orders] == taken(intake)
    assert 0 == len(intake)


def test_no_account_overtakes_itself() -> None:
    """A cancel-all finds the orders placed before it; those placed later stay."""
    before, after, other = order(price=90), order(price=91), order(BOB)
    intake = waiting(other, before, MassCancel(ALICE), after)
    assert [before, MassCancel(ALICE), other, after] == taken(intake)


def test_a_cancel_of_every_account_comes_after_all_that_waits() -> None:
    """An operator's kill finds every order that was sent before it."""
    orders = [order(), order(BOB)]
    assert [*orders, MassCancel(), order()] == taken(waiting(*orders, MassCancel(), order()))


def test_a_batch_keeps_its_place() -> None:
    """A batch counts as a command of its account; one of cancels alone goes first."""
    intake = waiting(order(BOB))
    intake.put_batch([order(), cancel(1)], unread())
    intake.put(MassCancel(ALICE), unread())
    intake.put_batch([cancel(8, BOB), cancel(9, BOB)], unread())
    expected = [order(), cancel(1), MassCancel(ALICE), order(BOB), cancel(8, BOB), cancel(9, BOB)]
    assert expected == taken(intake)


def test_plain_order_of_arrival_where_a_world_says_so() -> None:
    """A cancel then overtakes no command."""
    intake = waiting(order(BOB))
    intake.put(cancel(1), unread(), cancels_first=False)
    intake.put_batch([cancel(2)], unread(), cancels_first=False)
    assert [order(BOB), cancel(1), cancel(2)] == taken(intake)


def test_a_query_waits_for_earlier_commands() -> None:
    """It waits until the account's commands that could change its answer are settled."""
    intake = waiting(order(BOB))
    by_name = GetOrder(ALICE, OrderId(0), "mine")
    nothing = intake.blocker(by_name)
    intake.put(order(cl_ord_id="mine"), unread())
    intake.put(order(cl_ord_id="other"), unread())
    found = intake.blocker(by_name)
    groups = intake.take(1)
    under_way = intake.blocker(by_name)
    followed: list[str] = []
    assert found is not None
    found.follow(lambda: followed.append("told"))
    for _, _, item in groups:
        intake.settle(item)

    assert nothing is None
    assert order(cl_ord_id="mine") == found.command
    assert found is under_way
    assert (["told"], None) == (followed, intake.blocker(by_name))


def test_a_query_looks_at_so_many_commands_and_no_more() -> None:
    """In a longer queue it waits for the last one."""
    intake = Intake(Limits())
    for number in range(LOOKED_AT_MAX + 1):
        intake.put(order(cl_ord_id=f"{number}"), unread())
    found = intake.blocker(GetOrder(ALICE, OrderId(0), "elsewhere"))

    assert found is not None
    assert order(cl_ord_id=f"{LOOKED_AT_MAX}") == found.command


def test_a_full_group_keeps_an_eighth_for_the_rest() -> None:
    """A flood of cancels does not starve new orders."""
    orders = [order(BOB, price=90 + i) for i in range(9)]
    intake = waiting(*orders, *[cancel(i) for i in range(1, 41)])
    group = taken(intake)
    assert 14 == sum(type(command) is CancelOrder for command in group)
    assert orders[:2] == group[14:]
    group = taken(intake)
    assert [cancel(15), orders[2]] == [group[0], group[-2]]


def test_an_unused_share_goes_to_the_others() -> None:
    """Cancels alone, or orders alone, fill a whole group."""
    assert [cancel(i) for i in range(1, 17)] == taken(waiting(*[cancel(i) for i in range(1, 21)]))
    assert [order()] * 16 == taken(waiting(*[order()] * 20))


def test_a_full_queue_turns_orders_away_and_still_takes_cancels() -> None:
    """Cancels are taken until their own room is full too."""
    intake = waiting(*[order()] * LIMITS.queue_max)
    with pytest.raises(QueueFull):
        intake.put(order(), unread())
    for i in range(LIMITS.cancel_room):
        intake.put(cancel(i + 1), unread())
    with pytest.raises(QueueFull):
        intake.put(cancel(99), unread())
    assert LIMITS.queue_max + LIMITS.cancel_room == len(intake)


def test_cancels_cannot_take_the_room_of_orders_for_ever() -> None:
    """Every group that is taken makes room again, for both."""
    intake = waiting(*[order()] * LIMITS.queue_max)
    intake.take(1)
    assert LIMITS.queue_max - LIMITS.group_max == len(intake)
    intake.put(order(), unread())


def test_a_query_about_two_accounts_waits_for_either() -> None:
    """It waits for the account with waiting commands, the first or the second."""
    intake = waiting(order(ALICE, cl_ord_id="one"), order(BOB))
    for _, _, item in intake.take(1)[:1]:
        intake.settle(item)
    found = intake.blocker(ListOpenOrders((ALICE, BOB)))

    assert found is not None
    assert order(BOB) == found.command
