"""A second client settles, from the ledger, the intents that an ended client left open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.client import stage
from tests.client.stage import Fault, Scene

from countermand.client.acts import Talk
from countermand.client.audit import audit, lines
from countermand.client.ledger import Ledger
from countermand.client.outcome import Canceled, Filled, Open, Outcome, Replaced, Unknown
from countermand.client.people import qty
from countermand.client.resume import Resumed, resume
from countermand.wire.operation import Capability, Operation

PLACE, CANCEL = Operation.PLACE_ORDER, Operation.CANCEL_ORDER


class Ended(Exception):
    """The client is killed here."""


@pytest.fixture
def kept(scene: Scene, tmp_path: Path) -> Iterator[Scene]:
    """A scene whose client keeps a ledger."""
    scene.stage.keeper = Ledger(tmp_path / "ledger.sqlite")
    yield scene
    scene.stage.keeper.close()


def killed(scene: Scene, talk: Talk[Outcome], when: Operation, *, arrives: bool) -> None:
    """End the client when a request of this operation was sent, whether it arrived or not."""

    def end() -> None:
        raise Ended

    if arrives:
        scene.on(when, Fault(after=end))
    else:
        scene.on(when, Fault(before=end))
    with pytest.raises(Ended):
        scene.stage.perform(talk)
    scene.stage.director = stage.all_well
    # What was not on disk is lost.
    path = scene.stage.keeper.path
    scene.stage.keeper._waiting.clear()
    scene.stage.keeper.close()
    scene.stage.keeper = Ledger(path)
    scene.session.placed.clear()


def resumed(scene: Scene) -> Resumed:
    """Resume in a session of its own, and return the only thing that was settled."""
    session = stage.session_at(scene.desk)
    intents = scene.stage.keeper.open_intents()
    [one] = scene.stage.perform(resume(session, intents, 5))
    assert len(scene.stage.keeper.open_intents()) == (not one.is_proven)
    return one


@pytest.mark.parametrize("arrives", [True, False])
def test_cancel_goes_on(kept: Scene, arrives: bool) -> None:
    """Whether it arrived or not, the order is canceled in the end."""
    order = kept.placed()
    killed(kept, stage.verbs.cancel(kept.session, order), CANCEL, arrives=arrives)
    [outcome] = resumed(kept).outcomes

    assert isinstance(outcome, Canceled), outcome
    assert not kept.truth(order).is_open


def test_fill_meanwhile_is_told(kept: Scene) -> None:
    """A fill while no client ran is found by a read."""
    order = kept.placed()
    killed(kept, stage.verbs.cancel(kept.session, order), CANCEL, arrives=False)
    kept.fill(order, 1000)
    [outcome] = resumed(kept).outcomes

    assert isinstance(outcome, Filled), outcome


def test_placed_order_is_found(kept: Scene) -> None:
    """The order is found by its name or by its terms."""
    talk = stage.verbs.place(kept.session, kept.wish())
    killed(kept, talk, PLACE, arrives=True)
    [outcome] = resumed(kept).outcomes
    [one] = kept.orders()

    assert isinstance(outcome, Open), outcome
    assert kept.truth(outcome.order_id) == one


def test_order_that_did_not_arrive_is_unknown_and_not_sent_again(kept: Scene) -> None:
    """A blind second one could trade twice."""
    talk = stage.verbs.place(kept.session, kept.wish())
    killed(kept, talk, PLACE, arrives=False)
    [outcome] = resumed(kept).outcomes

    assert isinstance(outcome, Unknown), outcome
    assert kept.orders() == []


@pytest.mark.parametrize("arrives", [True, False])
def test_replacement_is_read(kept: Scene, arrives: bool) -> None:
    """The replacement is read and not sent again."""
    if Capability.REPLACE not in kept.desk.venue.capabilities:
        pytest.skip(f"{kept.desk.venue.name} cannot replace")
    order = kept.placed()
    talk = stage.verbs.replace(kept.session, order, order_qty=qty(kept.market, 700))
    killed(kept, talk, Operation.REPLACE_ORDER, arrives=arrives)
    [outcome] = resumed(kept).outcomes

    assert isinstance(outcome, Replaced if arrives else Unknown), outcome


def test_sweep_touches_nothing_that_came_later(kept: Scene) -> None:
    """The sweep cancels the orders that were open at the time, and none placed since."""
    if kept.desk.venue.client is None:
        pytest.skip(f"{kept.desk.venue.name} has no client's end yet")
    old = kept.placed()
    when = CANCEL
    if Capability.MASS_CANCEL in kept.desk.venue.capabilities:
        when = Operation.MASS_CANCEL
    talk = stage.verbs.cancel_all(kept.session)
    killed(kept, talk, when, arrives=False)  # type: ignore[arg-type]  # it ends without a result
    young = kept.placed()
    [outcome] = resumed(kept).outcomes

    assert isinstance(outcome, Canceled), outcome
    assert not kept.truth(old).is_open
    assert kept.truth(young).is_open


def test_another_account_is_left_alone(kept: Scene) -> None:
    """A ledger may be several accounts', and two users' accounts may have one name."""
    order = kept.placed()
    killed(kept, stage.verbs.cancel(kept.session, order), CANCEL, arrives=False)
    bob = stage.session_at(kept.desk, "bob")

    assert kept.stage.perform(resume(bob, kept.stage.keeper.open_intents(), 5)) == ()


def test_audit_shows_what_happened(kept: Scene) -> None:
    """The audit lists the records in order, each intent with its outcome."""
    order = kept.placed()
    kept.cancel(order)
    path = kept.stage.keeper.path
    found = audit(path)

    assert [intent.wanted["verb"] for intent in found.intents] == ["place", "cancel"]
    assert found.open == ()
    told = list(lines(found.intents[1]))
    assert "intent" in told[0]
    assert "outcome=Canceled" in told[-1]
