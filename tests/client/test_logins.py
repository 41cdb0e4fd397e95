"""A login runs by itself: at the beginning, when its time is over, and when it was ended."""

from __future__ import annotations

from typing import Any

import pytest
from tests.client import stage
from tests.client.stage import Scene, Stage
from tests.venues.desk import Desk

from countermand.client import verbs
from countermand.client.connect import credential_of
from countermand.client.outcome import Canceled, Open, Refused
from countermand.client.session import Session
from countermand.venues import VENUES
from countermand.wire.errors import Unauthorized
from countermand.wire.operation import Operation

LOG_IN = Operation.LOG_IN
# Where a login lasts for a time.
VENUE = next(name for name, venue in VENUES.items() if venue.client and venue.client.session_s)


def scene_of(user: str, answers: tuple[str, ...] = (), **left_out: Any) -> Scene:
    """Return a scene whose client has a login, and neither a token nor what is left out."""
    scene = Scene(Desk(VENUES[VENUE]), user)
    published = scene.desk.venue.auth.publish(scene.desk.credential(user), [])
    fields = {name: text for name, text in published.items() if name != "token"} | left_out
    scene.stage = Stage(scene.desk)
    scene.stage.answers = list(answers)
    known = {name: text for name, text in fields.items() if text is not None}
    credential = credential_of(VENUE, known, "http://127.0.0.1")
    scene.session = Session(scene.desk.venue, credential)
    scene.stage.perform(verbs.begin(scene.session))
    return scene


def logins(scene: Scene) -> int:
    """Return how many requests of logins were sent."""
    return [send.operation for send in scene.stage.sent].count(LOG_IN)


def test_login_runs_at_the_beginning() -> None:
    """The token of the login signs the requests after it."""
    scene = scene_of("alice")
    assert logins(scene) == 1
    assert isinstance(scene.cancel(scene.placed()), Canceled)
    assert logins(scene) == 1


@pytest.mark.parametrize(
    ("user", "field", "answer"), [("carol", "verification_code", "246810"), ("dave", "pin", "1357")]
)
def test_second_factor_is_asked_for(user: str, field: str, answer: str) -> None:
    """A code that the key does not bring is asked of the person at the client."""
    scene = scene_of(user, (answer,), **{field: None})
    assert len(scene.stage.asked) == 1
    assert isinstance(scene.place(), Open)


def test_second_factor_that_is_known_is_not_asked_for() -> None:
    """A key with its code logs in without a prompt."""
    assert scene_of("carol").stage.asked == []


def test_wrong_answer_is_refused() -> None:
    """The client raises the venue's refusal."""
    with pytest.raises(Unauthorized):
        scene_of("carol", ("111111",), verification_code=None)


def test_login_that_was_ended_is_made_anew() -> None:
    """Once, and the request goes on: what was refused was not executed."""
    scene = scene_of("alice")
    order = scene.placed()
    ended(scene)
    assert isinstance(scene.cancel(order), Canceled)
    assert logins(scene) == 2


def ended(scene: Scene) -> None:
    """End the client's token at the venue."""
    scene.desk.clock.ns += 2 * 24 * 3600 * 10**9
    scene.session._login_over_ns = 0


def test_login_that_cannot_be_made_anew_is_a_refusal() -> None:
    """Nothing was done, and the order is still open."""
    scene = scene_of("alice")
    order = scene.placed()
    ended(scene)
    scene.stage.director = lambda send: (
        stage.FAILS_BEFORE if send.operation is LOG_IN else stage.FINE
    )
    outcome = scene.cancel(order, timeout_s=3)

    assert isinstance(outcome, Refused), outcome
    assert scene.truth(order).is_open


def test_login_whose_time_is_over_is_made_anew_before_it_is_refused() -> None:
    """A tenth of its time is kept to spare."""
    scene = scene_of("alice")
    order = scene.placed()
    scene.desk.clock.ns += 23 * 3600 * 10**9
    before = len(scene.stage.sent)
    assert isinstance(scene.cancel(order), Canceled)
    assert scene.stage.sent[before].operation is LOG_IN
    assert logins(scene) == 2


def test_secret_is_in_no_answer_of_a_session() -> None:
    """Neither the password nor the token that it brought."""
    scene = scene_of("alice")
    held = scene.session.credential.held
    shown = f"{scene.session!r}{scene.stage.notes}{scene.stage.sent}"

    assert held.token
    assert not [text for text in (held.token, held.password, held.app_key) if text in shown]
