"""A cancel's outcome is what became of the order, however its requests and answers were lost."""

from __future__ import annotations

import pytest
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
    Unknown,
)
from countermand.vocabulary.order import OrdStatus
from countermand.wire.operation import Operation

CANCEL, GET = Operation.CANCEL_ORDER, Operation.GET_ORDER

LOSSES = {
    "nothing": stage.FINE,
    "not sent": stage.NOT_SENT,
    "lost before it had effect": stage.LOST_BEFORE,
    "answer lost after it had effect": stage.LOST_AFTER,
    "late": stage.LATE,
    "twice": stage.TWICE,
    "unreadable": stage.UNREADABLE,
    "500 after it had effect": stage.FAILS_AFTER,
    "500 before it had effect": stage.FAILS_BEFORE,
    "429": stage.TOO_MANY,
    "502 of a proxy": stage.GATEWAY,
}


def agrees(scene: Scene, outcome: Outcome, order: str) -> bool:
    """Whether a proven end is the order's true one, amounts included."""
    scene.stage.arrive()
    truth = scene.truth(order)
    kinds = {OrdStatus.CANCELED: Canceled, OrdStatus.FILLED: Filled}
    lots = scene.market.lot_units * truth.cum_qty_lots
    traded = outcome.cum_qty is not None and outcome.cum_qty.scaleb(scene.market.qty_scale) == lots
    return kinds[truth.ord_status] is type(outcome) and traded and outcome.leaves_qty == 0


@pytest.mark.parametrize("loss", LOSSES)
def test_canceled_is_proven(scene: Scene, loss: str) -> None:
    """A request that fails once keeps nothing from being proven."""
    order = scene.placed()
    scene.on(CANCEL, LOSSES[loss])
    outcome = scene.cancel(order)

    assert isinstance(outcome, Canceled), outcome
    assert agrees(scene, outcome, order)
    assert outcome.evidence.proof in outcome.evidence.witnesses


@pytest.mark.parametrize("loss", LOSSES)
def test_fill_wins(scene: Scene, loss: str) -> None:
    """A fill that comes before the cancel is told, with what it brought."""
    order = scene.placed()
    scene.fill(order, 1000)
    scene.on(CANCEL, LOSSES[loss])
    outcome = scene.cancel(order)

    assert isinstance(outcome, Filled), outcome
    assert agrees(scene, outcome, order)
    assert outcome.avg_px == scene.wish().price


@pytest.mark.parametrize("loss", LOSSES)
def test_partial_fill_is_told(scene: Scene, loss: str) -> None:
    """The outcome has the quantity that traded before the cancel."""
    order = scene.placed(2000)
    scene.fill(order, 1000)
    scene.on(CANCEL, LOSSES[loss])
    outcome = scene.cancel(order)

    assert isinstance(outcome, Canceled), outcome
    assert agrees(scene, outcome, order)
    assert outcome.cum_qty


def test_fill_after_a_lost_cancel_is_told(scene: Scene) -> None:
    """A cancel that did not arrive leaves time for a fill."""
    order = scene.placed()
    scene.on(
        CANCEL,
        Fault(arrives=0, lost=LostFailure, after=lambda: scene.fill(order, 1000)),
    )
    outcome = scene.cancel(order)

    assert isinstance(outcome, Filled), outcome
    assert agrees(scene, outcome, order)


def test_second_cancel_says_the_same(scene: Scene) -> None:
    """An order that was canceled before is canceled."""
    order = scene.placed()
    scene.cancel(order)
    outcome = scene.cancel(order)

    assert isinstance(outcome, Canceled), outcome
    assert agrees(scene, outcome, order)


def test_stale_reads_are_outlived(scene: Scene) -> None:
    """A read that shows what was proves nothing of what is."""
    order = scene.placed()
    old = scene.stage.perform(stage.asked(scene.session, order))
    scene.on(GET, *[Fault(answer=old)] * 5)
    outcome = scene.cancel(order)

    assert isinstance(outcome, Canceled), outcome
    assert agrees(scene, outcome, order)


def test_unreadable_answers_are_unknown_at_the_deadline(scene: Scene) -> None:
    """Time that passes proves nothing."""
    order = scene.placed()
    scene.stage.director = stage.always(stage.FAILS_AFTER)
    outcome = scene.cancel(order, timeout_s=3)

    assert isinstance(outcome, Unknown), outcome
    assert outcome.evidence.proof is None


def test_request_that_never_left_is_not_sent(scene: Scene) -> None:
    """The outcome is NotSent, and the order stands."""
    order = scene.placed()
    scene.stage.director = stage.always(stage.NOT_SENT)
    outcome = scene.cancel(order, timeout_s=3)

    assert isinstance(outcome, NotSent), outcome
    assert scene.truth(order).is_open


def test_key_that_may_only_look_is_refused(scene: Scene) -> None:
    """The venue refuses a read-only key, and the order stays open."""
    order = scene.placed()
    looker = scene.desk.credential("alice", 1)
    scene.session.credential = looker
    outcome = scene.cancel(order, timeout_s=3)

    assert isinstance(outcome, Refused), outcome
    assert scene.truth(order).is_open


def test_unknown_order_is_not_found(scene: Scene) -> None:
    """The answer "no such order" counts once an order of that age would be visible."""
    order = scene.placed()
    stranger = scene.unknown(order)
    visible_s = scene.desk.venue.proofs.visible_ns // 10**9
    outcome = scene.cancel(stranger, timeout_s=visible_s + 5)

    assert isinstance(outcome, NotFound), outcome
    assert scene.truth(order).is_open


def test_404_within_the_window_is_unknown(scene: Scene) -> None:
    """While a venue may still show a new order late, its "no such order" proves nothing."""
    if not scene.desk.venue.proofs.visible_ns:
        pytest.skip(f"{scene.desk.venue.name} shows an order at once")
    outcome = scene.cancel(scene.unknown(scene.placed()), timeout_s=5)

    assert isinstance(outcome, Unknown), outcome


def test_intent_is_written_before_the_first_byte(scene: Scene) -> None:
    """The ledger has the intent before the request, and the outcome before the caller."""
    order = scene.placed()
    scene.stage.notes.clear()
    seen: list[list[str]] = []
    scene.on(CANCEL, Fault(before=lambda: seen.append([n.kind for n in scene.stage.notes])))
    outcome = scene.cancel(order)

    assert seen[0][0] == "intent"
    last = scene.stage.notes[-1]
    assert (last.kind, last.body["outcome"]) == ("outcome", outcome.name)
    assert (last.must_show, last.must_last) == (True, False)


def test_no_secret_is_written_down(scene: Scene) -> None:
    """Neither in the ledger, nor in an outcome, nor in what a session looks like."""
    outcome = scene.cancel(scene.placed())
    written = f"{scene.stage.notes}{outcome!r}{outcome}{scene.session!r}"
    told = scene.desk.venue.auth.publish(scene.session.credential, scene.desk.accounts())
    secrets = [text for name, text in told.items() if name in SECRETS and isinstance(text, str)]

    assert secrets
    assert [name for name in secrets if name in written] == []


SECRETS = (
    "api_key", "apiKey", "signing_key", "passphrase", "secret_key", "privateKey", "password",
    "token", "passcode", "encrypted_operation_key", "app_key",
)  # fmt: skip
