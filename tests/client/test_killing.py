"""A kill ends when a venue is proven empty, though others place, and says so when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.client import stage
from tests.client.stage import Fault, Scene, session_at
from tests.venues.desk import Desk

from countermand.client import people
from countermand.client.acts import LostFailure, Note, Send
from countermand.client.audit import audit
from countermand.client.deadline import S
from countermand.client.killing import Killed, Plan, State
from countermand.client.ledger import Ledger
from countermand.client.outcome import Canceled, Filled, NotSent
from countermand.client.resume import resume
from countermand.client.stops import can_tell, is_stop
from countermand.client.wording import Leg, Wish
from countermand.venues import VENUES
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce, Trigger
from countermand.vocabulary.order import TriggerDirection as Direction
from countermand.wire.operation import CANCELING, Operation
from countermand.wire.order_kinds import OrderKind

MASS, LIST, CANCEL = Operation.MASS_CANCEL, Operation.LIST_ORDERS, Operation.CANCEL_ORDER

QUIET_S = 2


@pytest.fixture
def kept(scene: Scene, tmp_path: Path) -> Iterator[Scene]:
    """A scene whose client keeps a ledger."""
    scene.stage.keeper = Ledger(tmp_path / "ledger.sqlite")
    yield scene
    scene.stage.keeper.close()


def other(scene: Scene) -> Scene:
    """Return a client of the same key that keeps no ledger: a foreign one."""
    return Scene(scene.desk)


def kill(scene: Scene, timeout_s: float = 30, **plan: Any) -> Killed:
    """Kill all orders of Alice's."""
    return scene.stage.perform(stage.verbs.kill(scene.session, Plan(**plan), timeout_s))


def still_open(scene: Scene) -> list[str]:
    """Return what the exchange itself has open of Alice's."""
    end, ctx = scene.session.end, scene.session.context(0)
    return [end.spell(one, ctx) for one in scene.orders() if one.is_open]


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


@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize("operation", [MASS, LIST, CANCEL])
@pytest.mark.parametrize("loss", LOSSES)
def test_all_are_canceled(kept: Scene, loss: str, operation: Operation, mine: bool) -> None:
    """With one request failing once, all orders are canceled, and the list is read empty twice."""
    orders = [kept.placed() for _ in range(4)]
    kept.fill(orders[0], 1000)
    kept.on(operation, LOSSES[loss])
    killed = kill(kept, is_mine=mine)
    lists = [one for one in kept.stage.sent if one.operation is LIST]

    assert killed.state is State.EMPTY, killed.text
    assert {one.order_id: type(one) for one in killed.outcomes} == dict.fromkeys(
        orders[1:], Canceled
    )
    assert still_open(kept) == []
    assert len(lists) >= 3
    assert killed.took_ns >= QUIET_S * S
    assert kept.stage.keeper.open_intents() == []


def test_client_of_the_ledger_places_no_more(kept: Scene) -> None:
    """A client of a blocked ledger places nothing until the block is lifted."""
    kill(kept)
    outcome = kept.place()
    kept.stage.keeper.lift()

    assert isinstance(outcome, NotSent), outcome
    assert kept.placed()


def test_fill_meanwhile_is_told(kept: Scene) -> None:
    """Each order has its own outcome."""
    one, two = kept.placed(), kept.placed()
    kept.on(LIST, Fault(after=lambda: kept.fill(one, 1000)))
    outcomes = kill(kept).outcomes

    assert {o.order_id: type(o) for o in outcomes} == {one: Filled, two: Canceled}


@pytest.mark.parametrize("times", [1, 4])
def test_others_that_stop_are_swept(kept: Scene, times: int) -> None:
    """Orders that other clients place during the kill are canceled and counted."""
    first, foreign = kept.placed(), other(kept)
    placed: list[str] = []

    def place() -> None:
        if len(placed) < times:
            placed.append(foreign.placed())

    kept.on(LIST, *[Fault(after=place)] * 50)
    killed = kill(kept)

    assert killed.state is State.EMPTY, killed.text
    assert {first, *placed} == {one.order_id for one in killed.outcomes}
    assert killed.came == times
    assert still_open(kept) == []


