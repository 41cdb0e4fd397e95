"""An order is sent once, and found again when its answer is lost."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.client import stage
from tests.client.stage import Fault, Scene
from tests.venues.conformance.trader import Trader

from countermand.client.acts import LostFailure
from countermand.client.outcome import Filled, NotSent, Open, Outcome, Refused, Unknown
from countermand.vocabulary.order import OrdStatus, Side
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation

PLACE = Operation.PLACE_ORDER

ARRIVED = {
    "nothing is lost": stage.FINE,
    "answer lost": stage.LOST_AFTER,
    "late": stage.LATE,
    "unreadable": stage.UNREADABLE,
    "500 after it had effect": stage.FAILS_AFTER,
}
DID_NOT_ARRIVE = {
    "lost": stage.LOST_BEFORE,
    "500 before it had effect": stage.FAILS_BEFORE,
    "502 of a proxy": stage.GATEWAY,
}


def is_only(scene: Scene, outcome: Outcome) -> bool:
    """Whether an outcome is of the only order that Alice's account ever had."""
    [one] = scene.orders()
    return scene.truth(outcome.order_id) == one


@pytest.mark.parametrize("loss", ARRIVED)
def test_order_that_arrived_is_found(scene: Scene, loss: str) -> None:
    """The order is found by the answer, by its name, or by its terms."""
    scene.on(PLACE, ARRIVED[loss])
    outcome = scene.place()

    assert isinstance(outcome, Open), outcome
    assert is_only(scene, outcome)


@pytest.mark.parametrize("loss", DID_NOT_ARRIVE)
def test_order_that_is_not_found_is_unknown(scene: Scene, loss: str) -> None:
    """The order may still arrive, so it is not sent again."""
    scene.on(PLACE, DID_NOT_ARRIVE[loss])
    outcome = scene.place()

    assert isinstance(outcome, Unknown), outcome
    assert scene.orders() == []
    assert [send.operation for send in scene.stage.sent].count(PLACE) == 1


def test_order_that_never_left_is_not_sent(scene: Scene) -> None:
    """An order that never left the client is not looked for."""
    scene.on(PLACE, stage.NOT_SENT)
    outcome = scene.place()

    assert isinstance(outcome, NotSent), outcome
    assert scene.orders() == []


def test_order_too_many_is_refused(scene: Scene) -> None:
    """The order was not executed."""
    scene.on(PLACE, stage.TOO_MANY)
    outcome = scene.place()

    assert isinstance(outcome, Refused), outcome
    assert scene.orders() == []


def test_order_that_came_twice_is_one_where_it_has_a_name(scene: Scene) -> None:
    """The refusal of the second says that the first is there."""
    scene.on(PLACE, stage.TWICE)
    outcome = scene.place()
    is_named = any(note.kind == "about" for note in scene.stage.notes)
    if not is_named and "cl_ord_id" in scene.session.end.given:
        pytest.skip(f"{scene.desk.venue.name} has no name for an order before it is placed")

    assert isinstance(outcome, Open), outcome
    assert is_only(scene, outcome)


def test_name_that_was_used_before_is_refused(scene: Scene) -> None:
    """The order that has it is another one."""
    if "cl_ord_id" in scene.session.end.given:
        pytest.skip(f"{scene.desk.venue.name} keeps no names")
    wish = replace(scene.wish(), cl_ord_id="mine")
    assert isinstance(scene.place(wish), Open)
    if scene.orders()[0].cl_ord_id != "mine":
        pytest.skip(f"{scene.desk.venue.name} lets two orders have one name")
    scene.stage.clock.ns += 60 * 10**9
    outcome = scene.place(wish)

    assert isinstance(outcome, Refused), outcome
    assert len(scene.orders()) == 1


def test_order_that_trades_at_once_is_filled(scene: Scene) -> None:
    """The outcome has the quantity and the average price."""
    one, ticks = scene.market, scene.market.reference_price_ticks
    rest(scene, ticks)
    outcome = scene.place()

    assert isinstance(outcome, Filled), outcome
    assert (outcome.cum_qty, outcome.avg_px) == (scene.wish().order_qty, scene.wish().price)
    assert scene.orders()[0].instrument_id == one.instrument_id


def rest(scene: Scene, ticks: int) -> None:
    """Let Bob offer what Alice wants to buy, where he has none of it too."""
    offered = Trader(scene.desk, "bob").place("offer", Side.SELL, 1000)
    assert (offered.is_open, offered.terms.price_ticks) == (True, ticks)


def test_order_that_is_refused_says_why(scene: Scene) -> None:
    """Either no order exists, or it is rejected at once."""
    wish = scene.wish(10**17)
    outcome = scene.place(wish)

    assert type(outcome).__name__ in ("Refused", "Closed"), outcome
    assert outcome.text
    assert not any(order.is_open for order in scene.orders())


@pytest.mark.parametrize("wrong", ["price", "order_qty"])
def test_order_off_the_grid_is_not_sent(scene: Scene, wrong: str) -> None:
    """A price or quantity off the grid is never rounded."""
    wish = replace(scene.wish(), **{wrong: "0.0000000000000000000001"})
    scene.stage.sent.clear()
    with pytest.raises(NotExpressible):
        scene.place(wish)

    assert scene.stage.sent == []


def test_two_alike_are_not_taken_for_one(scene: Scene) -> None:
    """An order that this client placed is not found again for another that was lost."""
    first = scene.place()
    scene.on(PLACE, stage.LOST_BEFORE)
    second: Outcome = scene.place()

    assert isinstance(first, Open)
    assert isinstance(second, Unknown), second


def test_partly_traded_before_it_is_found(scene: Scene) -> None:
    """The outcome shows the order as it stands when it is found."""

    def hit() -> None:
        scene.bob.hit(Side.SELL, 1000, scene.market.reference_price_ticks)

    scene.on(PLACE, Fault(lost=LostFailure, after=hit))
    outcome = scene.place(scene.wish(2000))
    [truth] = scene.orders()

    assert isinstance(outcome, Open), outcome
    assert truth.ord_status is OrdStatus.PARTIALLY_FILLED
    assert outcome.cum_qty == scene.wish(1000).order_qty
