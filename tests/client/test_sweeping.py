"""Many orders are canceled until none is open, and each has its outcome."""

from __future__ import annotations

import pytest
from tests.client import stage
from tests.client.stage import Fault, Scene
from tests.venues.desk import Desk

from countermand.client.acts import LostFailure
from countermand.client.deadline import S
from countermand.client.outcome import Canceled, Filled, Outcome
from countermand.client.sweeping import Sweep
from countermand.wire.operation import Operation
from countermand.wire.venue import Venue

MASS, LIST, CANCEL = Operation.MASS_CANCEL, Operation.LIST_ORDERS, Operation.CANCEL_ORDER

LOSSES = {
    "nothing": stage.FINE,
    "not sent": stage.NOT_SENT,
    "lost before": stage.LOST_BEFORE,
    "lost after": stage.LOST_AFTER,
    "late": stage.LATE,
    "unreadable": stage.UNREADABLE,
    "500": stage.FAILS_AFTER,
    "429": stage.TOO_MANY,
}


@pytest.fixture(autouse=True)
def _lists_orders(venue: Venue) -> None:
    if venue.client is None:
        pytest.skip(f"{venue.name} has no client's end yet")


def sweep(scene: Scene, timeout_s: float = 30) -> Sweep:
    """Cancel all orders of Alice's."""
    return scene.stage.perform(stage.verbs.cancel_all(scene.session, timeout_s=timeout_s))


def kinds(outcomes: tuple[Outcome, ...]) -> dict[str, type[Outcome]]:
    """Return the kind of each outcome, by order."""
    return {outcome.order_id: type(outcome) for outcome in outcomes}


@pytest.mark.parametrize("operation", [MASS, LIST, CANCEL])
@pytest.mark.parametrize("loss", LOSSES)
def test_all_are_canceled(scene: Scene, loss: str, operation: Operation) -> None:
    """All orders are canceled although one request fails once."""
    orders = [scene.placed() for _ in range(4)]
    scene.fill(orders[0], 1000)
    scene.on(operation, LOSSES[loss])
    swept = sweep(scene)

    assert swept.is_empty, swept.text
    assert dict.fromkeys(orders[1:], Canceled) == kinds(swept.outcomes)
    assert not any(order.is_open for order in scene.orders())


def test_nothing_to_cancel(scene: Scene) -> None:
    """Is no failure."""
    swept = sweep(scene)

    assert (swept.outcomes, swept.is_empty) == ((), True)


def test_order_that_comes_meanwhile_is_canceled_too(scene: Scene) -> None:
    """The sweep repeats until no order is open."""
    first, other = scene.placed(), Scene(scene.desk)
    placed: list[str] = []
    scene.on(LIST, Fault(after=lambda: placed.append(other.placed())))
    swept = sweep(scene)

    assert swept.is_empty, swept.text
    assert {first: Canceled, placed[0]: Canceled} == kinds(swept.outcomes)


def test_fill_meanwhile_is_told(scene: Scene) -> None:
    """Each order has its own outcome."""
    one, two = scene.placed(), scene.placed()
    scene.on(LIST, Fault(after=lambda: scene.fill(one, 1000)))
    swept = sweep(scene)

    assert {one: Filled, two: Canceled} == kinds(swept.outcomes)


def test_list_that_cannot_be_read_is_not_empty(scene: Scene) -> None:
    """A failed read of the open orders does not count as an empty list."""
    scene.placed()
    scene.stage.director = lambda send: (
        Fault(lost=LostFailure) if send.operation is LIST else stage.FINE
    )
    swept = sweep(scene, timeout_s=3)

    assert not swept.is_empty
    assert swept.text


def test_several_are_canceled(scene: Scene) -> None:
    """The orders that were not named stay open."""
    orders = [scene.placed() for _ in range(3)]
    talk = stage.verbs.cancel_many(scene.session, orders[:2])
    outcomes = scene.stage.perform(talk)

    assert dict.fromkeys(orders[:2], Canceled) == kinds(outcomes)
    assert scene.truth(orders[2]).is_open


def test_the_time_is_that_of_all(venue: Venue) -> None:
    """While nothing is answered the first ten use it up; of the others none is sent."""
    scene = Scene(Desk(venue), keep_limits=False)
    orders, clock = [scene.placed() for _ in range(23)], scene.stage.clock
    scene.stage.director, scene.stage.sent = stage.always(stage.LOST_BEFORE), []
    begun_ns = clock.ns
    outcomes = scene.stage.perform(
        stage.verbs.cancel_many(scene.session, orders, timeout_s=5),
    )
    took_ns, sent = clock.ns - begun_ns, [one.operation for one in scene.stage.sent]

    assert ["Unknown"] * 10 + ["NotSent"] * 13 == [one.name for one in outcomes]
    assert orders == [one.order_id for one in outcomes]
    assert {"the time was over before its turn"} == {one.text for one in outcomes[10:]}
    assert 5 * S <= took_ns < 6 * S
    assert CANCEL in sent
    assert 23 == len([one for one in scene.orders() if one.is_open])


def test_more_than_ten_are_canceled_in_time(scene: Scene) -> None:
    """All of them, in the order in which they were named."""
    orders = [scene.placed() for _ in range(23)]
    outcomes = scene.stage.perform(stage.verbs.cancel_many(scene.session, orders, timeout_s=60))

    assert [(one, "Canceled") for one in orders] == [(one.order_id, one.name) for one in outcomes]