def test_others_that_do_not_stop_are_told(kept: Scene) -> None:
    """Slower than a read, faster than it must be quiet: it is never empty for long enough."""
    foreign, at_ns = other(kept), [0]

    def place() -> None:
        if kept.stage.clock.ns >= at_ns[0]:
            at_ns[0] = kept.stage.clock.ns + S
            foreign.placed()

    kept.stage.director = lambda send: Fault(before=place) if send.operation is LIST else stage.FINE
    killed = kill(kept, timeout_s=10)

    assert killed.state is State.OTHERS_PLACE
    assert killed.came >= 5
    assert f"{killed.came} orders came meanwhile" in killed.text


def test_mine_leaves_those_of_others(kept: Scene) -> None:
    """Known by the ledger, also what a lost answer left unknown."""
    own, foreign = kept.placed(), other(kept).placed()
    kept.on(Operation.PLACE_ORDER, stage.LOST_AFTER)
    lost = kept.place()
    killed = kill(kept, is_mine=True)

    assert killed.state is State.EMPTY, killed.text
    assert {one.order_id for one in killed.outcomes} == {own, lost.order_id}
    assert [one.order_id for one in killed.spared] == [foreign]
    assert still_open(kept) == [foreign]


def test_mine_leaves_what_was_refused_a_name_of_anothers(kept: Scene) -> None:
    """An order that has the name this client's was refused is another client's."""
    if "cl_ord_id" in kept.session.end.given:
        pytest.skip("no order has a name of its owner's")
    foreign = other(kept)
    wish = stage.replace(foreign.wish(), cl_ord_id="cm-0123456789abcdef")
    taken = foreign.place(wish)
    refused = kept.place(stage.replace(kept.wish(2000), cl_ord_id="cm-0123456789abcdef"))
    if refused.name != "Refused":
        pytest.skip("two orders may have one name")
    killed = kill(kept, is_mine=True)

    assert [one.order_id for one in killed.spared] == [taken.order_id]


def test_order_under_way_is_awaited(kept: Scene) -> None:
    """A client began to place before the block, and its order comes after the first sweep."""
    keeper, foreign = kept.stage.keeper, other(kept)
    account = {"account": "", "account_mark": kept.session.account_mark}
    where = {"venue": kept.session.venue.name, "host": kept.session.host, **account}
    intent_id = keeper.write(Note("intent", {"verb": "place", **where}, 0, must_last=True), 1)
    lists = [0]
    placed: list[str] = []

    def come() -> None:
        lists[0] += 1
        if lists[0] == 40:
            placed.append(foreign.placed())
            told = {"outcome": "Open", "order_id": placed[0]}
            keeper.write(Note("outcome", told, intent_id, must_last=True), 2)

    kept.stage.director = lambda send: Fault(before=come) if send.operation is LIST else stage.FINE
    killed = kill(kept)

    assert killed.state is State.EMPTY, killed.text
    assert [one.order_id for one in killed.outcomes] == placed
    assert killed.came == 0


def test_order_that_stays_under_way_is_told(kept: Scene) -> None:
    """An intent without an outcome is reported with its process."""
    account = {"account": "", "account_mark": kept.session.account_mark}
    where = {"venue": kept.session.venue.name, "host": kept.session.host, **account}
    kept.stage.keeper.write(Note("intent", {"verb": "place", **where}, 0, must_last=True), 1)
    killed = kill(kept, timeout_s=5)

    assert killed.state is State.UNDER_WAY
    assert "intent 1 of process" in killed.text


def test_list_that_cannot_be_read_is_not_empty(kept: Scene) -> None:
    """A failed read of the open orders does not count as an empty list."""
    kept.placed()
    lost = Fault(lost=LostFailure)
    kept.stage.director = lambda send: lost if send.operation is LIST else stage.FINE
    killed = kill(kept, timeout_s=3)

    assert killed.state is State.UNPROVEN
    assert killed.text


class Ended(Exception):
    """The client is killed here."""


