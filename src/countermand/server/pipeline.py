"""
The pipeline: the only path a request takes, the same for every venue.

    match route -> verify -> charge -> decode -> conversation -> encode

Every refusal on the way is a `WireError`, caught once and rendered by the venue in its own words.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from countermand.engine.histogram import Histogram
from countermand.engine.ports import Clock
from countermand.server import quotas
from countermand.server.admission import Gate
from countermand.server.conversation import Conversation, Engine, Tools
from countermand.server.credentials import KeyRing
from countermand.server.lanes import Lanes
from countermand.server.metrics import Metrics
from countermand.server.ports import Answer, Switch
from countermand.server.rate_limits import KeyLimits, RateLimits
from countermand.server.sessions import bound
from countermand.server.streams import Hub
from countermand.server.verifier import Verifier
from countermand.server.watch import OrderWatch
from countermand.server.within import acted
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.wire import codec
from countermand.wire.context import Context, Settings
from countermand.wire.credential import ANYONE, Principal
from countermand.wire.directory import Directory
from countermand.wire.errors import (
    Forbidden,
    Internal,
    MethodNotAllowed,
    OrderRefused,
    Unauthorized,
    WireError,
)
from countermand.wire.http import SWITCHING, Request, Response
from countermand.wire.operation import CANCELING, Access, Operation
from countermand.wire.route import Attempts, Params, Route
from countermand.wire.venue import Venue

log = logging.getLogger(__name__)


class Row(Struct, frozen=True):
    """A row of the pipeline's table: whether it cancels, its rate limits and its latency."""

    cancels: bool
    limits: RateLimits
    latency: Histogram


