"""What is asked wrongly is told before anything is sent; an answer that is none is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from tests.client import stage
from tests.client.stage import Scene
from tests.venues.desk import Desk

from countermand.client.acts import Talk
from countermand.client.deadline import S
from countermand.client.errors import Unanswered
from countermand.client.killing import Plan
from countermand.client.sweeping import Sweep
from countermand.client.wording import Wish
from countermand.wire.errors import NotExpressible
from countermand.wire.http import Response
from countermand.wire.venue import Venue

verbs = stage.verbs

NO_TIMES = (math.nan, math.inf, -math.inf, -1, 1e300, "5", None)
NO_ORDERS = ("", None, 1, b"x", [], ["x"], "\ud800", "a\udfff")
NO_NUMBERS = (True, 0.5, None, b"1", [1], "x", math.nan, 10**5000)

TIMED: dict[str, Callable[[Scene, str, Any], Talk[Any]]] = {
    "cancel": lambda scene, order, s: verbs.cancel(scene.session, order, timeout_s=s),
    "cancel_many": lambda scene, order, s: verbs.cancel_many(scene.session, [order], timeout_s=s),
    "cancel_all": lambda scene, _, s: verbs.cancel_all(scene.session, timeout_s=s),
    "kill": lambda scene, _, s: verbs.kill(scene.session, Plan(), s),
    "place": lambda scene, _, s: verbs.place(scene.session, scene.wish(), s),
    "replace": lambda scene, order, s: verbs.replace(scene.session, order, 1, None, s),
}


def refused(scene: Scene, talk: Callable[[], Talk[Any]]) -> str:
    """Let the client do it, and return why it did not."""
    sent = len(scene.stage.sent)
    with pytest.raises(NotExpressible) as error:
        scene.stage.perform(talk())
    assert len(scene.stage.sent) == sent
    return str(error.value)


@pytest.mark.parametrize("verb", TIMED)
@pytest.mark.parametrize("timeout_s", NO_TIMES)
def test_time_that_is_none(scene: Scene, verb: str, timeout_s: Any) -> None:
    """By every verb that waits; a kill blocks nothing for it."""
    told = refused(scene, lambda: TIMED[verb](scene, "any", timeout_s))

    assert "is no time in seconds" in told


@pytest.mark.parametrize("order", NO_ORDERS, ids=range(len(NO_ORDERS)))
def test_order_that_is_none(scene: Scene, order: Any) -> None:
    """Alone, or after others that would have been canceled; so is one order for several."""
    good = scene.placed()
    refused(scene, lambda: verbs.cancel(scene.session, order))
    refused(scene, lambda: verbs.cancel_many(scene.session, [good, order]))
    refused(scene, lambda: verbs.cancel_many(scene.session, good))

    assert all(one.is_open for one in scene.orders())


@pytest.mark.parametrize("number", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
def test_number_that_is_none(scene: Scene, number: Any) -> None:
    """A truth is no quantity of one."""
    wish = replace(scene.wish(), order_qty=number)
    refused(scene, lambda: verbs.place(scene.session, wish))


@pytest.mark.parametrize("field", ["symbol", "side"])
@pytest.mark.parametrize("text", [None, 5, ["x"]])
def test_word_that_is_none(scene: Scene, field: str, text: Any) -> None:
    """A market or a side that is no text."""
    wish: Wish = replace(scene.wish(), **{field: text})
    refused(scene, lambda: verbs.place(scene.session, wish))


@pytest.mark.parametrize(
    "special", [{"cl_ord_id": "\u00fcn\u00ef"}, {"exec_inst": ("all_or_none",)}]
)
def test_the_inexpressible_field_is_named(scene: Scene, special: dict[str, Any]) -> None:
    """The field that is named is not the time in force, which was left to the venue."""
    told = ""
    try:
        scene.stage.perform(verbs.place(scene.session, replace(scene.wish(), **special)))
    except NotExpressible as error:
        told = str(error)
    assert not any(word in told.lower() for word in ("tif", "force"))


def test_key_that_ended_is_not_asked_with_for_long(scene: Scene) -> None:
    """All orders are to be canceled, and the venue lets nothing be seen: that will not change."""
    ended = stage.Fault(arrives=0, answer=Response(401, b"{}"))
    scene.stage.director = stage.always(ended)
    began_ns = scene.stage.clock.ns
    swept: Sweep = scene.stage.perform(verbs.cancel_all(scene.session, timeout_s=30))

    assert not swept.is_empty
    assert scene.stage.clock.ns - began_ns < S


@pytest.mark.parametrize("body", [b"<html>", b"null", b"[1]", b"{}", b"", b"[" * 30_000])
def test_first_answer_that_cannot_be_read_is_none(venue: Venue, body: bytes) -> None:
    """Whether the venue begins with a login or not: it is never told that we asked wrongly."""
    scene = Scene(Desk(venue))
    scene.stage.director = stage.always(stage.Fault(answer=Response(200, body)))
    with pytest.raises(Unanswered):
        scene.stage.perform(verbs.begin(scene.session))
