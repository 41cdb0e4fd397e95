"""Orders that sleep, come in by slices, or are linked: placed where a venue has them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.client import stage
from tests.client.stage import Scene

from countermand.client import people, verbs
from countermand.client.deadline import S
from countermand.client.linking import command_of, read_wish, wish_fields, wish_of
from countermand.client.outcome import Open, Replaced
from countermand.client.wording import Leg, Wish
from countermand.vocabulary.order import Schedule, Standing, TriggerDirection
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.order_kinds import OrderKind

# How far above the market, in ticks: a buy there is a stop, a sale takes a profit.
FAR, TRAIL, OFFSET = 20, 10, 2


def asked(scene: Scene, kind: OrderKind) -> Wish:
    """Return an order of a kind, far from the market."""
    market, wish = scene.market, scene.wish()
    last = market.reference_price_ticks
    stop_px, limit = people.price(market, last + FAR), people.price(market, last + FAR + OFFSET)
    trail, offset = people.price(market, TRAIL), people.price(market, OFFSET)
    hour_ns = (scene.stage.clock.ns // S + 3600) * S
    words: dict[OrderKind, dict[str, Any]] = {
        OrderKind.STOP: {"price": None, "stop_px": stop_px},
        OrderKind.STOP_LIMIT: {"price": limit, "stop_px": stop_px},
        OrderKind.TAKE_PROFIT: {"side": "sell", "price": None, "take_profit_px": stop_px},
        OrderKind.TAKE_PROFIT_LIMIT: {"side": "sell", "price": stop_px, "take_profit_px": stop_px},
        OrderKind.TRAILING_STOP: {"price": None, "trail": trail},
        OrderKind.TRAILING_STOP_LIMIT: {"price": None, "trail": "2.5%", "limit_offset": offset},
        OrderKind.TWAP: {"is_twap": True, "expire_ns": hour_ns},
        OrderKind.OCO: {"oco": (Leg("buy", wish.order_qty, limit, stop_px=stop_px),)},
        OrderKind.OTO: {"oto": (Leg("sell", wish.order_qty, limit),)},
        OrderKind.OTOCO: {
            "oto": (
                Leg("sell", wish.order_qty, limit),
                Leg("sell", wish.order_qty, stop_px=people.price(market, last - FAR)),
            )
        },
    }
    return replace(wish, **words[kind])


def expected(scene: Scene, kind: OrderKind, told: people.Order) -> tuple[Any, ...]:
    """Return what an order of a kind is told with: where it waits, how far it trails."""
    market = scene.market
    last = market.reference_price_ticks
    at = people.price(market, last + FAR)
    waits = {
        OrderKind.STOP: ("market", "stop", at, None, None),
        OrderKind.STOP_LIMIT: ("limit", "stop", at, None, None),
        OrderKind.TAKE_PROFIT_LIMIT: ("limit", "take_profit", at, None, None),
        OrderKind.TRAILING_STOP: (
            "market", "stop", people.price(market, last + TRAIL),
            str(people.price(market, TRAIL)), None,
        ),
        OrderKind.TRAILING_STOP_LIMIT: (
            "limit", "stop", told.stop_px, "2.5%", people.price(market, OFFSET),
        ),
        OrderKind.TWAP: ("limit", "", None, None, None),
    }  # fmt: skip
    return waits[kind]


def show(scene: Scene, order: str) -> people.Order:
    """Return an order as the client shows it."""
    found = scene.stage.perform(verbs.order(scene.session, order))
    assert found is not None
    return found


LINKED = {OrderKind.OCO: (2, False), OrderKind.OTO: (2, True), OrderKind.OTOCO: (3, True)}
ALONE = [kind for kind in OrderKind if kind not in LINKED]


@pytest.mark.parametrize("kind", ALONE)
def test_it_is_placed_where_the_venue_has_it(scene: Scene, kind: OrderKind) -> None:
    """The order sleeps at the venue with the terms asked for; other venues are sent nothing."""
    if kind not in scene.session.end.kinds:
        pytest.skip("the venue has none: see the next test")
    outcome = scene.place(asked(scene, kind))
    assert isinstance(outcome, Open), outcome
    told, truth = show(scene, outcome.order_id), scene.truth(outcome.order_id).terms

    waits = (told.ord_type, told.trigger, told.stop_px, told.trail, told.limit_offset)
    assert expected(scene, kind, told) == waits
    assert (kind is not OrderKind.TWAP) == told.is_asleep
    assert (kind is OrderKind.TWAP) == told.is_twap
    assert (truth.trigger is not None, truth.schedule is not None) == (
        kind is not OrderKind.TWAP,
        kind is OrderKind.TWAP,
    )
    if truth.trigger is not None:
        assert TriggerDirection.UP is truth.trigger.direction
        assert people.price(scene.market, truth.trigger.price_ticks) == told.stop_px


@pytest.mark.parametrize("traded", [0, 300])
def test_a_stop_that_woke_is_awake(scene: Scene, traded: int) -> None:
    """It rests in the book, whole or in part, and every venue that has stops tells so."""
    if OrderKind.STOP_LIMIT not in scene.session.end.kinds:
        pytest.skip("the venue has none")
    stop = scene.place(asked(scene, OrderKind.STOP_LIMIT)).order_id
    assert show(scene, stop).is_asleep
    at = scene.market.reference_price_ticks + FAR
    taken = replace(scene.wish(), price=people.price(scene.market, at))
    scene.fill(scene.place(taken).order_id, 1000)
    if traded:
        scene.fill(stop, traded)
    [listed] = scene.stage.perform(verbs.open_orders(scene.session))

    assert Standing.RESTING is scene.truth(stop).standing
    for told in (show(scene, stop), listed):
        assert (stop, True, False) == (told.order_id, told.is_open, told.is_asleep)
        assert people.qty(scene.market, traded) == told.cum_qty


@pytest.mark.parametrize("is_first", [True, False])
def test_a_stop_beyond_the_market_is_taken(scene: Scene, is_first: bool) -> None:
    """It comes in at once where the last trade met its price, else with the next trade."""
    if scene.session.venue.name != "coinbase-intx":
        pytest.skip("the market refuses it, or there is no stop alone")
    market, last = scene.market, scene.market.reference_price_ticks
    above = {"side": "sell", "price": people.price(market, last + 2 * FAR)}
    wish = replace(scene.wish(), **above, stop_px=people.price(market, last + FAR))
    if not is_first:
        scene.fill(scene.placed(), 1000)
    stop = scene.place(wish)
    assert (isinstance(stop, Open), is_first) == (True, show(scene, stop.order_id).is_asleep)
    scene.fill(scene.placed(), 1000)

    assert not show(scene, stop.order_id).is_asleep


@pytest.mark.parametrize("kind", OrderKind)
def test_order_type_that_a_venue_lacks_is_not_sent(scene: Scene, kind: OrderKind) -> None:
    """One line names the kind that is missing and the kinds that the venue has."""
    if kind in scene.session.end.kinds:
        pytest.skip("the venue has it: see the test before")
    with pytest.raises(NotExpressible) as refused:
        scene.place(asked(scene, kind))

    assert f"{scene.session.venue.name} has no {kind} orders; it has " in str(refused.value)
    assert "\n" not in str(refused.value)
    assert [] == scene.stage.sent


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("kind", LINKED)
def test_linked_orders_are_placed_at_once(scene: Scene, kind: OrderKind, lost: bool) -> None:
    """The outcome is of the first; its end is theirs, while it has traded nothing."""
    if kind not in scene.session.end.kinds:
        pytest.skip("the venue has none")
    if lost:
        scene.on(Operation.PLACE_ORDER, stage.LOST_AFTER)
    outcome = scene.place(asked(scene, kind))
    assert isinstance(outcome, Open), outcome
    placed = [one for one in scene.orders() if one.is_open]
    links = [one.terms.link for one in placed]
    canceled = scene.cancel(outcome.order_id)

    count, lets_in = LINKED[kind]
    assert [count] * count == [link and link.count for link in links]
    assert [False, *[lets_in] * (count - 1)] == [link and link.is_child for link in links]
    assert scene.truth(outcome.order_id).order_id == placed[0].order_id
    assert ("Canceled", []) == (canceled.name, [one for one in scene.orders() if one.is_open])


def test_a_pair_that_is_told_as_one_order_is_shown_with_its_stop(scene: Scene) -> None:
    """Its limit rests, and the stop beside it is the order's too."""
    if scene.session.venue.name != "coinbase-intx":
        pytest.skip("elsewhere each leg is told by itself")
    wish = asked(scene, OrderKind.OCO)
    told = show(scene, scene.place(wish).order_id)

    assert (wish.price, wish.oco[0].stop_px) == (told.price, told.stop_px)
    assert ("stop", False, "limit") == (told.trigger, told.is_asleep, told.ord_type)