def test_killed_kill_is_followed_by_another(kept: Scene) -> None:
    """
    An order that the first kill proved canceled is not canceled again, though a list shows it.
    """
    orders = [kept.placed() for _ in range(25)]
    shown: list[Any] = []
    gone: list[int] = [0]

    def direct(send: Send) -> Fault:
        if send.operation in CANCELING:
            gone[0] += 1
            if gone[0] > (12 if send.operation is CANCEL else 99):
                raise Ended
        return Fault(heard=shown.append) if send.operation is LIST else stage.FINE

    kept.stage.director = direct
    with pytest.raises(Ended):
        kill(kept, is_mine=True)
    proven = kept.stage.keeper.open_intents()[0].orders("gone")
    again: list[Send] = []
    stale = [Fault(answer=shown[0])] * 2

    def follow(send: Send) -> Fault:
        if send.operation in CANCELING:
            again.append(send)
        return stale.pop() if send.operation is LIST and stale else stage.FINE

    kept.stage.director = follow
    # One venue documents so few requests a minute that it takes some.
    killed = kill(kept, timeout_s=300, is_mine=True)
    asked_again = {text for text in proven for send in again if text.encode() in _line(send)}

    assert killed.state is State.EMPTY, killed.text
    assert len(proven) == 10
    assert asked_again == set()
    assert still_open(kept) == []
    assert {one.order_id for one in killed.outcomes} == set(orders)


def _line(send: Send) -> bytes:
    return send.request.path + send.request.query + send.request.body


def test_resume_settles_what_a_killed_kill_left(kept: Scene) -> None:
    """A resume finishes an interrupted kill as it does an interrupted cancel-all."""
    kept.placed()
    kept.on(CANCEL, Fault(before=_end))
    kept.on(MASS, Fault(before=_end))
    kept.stage.director = lambda send: (
        Fault(before=_end) if send.operation in CANCELING else (stage.FINE)
    )
    with pytest.raises(Ended):
        kill(kept)
    kept.stage.director = stage.all_well
    [one] = kept.stage.perform(resume(kept.session, kept.stage.keeper.open_intents(), 5))

    assert one.is_proven
    assert still_open(kept) == []
    assert audit(kept.stage.keeper.path).open == ()


def _end() -> None:
    raise Ended


def test_whole_kill_closes_those_before_it(kept: Scene) -> None:
    """A complete kill settles the intents of earlier kills too."""
    kept.placed()
    kept.stage.director = lambda send: (
        Fault(before=_end) if send.operation in CANCELING else (stage.FINE)
    )
    with pytest.raises(Ended):
        kill(kept)
    kept.stage.director = stage.all_well

    assert kill(kept).is_empty
    assert kept.stage.keeper.open_intents() == []


def test_look_changes_nothing(kept: Scene) -> None:
    """A rehearsal lists the orders that would be canceled and those that would be left."""
    own, foreign = kept.placed(), other(kept).placed()
    found = kept.stage.perform(stage.verbs.would_kill(kept.session, Plan(is_mine=True)))

    assert ([one.order_id for one in found.meant], [one.order_id for one in found.spared]) == (
        [own],
        [foreign],
    )
    assert {one.operation for one in kept.stage.sent} & CANCELING == set()
    assert kept.stage.keeper.blocked().venues == ()


STOPS = [
    (Side.SELL, Direction.DOWN, True),
    (Side.BUY, Direction.UP, True),
    (Side.SELL, Direction.UP, False),
    (Side.BUY, Direction.DOWN, False),
]


@pytest.mark.parametrize(("side", "direction", "expected"), STOPS)
def test_stop_protects_and_profit_taking_does_not(
    side: Side, direction: Direction, expected: bool
) -> None:
    """An order is protective by the side on which its trigger lies."""
    trigger = Trigger(100, direction)
    terms = OrderTerms(side, OrdType.MARKET, TimeInForce.GTC, 1, trigger=trigger)
    bare = OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, 1, 100)

    assert is_stop(terms) is expected
    assert not is_stop(bare)


TELL_STOPS = ("autoshares", "coinbase-intx", "loopring")


@pytest.mark.parametrize("name", VENUES)
def test_stops_are_told_where_the_venue_has_words_for_them(name: str) -> None:
    """As the page on kills says."""
    assert can_tell(session_at(Desk(VENUES[name]))) is (name in TELL_STOPS)