class Pipeline:
    """One venue, served by one engine."""

    def __init__(
        self,
        venue: Venue,
        engine: Engine,
        keys: KeyRing,
        clock: Clock,
        settings: Settings,
        client_clock: Clock | None = None,
    ) -> None:
        self.venue, self.settings = venue, settings
        self.engine, self.keys, self.clock = engine, keys, clock
        self.client_clock = client_clock or clock
        # A client's stamp is of its own time; a token of ours ends by the exchange's.
        self.proof_clock = self.client_clock if venue.habits.stamped else clock
        self.metrics = Metrics(venue.name)
        self.watch = OrderWatch(engine)
        self.tools = Tools(engine, keys, self.watch, Lanes(), settings.cancels_first)
        self.directory = Directory(venue.name, engine.view(GetReferenceData(venue.name)))
        engine.feed.follow(self._follow)
        self.hub = Hub(engine, keys, self._context, settings.subscriptions_max)
        self.limits = KeyLimits(settings)
        # Looked up for every request, by its row.
        self.rows = {id(row): self._row(row.operation) for row in venue.routes.rows}
        self.no_row = self._row(None)
        most = settings.open_orders_max
        self.quota = quotas.open_orders(most) if most else None
        self._attempts: dict[Attempts, RateLimits] = {}
        threads = settings.verify_threads
        self.verifier = Verifier(self.check, threads) if threads else None

    def serve_as(self, venue: Venue) -> None:
        """
        Serve the same venue by another value of it from now on, whose rows stand for those of this
        one in the same order.
        """
        rows = zip(venue.routes.rows, self.venue.routes.rows, strict=True)
        self.rows = {id(row): self.rows[id(former)] for row, former in rows}
        self.venue = venue

    def begin(self, request: Request, answer: Answer) -> None:
        """
        Answer a request, once: now, or later on the loop's thread. Never raises.

        A request whose client goes away is carried through all the same.
        """
        _Call(self, request, answer).start()

    async def handle(self, request: Request) -> Response:
        """Return the answer to a request, a failure in the venue's own words too."""
        reply: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self.begin(request, lambda response: None if reply.done() else reply.set_result(response))
        return await reply

    def refuse(self, error: WireError) -> Response:
        """Return the venue's answer to a request that is refused, whole or not."""
        response = self.venue.refusals.render(error, self.settings)
        if isinstance(error, MethodNotAllowed):
            allow = (b"allow", ", ".join(error.allowed).encode())
            response = replace(response, headers=(*response.headers, allow))
        self.metrics.count(response.status)
        return response

    def gate(self) -> Gate:
        """Return this venue's way in, for requests that wait for their turn."""
        first = self.settings.cancels_first
        return Gate(self.begin, self.turn_away, self._cancels, self.claimed, first)

    def claimed(self, request: Request) -> str:
        """Return whose a request claims to be, before anything is proven."""
        key = (request.header(self.venue.habits.key_header) or b"").decode("latin-1")
        held = self.keys.find(key)
        return key if held is None else held.owner

    def turn_away(self, request: Request, error: WireError) -> Response:
        """Return the answer to a request that is refused, in words that may need the request."""
        said = self.venue.refusals.words(error, request, self.settings)
        return self.echoing(request, self.refuse(said))

    def echoing(self, request: Request, response: Response) -> Response:
        """Return the answer with the headers of the request that every answer repeats."""
        if echoes := self.venue.habits.echoes:
            repeated = tuple(h for h in request.headers if h[0] in echoes)
            return replace(response, headers=response.headers + repeated)
        return response

    def _row(self, operation: Operation | None) -> Row:
        latency = Histogram() if operation is None else self.metrics.latency(operation)
        return Row(operation in CANCELING, self.limits.of(operation), latency)

    def _cancels(self, request: Request) -> bool:
        try:
            route, _ = self.venue.routes.match(request.method, request.path)
        except WireError:
            return False
        return self.rows[id(route)].cancels

    def stop_waiting(self) -> None:
        """Answer requests that wait for an order to close, now and from now on."""
        self.watch.end()

    def close(self) -> None:
        """Let go of what requests needed, when there are no more."""
        self.hub.close()
        self.engine.feed.unfollow(self._follow)
        if self.verifier is not None:
            self.verifier.stop()

    def check(self, request: Request, now_ns: int) -> Principal:
        """Return the principal of a request. Raises Unauthorized."""
        return self.venue.auth.verify(request, self.keys, self.settings, now_ns)

    def count_attempt(self, attempts: Attempts, request: Request, now_ns: int) -> None:
        """Count a request of no proven key. Raises the refusal of one too many."""
        limits = self._attempts.get(attempts)
        if limits is None:
            limits = RateLimits(attempts.per_minute(self.settings), span_s=60)
            self._attempts[attempts] = limits
        if not limits.allows(attempts.of(request), 1, now_ns):
            raise attempts.refusal()

    def _context(self) -> Context[Any, Any]:
        return Context(self.directory, self.settings, ANYONE, self.clock.now_ns())

    def _follow(self, receipts: Sequence[Receipt]) -> None:
        apply = self.directory.apply
        for receipt in receipts:
            for event in receipt.events:
                apply(event)