@pytest.mark.parametrize("lost", [False, True])
def test_a_pair_that_is_told_as_one_order_is_replaced_as_one(scene: Scene, lost: bool) -> None:
    """Price and quantity of it are the limit's, and the stop is as large."""
    if scene.session.venue.name != "coinbase-intx":
        pytest.skip("elsewhere each leg is replaced by itself")
    order = scene.place(asked(scene, OrderKind.OCO)).order_id
    if lost:
        scene.on(Operation.REPLACE_ORDER, stage.LOST_AFTER)
    price = people.price(scene.market, scene.market.reference_price_ticks - FAR)
    quantity = people.qty(scene.market, 700)
    talk = verbs.replace(scene.session, order, price=price, order_qty=quantity)
    outcome = scene.stage.perform(talk)

    assert isinstance(outcome, Replaced), outcome
    told = show(scene, order)
    assert (price, quantity) == (told.price, told.order_qty)
    assert [700, 700] == [one.leaves_qty_lots for one in scene.orders() if one.is_open]
    assert "Canceled" == scene.cancel(order).name
    assert [] == [one for one in scene.orders() if one.is_open]


@pytest.mark.parametrize("shape", [lambda leg: leg, lambda leg: [leg]])
def test_one_leg_need_not_be_a_tuple(scene: Scene, shape: Any) -> None:
    """It may stand alone, or in a list."""
    if OrderKind.OCO not in scene.session.end.kinds:
        pytest.skip("the venue has none")
    wish = asked(scene, OrderKind.OCO)
    terms = {"oco": shape(wish.oco[0])}
    outcome = scene.place(wish_of(wish.symbol, wish.side, wish.order_qty, wish.price, terms))

    assert isinstance(outcome, Open), outcome
    assert 2 == len([one for one in scene.orders() if one.is_open])


