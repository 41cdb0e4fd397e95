"""
Post: what stands between one venue's site and its pipeline while anything is to go wrong there, or
is to be recorded; nothing does otherwise.

    Site.begin ─► [record] ─► [strikes] ─► the venue's own begin ─► the pipeline, by another venue
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from countermand.faults.armed import Armed, Arsenal
from countermand.faults.kinds import ADDED, LATER, MESSAGES, Kind
from countermand.server.asked import AskedOf
from countermand.server.laggings import Laggings
from countermand.server.pipeline import Pipeline
from countermand.server.plans import Plan, Plans
from countermand.server.ports import Answer, Begin
from countermand.server.recorder import Recorder
from countermand.server.sessions import Voice
from countermand.server.site import Site
from countermand.server.spoken import Spoken, distorted
from countermand.server.strikes import LAYERS
from countermand.server.within import Act, item_failed, pending, stale, unseen
from countermand.vocabulary.reports import OrderReport
from countermand.wire import times
from countermand.wire.errors import WireError
from countermand.wire.http import Request, Response
from countermand.wire.stream import Message


class Post:
    """One venue's site, and its pipeline behind it."""

    def __init__(
        self,
        site: Site,
        pipeline: Pipeline,
        arsenal: Arsenal,
        recorder: Recorder,
        laggings: Laggings,
    ) -> None:
        self.pipeline = pipeline
        self._site, self._arsenal, self._recorder = site, arsenal, recorder
        self._laggings, self._is_retired = laggings, False
        self._plain_begin: Begin = site.begin
        self._plain_venue, self._plans = pipeline.venue, Plans()
        self._planned_venue = self._plans.within(pipeline.venue)

    def refresh(self) -> None:
        """Stand before the site while a fault may strike or requests are recorded, else not."""
        if self._is_retired:
            return
        self._laggings.keep(self._arsenal.live())
        may_strike = bool(self._arsenal.venues() & {"", self.pipeline.venue.name})
        is_needed = may_strike or self._recorder.is_on
        self._site.begin = self._begin if is_needed else self._plain_begin
        is_spoken = any(armed.fault.kind in MESSAGES for armed in self._arsenal.armed())
        self.pipeline.hub.distort = self._distort if may_strike and is_spoken else None
        # Requests under way keep their plans.
        venue = self._planned_venue if is_needed or self._plans else self._plain_venue
        if venue is not self.pipeline.venue:
            self.pipeline.serve_as(venue)

    def retire(self) -> None:
        """Stand aside for good, and leave the pipeline as it was: another one takes this place."""
        self._is_retired = True
        self.pipeline.hub.distort = None
        if self.pipeline.venue is not self._plain_venue:
            self.pipeline.serve_as(self._plain_venue)

    def _distort(self, voice: Voice, message: Message) -> None:
        said = Spoken(self.pipeline.venue.name, voice.owner)
        distorted(self._arsenal.strike_message(said), voice, message)
        self.refresh()

    def _begin(self, request: Request, answer: Answer) -> None:
        asked = AskedOf(self.pipeline, request)
        struck = self._arsenal.strike(asked)
        plan = self._plans.make(request)
        self._plan(plan, struck)
        answered = partial(self._answered, request, answer)
        if self._recorder.is_on:
            record = self._recorder.open(self.pipeline.clock.now_ns(), request, asked, plan)
            record.signed = self._signed(request)
            answered = partial(self._answered, request, answer, told=record.answered)
        begin = self._plain_begin
        # Delays lie outside: what else happens, happens late.
        for armed in sorted(struck, key=lambda each: each.fault.kind in ADDED):
            if (layer := LAYERS.get(armed.fault.kind)) is not None:
                begin = layer(armed, begin, self.pipeline)
        begin(request, answered)
        self.refresh()

    def _answered(
        self,
        request: Request,
        answer: Answer,
        response: Response,
        told: Answer | None = None,
    ) -> None:
        self._plans.over(request)
        if told is not None:
            told(response)
        self.refresh()
        answer(response)

    def _plan(self, plan: Plan, struck: Sequence[Armed]) -> None:
        for armed in struck:
            kind = armed.fault.kind
            if kind not in LATER:
                plan.struck.append(kind)
            if kind is Kind.CLOCK_SKEW:
                plan.skew_ns += armed.fault.skew_ms * times.MS
            elif (act := self._act(armed, plan)) is not None:
                plan.acts.append(act)

    def _act(self, armed: Armed, plan: Plan) -> Act | None:
        fault, pipeline = armed.fault, self.pipeline
        now_ns = pipeline.clock.now_ns()

        def is_about(order: OrderReport | None) -> bool:
            order_id = None if order is None else order.order_id
            return armed.is_about(pipeline.venue.name, order_id)

        def strikes() -> bool:
            is_struck = self._arsenal.strikes_later(armed)
            if is_struck:
                plan.struck.append(fault.kind)
            return is_struck

        match fault.kind:
            case Kind.STALE:
                return stale(self._laggings.of(armed, pipeline))
            case Kind.UNSEEN:
                return unseen(now_ns - fault.lag_ms * times.MS, is_about)
            case Kind.PENDING:
                return pending(armed.delay_s)
            case Kind.ITEM_FAILED:
                return item_failed(now_ns, is_about, strikes)
        return None

    def _signed(self, request: Request) -> bytes:
        signed = self._plain_venue.habits.signed
        if signed is not None:
            # A malformed request has no signed text.
            with suppress(WireError, ValueError):
                return signed(request, self.pipeline.settings)
        return b""