def stop_wish(scene: Scene) -> Wish:
    """Return a stop above the market, with a limit, which every venue that has stops has."""
    market, last = scene.market, scene.market.reference_price_ticks
    at, limit = people.price(market, last + 20), people.price(market, last + 22)
    return stage.replace(scene.wish(), price=limit, stop_px=at)


@pytest.mark.parametrize("mine", [False, True])
def test_stops_are_spared_where_they_are_told(kept: Scene, mine: bool) -> None:
    """Each other order is canceled by its own; one that takes a profit is one of those."""
    if not can_tell(kept.session):
        pytest.skip("the venue has no stops")
    rests, stop = kept.placed(), kept.place(stop_wish(kept)).order_id
    meant = {rests}
    if OrderKind.TAKE_PROFIT_LIMIT in kept.session.end.kinds:
        wish = stop_wish(kept)
        profit = stage.replace(wish, side="sell", stop_px=None, take_profit_px=wish.stop_px)
        meant.add(kept.place(profit).order_id)
    killed = kill(kept, keeps_protective=True, is_mine=mine)

    assert killed.state is State.EMPTY, killed.text
    assert meant == {one.order_id for one in killed.outcomes}
    assert {"Canceled"} == {one.name for one in killed.outcomes}
    assert [stop] == [one.order_id for one in killed.spared]
    assert [stop] == still_open(kept)
    assert MASS not in {one.operation for one in kept.stage.sent}


def test_what_ends_with_a_stop_is_spared_too(kept: Scene) -> None:
    """The profit beside it: its cancel would end the stop. What lets both in is canceled."""
    if OrderKind.OCO not in kept.session.end.kinds:
        pytest.skip("the venue links none")
    wish, last = stop_wish(kept), kept.market.reference_price_ticks
    low = people.price(kept.market, last - 20)
    legs = (Leg("buy", wish.order_qty, wish.price, stop_px=wish.stop_px),)
    pair = kept.place(stage.replace(wish, price=low, stop_px=None, oco=legs))
    before = still_open(kept)
    killed = kill(kept, keeps_protective=True)

    assert (State.EMPTY, ()) == (killed.state, killed.outcomes)
    assert pair.order_id in {one.order_id for one in killed.spared}
    assert before == still_open(kept)


def test_what_would_let_a_stop_in_is_canceled(kept: Scene) -> None:
    """It opens a position, which its stop does not protect yet; the list ends with it."""
    if OrderKind.OTOCO not in kept.session.end.kinds:
        pytest.skip("the venue links no three")
    wish, last = kept.wish(), kept.market.reference_price_ticks
    high, low = (people.price(kept.market, last + far) for far in (20, -20))
    legs = (Leg("sell", wish.order_qty, high), Leg("sell", wish.order_qty, stop_px=low))
    entry = kept.place(stage.replace(wish, oto=legs))
    killed = kill(kept, keeps_protective=True)

    assert [entry.order_id] == [one.order_id for one in killed.outcomes]
    assert [] == still_open(kept)


def test_order_in_doubt_is_told(kept: Scene) -> None:
    """
    An order that was sent, and neither shown nor refused before its client gave up, is counted.
    """
    kept.stage.director = lambda send: (
        Fault(arrives=0, lost=LostFailure)
        if send.operation is Operation.PLACE_ORDER
        else stage.FINE
    )
    unknown = kept.place(timeout_s=1)
    kept.stage.director = stage.all_well
    killed = kill(kept)

    assert unknown.name == "Unknown"
    assert (killed.state, killed.doubtful) == (State.EMPTY, 1)


def test_order_that_waits_for_its_turn_is_not_sent_after_a_block(kept: Scene) -> None:
    """The venue was asked too often, and a kill came before it may be asked again."""
    kept.stage.arrive = kept.stage.keeper.block  # type: ignore[method-assign]
    sent = len(kept.stage.sent)
    kept.session.budget.told(stage.TOO_MANY.answer, kept.stage.clock.ns)  # type: ignore[arg-type]
    outcome = kept.place()

    assert isinstance(outcome, NotSent), outcome
    assert "blocked by a kill" in outcome.text
    assert Operation.PLACE_ORDER not in {one.operation for one in kept.stage.sent[sent:]}