@pytest.mark.parametrize("legs", ["buy 1", None, 7, {"side": "buy"}, ("buy",)])
def test_what_is_no_leg_is_told(legs: Any) -> None:
    """Before anything is sent."""
    for name in ("oco", "oto"):
        with pytest.raises(NotExpressible, match=f"{name} is a Leg, or a tuple of them"):
            wish_of("any", "buy", 1, None, {name: legs})


NO_LINKS: dict[str, dict[str, Any]] = {
    "two beside": {"oco": (Leg("buy", 1), Leg("buy", 1))},
    "both ways": {"oco": (Leg("buy", 1),), "oto": (Leg("sell", 1),)},
    "three let in": {"oto": (Leg("sell", 1), Leg("sell", 1), Leg("sell", 1))},
}


@pytest.mark.parametrize("name", NO_LINKS)
def test_what_is_no_link_is_told(scene: Scene, name: str) -> None:
    """On every venue, and nothing is sent."""
    with pytest.raises(NotExpressible, match="one OCO beside it, or lets one or two others in"):
        scene.place(replace(scene.wish(), **NO_LINKS[name]))

    assert [] == scene.stage.sent


def test_a_bracket_that_the_venue_has_not_is_told(scene: Scene) -> None:
    """Coinbase has one pair: a limit order, and a stop with a limit that is as large."""
    if scene.session.venue.name != "coinbase-intx":
        pytest.skip("elsewhere any two orders are linked")
    wish = asked(scene, OrderKind.OCO)
    [leg] = wish.oco
    for other in (replace(leg, price=None), replace(leg, stop_px=None), replace(leg, side="sell")):
        with pytest.raises(NotExpressible):
            scene.place(replace(wish, oco=(other,)))

    assert [] == scene.stage.sent


@pytest.mark.parametrize("kind", [OrderKind.STOP, OrderKind.STOP_LIMIT])
def test_a_stop_whose_answer_is_lost_is_found(scene: Scene, kind: OrderKind) -> None:
    """Also by its terms, beside a limit order that is alike in all else."""
    if kind not in scene.session.end.kinds:
        pytest.skip("the venue has none")
    wish = asked(scene, kind)
    scene.on(Operation.PLACE_ORDER, stage.LOST_AFTER)
    outcome = scene.place(wish)
    plain = scene.place(replace(wish, stop_px=None, price=scene.wish().price))

    assert isinstance(outcome, Open), outcome
    assert scene.truth(outcome.order_id).terms.trigger is not None
    assert scene.truth(plain.order_id).terms.trigger is None


