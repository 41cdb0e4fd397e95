"""
Races: a client, a wire that fails at random, and another who trades, judged by the exchange itself.

A race is made of its chances alone. What it must come to is known to the exchange once all that was
on its way has arrived and the other has taken all that he could.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from msgspec import Struct
from msgspec.structs import replace
from tests.client import stage
from tests.client.stage import Fault, Scene
from tests.venues.desk import Desk

from countermand.client.acts import LostFailure, NotSentFailure, Send
from countermand.client.deadline import MS, S
from countermand.client.outcome import (
    Canceled,
    Filled,
    NotSent,
    Open,
    Outcome,
    Refused,
    Unknown,
)
from countermand.client.people import qty
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reports import OrderReport
from countermand.wire.http import Response
from countermand.wire.operation import Operation
from countermand.wire.proof import Proof
from countermand.wire.venue import Venue

LOTS = 2000
PLACE, CANCEL, GET = Operation.PLACE_ORDER, Operation.CANCEL_ORDER, Operation.GET_ORDER

_ENDS = {OrdStatus.CANCELED: Canceled, OrdStatus.FILLED: Filled}


class Told(Struct):
    """What was let through to the client, and what reached the venue."""

    was_over: bool = False  # a truthful read showed the order after its end
    was_shown: bool = False  # a truthful read showed the order
    arrived: bool = False  # a request that counts reached the venue, or will


class Race:
    """One race at a desk that many share, one after the other."""

    def __init__(self, scene: Scene, random: Random) -> None:
        self.scene, self.random = scene, random
        self.told = Told()
        self.stale: list[Response] = []
        self.order = ""
        self.before = 0
        self.pending: Fault | None = None
        self.fails = self.random.choice((0.05, 0.2, 0.4, 0.7, 0.95))
        self.trades = self.random.choice((0.0, 0.1, 0.3))

    def taken(self) -> Fault | None:
        """Return a cancel that is only taken, and comes later; None where none is answered so."""
        scene = self.scene
        if scene.desk.venue.proofs.of(CANCEL) is not Proof.TAKEN:
            return None
        if scene.taken is None:
            self._calm()
            order = scene.placed(LOTS)
            scene.on(CANCEL, Fault(heard=lambda said: setattr(scene, "taken", (order, said))))
            scene.cancel(order)
        assert scene.taken is not None
        old, said = scene.taken
        body = said.body.replace(old.encode(), self.order.encode())
        hook = self._between
        return Fault(arrives=0, later=True, answer=replace(said, body=body), after=hook)

    def cancel(self) -> Outcome:
        """Cancel an order that others may trade with, and see that what is told of it is true."""
        scene = self.scene
        pending = self.taken()
        self._calm()
        self.order = scene.placed(LOTS)
        if pending is not None:
            self.pending = self.taken()
        if self.random.random() < 0.3:
            self._trade()
        self._storm(CANCEL)
        outcome = scene.cancel(self.order, timeout_s=self.random.choice((0.5, 3, 10)))
        self._end()
        self._judge_cancel(outcome, scene.truth(self.order))
        return outcome

    def place(self) -> Outcome:
        """Place an order, and see that what is told of it is true."""
        scene = self.scene
        self._calm()
        self.before = len(scene.orders())
        self._storm(PLACE)
        outcome = scene.place(scene.wish(LOTS), timeout_s=self.random.choice((0.5, 3, 10)))
        self._calm()
        scene.stage.arrive()
        self._judge_place(outcome, scene.orders()[self.before :])
        for one in scene.orders()[self.before :]:
            if one.is_open:
                scene.cancel(scene.session.end.spell(one, scene.session.context(0)))
        return outcome

    def _judge_cancel(self, outcome: Outcome, truth: OrderReport) -> None:
        # By now the other has taken all he could.
        kind, told = _ENDS.get(truth.ord_status), self.told
        if isinstance(outcome, Canceled | Filled):
            traded = qty(self.scene.market, truth.cum_qty_lots)
            assert type(outcome) is kind, (outcome, truth)
            assert outcome.cum_qty in (traded, None), (outcome, truth)
        elif isinstance(outcome, Unknown):
            assert not told.was_over, (outcome, truth)
        elif isinstance(outcome, NotSent):
            assert not told.arrived, (outcome, truth)
        else:
            assert isinstance(outcome, Refused), (outcome, truth)
            assert kind is not Canceled, (outcome, truth)

    def _judge_place(self, outcome: Outcome, orders: list[OrderReport]) -> None:
        told = self.told
        if isinstance(outcome, NotSent | Refused):
            assert orders == [], (outcome, orders)
        elif isinstance(outcome, Unknown):
            assert not told.was_shown, (outcome, orders)
        else:
            assert isinstance(outcome, Open | Filled), outcome
            assert len(orders) == 1, (outcome, orders)

    def _calm(self) -> None:
        self.scene.stage.director = stage.all_well

    def _end(self) -> None:
        self._calm()
        self.scene.stage.arrive()
        self.scene.fill(self.order, LOTS)

    def _trade(self) -> None:
        if self.order:
            self.scene.fill(self.order, self.random.choice((500, 1000, LOTS)))

    def _storm(self, counts: Operation) -> None:
        def direct(send: Send) -> Fault:
            is_read = send.operation in stage.READS
            fault = self._read_fault(send) if is_read else self._command_fault(send.operation)
            if send.operation is counts and (fault.arrives or fault.later):
                self.told.arrived = True
            self.scene.stage.clock.ns += self.random.choice((0, 0, MS, 30 * MS, S))
            return fault

        self.scene.stage.director = direct

    def _between(self) -> None:
        if self.random.random() < self.trades:
            self._trade()

    def _read_fault(self, send: Send) -> Fault:
        if self.random.random() < self.fails:
            kinds = [stage.NOT_SENT, stage.LOST_BEFORE, stage.UNREADABLE, stage.FAILS_BEFORE]
            kinds += [stage.TOO_MANY, stage.GATEWAY]
            kinds += [Fault(answer=old) for old in self.stale[-1:]]
            return self.random.choice(kinds)
        return Fault(before=self._between, heard=lambda response: self._heard(send, response))

    def _heard(self, send: Send, response: Response) -> None:
        # A truthful read; what it shows may be shown again later, when it is no longer true.
        self.stale.append(response)
        if not self.order:
            self.told.was_shown |= response.status == 200 and self._shows(send)
            return
        self.told.was_over |= not self.scene.truth(self.order).is_open

    def _shows(self, send: Send) -> bool:
        # A list shows all that is open; a read of one order shows that one.
        newest = self.scene.orders()[self.before :]
        if send.operation is Operation.LIST_ORDERS:
            return any(order.is_open for order in newest)
        context = self.scene.session.context(0)
        names = {self.scene.session.end.spell(one, context) for one in newest}
        names |= {one.cl_ord_id for one in newest} - {""}
        asked = f"{send.request.path.decode()}?{send.request.query.decode()}&"
        return any(f"/{name}?" in asked or f"={name}&" in asked for name in names)

    def _command_fault(self, operation: Operation) -> Fault:
        hook = self._between
        if self.random.random() >= self.fails:
            return Fault(before=hook, after=hook)
        lost, never = LostFailure, NotSentFailure
        kinds = [
            Fault(arrives=0, lost=never),
            Fault(arrives=0, lost=lost, after=hook),
            Fault(lost=lost, before=hook, after=hook),
            Fault(arrives=0, later=True, lost=lost, after=hook),
            Fault(answer=Response(200, b"<html>"), before=hook),
            Fault(answer=Response(500, b""), before=hook),
            Fault(arrives=0, answer=Response(500, b""), after=hook),
            stage.TOO_MANY,
            stage.GATEWAY,
        ]
        if operation is CANCEL:
            kinds.append(Fault(arrives=2, before=hook, after=hook))
        if operation is CANCEL and self.pending is not None:
            kinds += [self.pending] * 3
        return self.random.choice(kinds)


def run(venue: Venue, races: int, first: int = 0) -> Counter[str]:
    """Run so many races of each kind; return how often each outcome came."""
    seen: Counter[str] = Counter()
    scene = Scene(Desk(venue), keep_limits=False)
    for seed in range(first, first + races):
        if seed % 500 == 499:
            scene = Scene(Desk(venue), keep_limits=False)
        for name in ("cancel", "place"):
            try:
                seen[f"{name} {getattr(Race(scene, Random(seed)), name)().name}"] += 1
            except AssertionError as error:
                raise AssertionError(f"{venue.name}: {name}, seed {seed}: {error}") from error
    return seen