class _Call:
    # One request on its way. Each step either goes on to the next or raises.

    __slots__ = (
        "_answer", "_began_ns", "_client_ns", "_now_ns", "_owner", "_params", "_pipeline",
        "_request", "_route", "_row", "_unmatched",
    )  # fmt: skip

    def __init__(self, pipeline: Pipeline, request: Request, answer: Answer) -> None:
        self._pipeline, self._request, self._answer = pipeline, request, answer
        self._began_ns, self._now_ns = perf_counter_ns(), pipeline.clock.now_ns()
        self._client_ns = pipeline.client_clock.now_ns()
        self._route: Route | None = None
        self._row = pipeline.no_row
        self._params: Params = {}
        self._unmatched: WireError | None = None

    def start(self) -> None:
        self._guarded(self._match)

    def _guarded(self, step: Callable[..., None], *args: Any) -> None:
        try:
            step(*args)
        except Exception as error:  # noqa: BLE001 - every failure is answered
            self._fail(error)

    def _match(self) -> None:
        pipeline, request = self._pipeline, self._request
        try:
            self._route, self._params = pipeline.venue.routes.match(
                request.method, request.path, is_offer=request.offers_websocket
            )
        except WireError as error:
            if not self._asks_first():
                raise
            self._unmatched = error
        if (route := self._route) is not None:
            self._row = pipeline.rows[id(route)]
            if route.attempts is not None:
                pipeline.count_attempt(route.attempts, request, self._client_ns)
            if route.access is Access.PUBLIC:
                self._converse(route, ANYONE)
                return
        proof_ns = self._client_ns if pipeline.venue.habits.stamped else self._now_ns
        if pipeline.verifier is None:
            self._proven(pipeline.check(request, proof_ns))
        else:
            key = pipeline.claimed(request)
            cancels = self._row.cancels and pipeline.settings.cancels_first
            pipeline.verifier.verify(request, proof_ns, self._verified, key, cancels=cancels)

    def _asks_first(self) -> bool:
        habits, request = self._pipeline.venue.habits, self._request
        if request.path.startswith(habits.auth_first):
            return True
        return bool(habits.auth_first and request.header(habits.key_header))

    def _verified(self, verdict: Principal | Exception) -> None:
        if isinstance(verdict, Exception):
            self._fail(verdict)
        else:
            self._guarded(self._proven, verdict)

    def _proven(self, principal: Principal) -> None:
        route, row = self._route, self._row
        weight = 1 if route is None else route.weight
        self._pipeline.limits.charge(
            row.limits, principal.key, weight, self._client_ns, cancels=row.cancels
        )
        if route is None:
            assert self._unmatched is not None  # noqa: S101  (one of the two is there)
            raise self._unmatched
        if route.access not in principal.access:
            raise Forbidden(f"key lacks {route.access.value} permission")
        self._converse(route, principal)

    def _converse(self, route: Route, principal: Principal) -> None:
        pipeline, request = self._pipeline, self._request
        message = codec.decode_request(route, request, self._params)
        context = Context(pipeline.directory, pipeline.settings, principal, self._now_ns, request)
        steps, self._owner = route.op.serve(message, context), principal.owner
        if pipeline.quota is not None:
            steps = acted(steps, pipeline.quota)
        conversation = Conversation(steps, pipeline.tools, principal.owner, self._done)
        pipeline.tools.lanes.enter(principal.owner, conversation.start)

    def _done(self, reply: Any, error: Exception | None) -> None:
        if error is not None:
            self._fail(error)
        else:
            self._guarded(self._reply, reply)

    def _reply(self, reply: Any) -> None:
        assert self._route is not None  # noqa: S101  (a conversation is a row's)
        response = self._response(self._route, reply)
        self._pipeline.metrics.count(response.status)
        self._observe()
        self._send(response)

    def _response(self, route: Route, reply: Any) -> Response:
        if isinstance(reply, Response):
            return reply
        if reply is None:
            return Response(route.status, b"", b"")
        if route.is_upgrade:
            begin = bound(reply, self._pipeline.hub, self._owner)
            return Switch(SWITCHING, b"", b"", request=self._request, begin=begin)
        return Response(route.status, codec.encode(reply))

    def _fail(self, error: Exception) -> None:
        pipeline, request = self._pipeline, self._request
        if isinstance(error, WireError):
            if pipeline.engine.clock_behind_ns:
                self._tell_of_clock(error)
            self._observe()
            self._answer(pipeline.turn_away(request, error))
            return
        # A bug in a dialect harms one request; one in the exchange has already stopped the engine.
        where = {"method": request.method, "path": request.path.decode("latin-1")}
        log.error("request failed", exc_info=error, extra={"venue": pipeline.venue.name, **where})
        self._answer(pipeline.turn_away(request, Internal("internal error")))

    def _tell_of_clock(self, error: WireError) -> None:
        # The refusals of time: a signature's stamp by the clock, an order's expiry by the journal.
        is_late = (
            isinstance(error, OrderRefused) and error.reason is RejectReason.INVALID_EXPIRE_TIME
        )
        if is_late or isinstance(error, Unauthorized):
            venue, behind_ns = self._pipeline.venue.name, self._pipeline.engine.clock_behind_ns
            extra = {"venue": venue, "reason": error.text, "behind_s": round(behind_ns / 1e9, 3)}
            log.warning("refused while the clock is behind the journal", extra=extra)

    def _observe(self) -> None:
        self._row.latency.observe(perf_counter_ns() - self._began_ns)

    def _send(self, response: Response) -> None:
        self._answer(self._pipeline.echoing(self._request, response))