def test_a_plain_order_is_not_taken_for_a_stop(scene: Scene) -> None:
    """Though its side, quantity and price are the stop's, whose request was lost."""
    if OrderKind.STOP_LIMIT not in scene.session.end.kinds:
        pytest.skip("the venue has none")
    wish, at = asked(scene, OrderKind.STOP_LIMIT), scene.wish().price
    scene.on(Operation.PLACE_ORDER, stage.FINE, stage.LOST_BEFORE)
    plain = Scene(scene.desk).place(replace(wish, stop_px=None, price=at))
    scene.on(Operation.PLACE_ORDER, stage.LOST_BEFORE)
    outcome = scene.place(replace(wish, price=at))

    assert (plain.name, outcome.name) == ("Open", "Unknown")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "both ways": ({"stop_px": 1, "take_profit_px": 2}, "not for both"),
    "a stop at nothing": ({"stop_px": 0}, "stop price 0 is not above zero"),
    "a profit below nothing": ({"take_profit_px": -1}, "profit price -1 is not above zero"),
    "a profit that trails": ({"take_profit_px": 2, "trail": 1}, "only a stop trails"),
    "an offset alone": ({"limit_offset": 1}, "a limit that follows is that of a stop that trails"),
    "an offset and a limit": ({"trail": 1, "limit_offset": 1, "price": 5}, "no price of its own"),
    "no distance": ({"trail": "0"}, "trail 0 is not above zero"),
    "all of the price": ({"trail": "100%"}, "trail 100% is no part of a price"),
    "no percentage": ({"trail": "-1%"}, "trail -1% is no part of a price"),
    "too fine": ({"trail": "0.00000001%"}, "trail 0.00000001%"),
    "no number": ({"trail": "x%"}, "'x' is no number"),
    "a float": ({"stop_px": 1.5}, "is a float"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_contradicting_terms_are_refused(scene: Scene, name: str) -> None:
    """Contradicting terms are refused on every venue, and nothing is sent."""
    words, text = REFUSED[name]
    with pytest.raises(NotExpressible) as refused:
        scene.place(replace(scene.wish(), **{"price": None, **words}))

    assert text in str(refused.value)
    assert [] == scene.stage.sent


def test_ledger_keeps_the_trigger(scene: Scene) -> None:
    """The ledger keeps triggers and linked orders; records of a former version have less."""
    legs = (Leg("sell", scene.wish().order_qty, trail=scene.wish().price),)
    wish = replace(scene.wish(), stop_px=scene.wish().price, trail="2%", oto=legs)
    command = command_of(scene.session, scene.wish(), scene.stage.clock.ns)
    fields = wish_fields(wish, command)
    former = {name: fields[name] for name in ("symbol", "side", "order_qty", "price", "exec_inst")}

    again = read_wish(fields)
    assert (str(wish.stop_px), "2%") == (again.stop_px, again.trail)
    assert (str(legs[0].order_qty), str(legs[0].trail)) == (
        again.oto[0].order_qty,
        again.oto[0].trail,
    )
    assert (None, None, ()) == (read_wish(former).stop_px, read_wish(former).trail, again.oco)
    with pytest.raises(KeyError):
        read_wish({})


def test_an_order_may_end_at_a_time(scene: Scene) -> None:
    """The venue looks whether the time is to come; so does the client, by the time it is."""
    hour_ns = (scene.stage.clock.ns // S + 3600) * S
    if not has_gtd(scene):
        pytest.skip("no order of this venue's has an end")
    outcome = scene.place(replace(scene.wish(), time_in_force="gtd", expire_ns=hour_ns))

    assert isinstance(outcome, Open), outcome
    assert hour_ns == scene.truth(outcome.order_id).terms.expire_ns


STEPS = {
    "autoshares": "whole hundreds of ns",
    "coinbase-intx": "whole milliseconds",
    "loopring": "whole seconds",
}


def test_an_end_between_the_venues_steps_is_not_sent(scene: Scene) -> None:
    """The step is told; an end that is floored would come too early."""
    if (steps := STEPS.get(scene.session.venue.name)) is None:
        pytest.skip("its orders have no end, or one that is exact")
    end_ns = (scene.stage.clock.ns // S + 3600) * S + 123_456_789
    with pytest.raises(NotExpressible, match=f"expire_ns {end_ns} would arrive as .* {steps}$"):
        scene.place(replace(scene.wish(), time_in_force="gtd", expire_ns=end_ns))

    assert [] == scene.stage.sent


def has_gtd(scene: Scene) -> bool:
    """Whether the venue's orders can have an end: all but one venue's can."""
    return scene.session.venue.name != "deltadefi"


def test_slices_are_the_venues_to_choose(scene: Scene) -> None:
    """The exchange runs as many as the venue says, evenly until the order's end."""
    if OrderKind.TWAP not in scene.session.end.kinds:
        pytest.skip("the venue has none")
    outcome = scene.place(asked(scene, OrderKind.TWAP))
    schedule = scene.truth(outcome.order_id).terms.schedule

    assert isinstance(schedule, Schedule)
    assert (10, 10) == (schedule.slices, round(3600 * S / schedule.interval_ns))
