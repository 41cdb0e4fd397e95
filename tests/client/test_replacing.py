"""A replacement is sent once, and told by what the order shows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.client import stage
from tests.client.stage import Fault, Scene

from countermand.client.acts import LostFailure
from countermand.client.outcome import (
    Canceled,
    Filled,
    NotFound,
    NotSent,
    Outcome,
    Refused,
    Replaced,
    Unknown,
)
from countermand.client.people import qty
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Capability, Operation

REPLACE = Operation.REPLACE_ORDER


@pytest.fixture
def replaces(scene: Scene) -> Scene:
    """A venue that can replace."""
    if Capability.REPLACE not in scene.desk.venue.capabilities:
        pytest.skip(f"{scene.desk.venue.name} cannot replace")
    return scene


def less(scene: Scene, order: str, timeout_s: float = 5) -> Outcome:
    """Replace an order's quantity by 700 lots."""
    wanted = qty(scene.market, 700)
    talk = stage.verbs.replace(scene.session, order, order_qty=wanted, timeout_s=timeout_s)
    return scene.stage.perform(talk)


def test_replacement_that_came_twice_is_proven(replaces: Scene) -> None:
    """The answer is that to the second, which may be refused: the order shows the first."""
    order = replaces.placed()
    replaces.on(REPLACE, stage.TWICE)
    outcome = less(replaces, order)

    assert isinstance(outcome, Replaced), outcome
    assert 700 == replaces.truth(order).terms.order_qty_lots
    assert outcome.leaves_qty == qty(replaces.market, 700)


def test_refused_replacement_by_what_was_there_is_refused(replaces: Scene) -> None:
    """An order that had the terms before proves no replacement, where a refusal is final."""
    order = replaces.placed()
    less(replaces, order)
    unknown = replaces.stage.perform(stage.asked(replaces.session, replaces.unknown(order)))
    replaces.on(REPLACE, Fault(arrives=0, answer=unknown))
    outcome = less(replaces, order)

    assert isinstance(outcome, Refused), outcome


@pytest.mark.parametrize("loss", [stage.FINE, stage.LOST_AFTER])
def test_new_name_is_told(replaces: Scene, loss: Fault) -> None:
    """Where the venue gives an order a new name with each change: the owner's, or one made up."""
    if "cl_ord_id" in replaces.session.end.given:
        pytest.skip("its orders keep what they are called by")
    order = replaces.place(replace(replaces.wish(), cl_ord_id="first")).order_id
    names = []
    for lots, given in ((700, "second"), (600, "")):
        replaces.on(REPLACE, loss)
        wanted = qty(replaces.market, lots)
        talk = stage.verbs.replace(replaces.session, order, order_qty=wanted, cl_ord_id=given)
        outcome = replaces.stage.perform(talk)
        assert isinstance(outcome, Replaced), outcome
        assert f"called {outcome.cl_ord_id} from now on" == outcome.text
        assert outcome.text in str(outcome)
        names.append(outcome.cl_ord_id)

    assert "second" == names[0] != names[1]
    assert [NotFound, NotFound, Canceled] == [
        type(replaces.cancel(name)) for name in ("first", *names)
    ]


def test_new_name_that_no_order_can_have_is_not_sent(replaces: Scene) -> None:
    """The venue gives none, or not this one."""
    order, sent = replaces.placed(), len(replaces.stage.sent)
    has_none = "cl_ord_id" in replaces.session.end.given
    name = "new" if has_none else "x" * 999
    wanted = qty(replaces.market, 700)
    talk = stage.verbs.replace(replaces.session, order, order_qty=wanted, cl_ord_id=name)
    with pytest.raises(NotExpressible, match="no new name" if has_none else "client_order_id"):
        replaces.stage.perform(talk)

    assert REPLACE not in [one.operation for one in replaces.stage.sent[sent:]]


def test_venue_that_cannot_is_not_asked(scene: Scene) -> None:
    """A venue without a replace request is sent nothing."""
    if Capability.REPLACE in scene.desk.venue.capabilities:
        pytest.skip(f"{scene.desk.venue.name} can replace")
    order = scene.placed()
    with pytest.raises(NotExpressible):
        less(scene, order)


@pytest.mark.parametrize(
    "loss", [stage.FINE, stage.LOST_AFTER, stage.LATE, stage.UNREADABLE, stage.FAILS_AFTER]
)
def test_replacement_that_arrived_is_proven(replaces: Scene, loss: Fault) -> None:
    """The proof is the answer, or the order as it is read."""
    order = replaces.placed()
    replaces.on(REPLACE, loss)
    outcome = less(replaces, order)

    assert isinstance(outcome, Replaced), outcome
    assert replaces.truth(order).terms.order_qty_lots == 700
    assert outcome.leaves_qty == qty(replaces.market, 700)


@pytest.mark.parametrize("loss", [stage.LOST_BEFORE, stage.FAILS_BEFORE, stage.GATEWAY])
def test_replacement_that_shows_nowhere_is_unknown(replaces: Scene, loss: Fault) -> None:
    """The replacement may still arrive, and is not sent again."""
    order = replaces.placed()
    replaces.on(REPLACE, loss)
    outcome = less(replaces, order)

    assert isinstance(outcome, Unknown), outcome
    assert [send.operation for send in replaces.stage.sent].count(REPLACE) == 1
    assert replaces.truth(order).terms.order_qty_lots == 1000


def test_replacement_that_never_left_is_not_sent(replaces: Scene) -> None:
    """The order stands as it was."""
    order = replaces.placed()
    replaces.on(REPLACE, stage.NOT_SENT)

    assert isinstance(less(replaces, order), NotSent)


def test_order_that_filled_meanwhile_is_told(replaces: Scene) -> None:
    """The replacement came too late; the outcome is Filled."""
    order = replaces.placed()
    replaces.on(REPLACE, Fault(before=lambda: replaces.fill(order, 1000)))
    outcome = less(replaces, order)

    assert isinstance(outcome, Filled), outcome


def test_order_that_was_canceled_meanwhile_is_told(replaces: Scene) -> None:
    """The replacement came too late; the outcome is Canceled."""
    order = replaces.placed()

    def cancel() -> None:
        replaces.stage.director = stage.all_well
        replaces.cancel(order)

    replaces.on(REPLACE, Fault(before=cancel, lost=LostFailure))
    outcome = less(replaces, order)

    assert isinstance(outcome, Canceled), outcome


def test_unknown_order_is_not_found(replaces: Scene) -> None:
    """The client sends one read and no replacement."""
    replaces.stage.sent.clear()
    outcome = less(replaces, replaces.unknown(replaces.placed()))
    # Where a venue shows an order late, it may be there.
    shows_late = replaces.desk.venue.proofs.visible_ns > 0

    assert isinstance(outcome, NotSent if shows_late else NotFound), outcome
    assert REPLACE not in [send.operation for send in replaces.stage.sent]


def test_order_that_is_not_shown_yet_is_replaced(replaces: Scene) -> None:
    """The client knows the order exists, so it waits until the venue shows it."""
    order = replaces.placed()
    unknown = replaces.stage.perform(stage.asked(replaces.session, replaces.unknown(order)))
    replaces.on(Operation.GET_ORDER, *[Fault(answer=unknown)] * 4)
    outcome = less(replaces, order)

    assert isinstance(outcome, Replaced), outcome
