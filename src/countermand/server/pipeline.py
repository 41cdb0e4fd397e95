"""
The pipeline: the only path a request takes, the same for every venue.

    match route -> verify -> charge -> decode -> from_wire -> submit or query -> to_wire -> encode

Every refusal on the way is a `WireError`, caught once and rendered by the venue in its own words.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from msgspec.structs import replace

from countermand.engine.ports import Clock
from countermand.engine.sequencer import Engine, IntakeStopped, QueueFull, Undecided
from countermand.server.credentials import KeyRing
from countermand.server.metrics import Metrics
from countermand.server.ports import Answer
from countermand.server.rate_limits import RateLimits
from countermand.server.verifier import Verifier
from countermand.server.watch import OrderWatch
from countermand.vocabulary.commands import (
    Command,
    ConfigureAccount,
    OpenAccount,
    SetReferencePrice,
    SetTradingState,
)
from countermand.vocabulary.queries import GetReferenceData, Query
from countermand.vocabulary.reports import Receipt
from countermand.wire import codec
from countermand.wire.context import Context, Principal, Settings
from countermand.wire.directory import Directory
from countermand.wire.errors import (
    Forbidden,
    IntakeClosed,
    Internal,
    MethodNotAllowed,
    Overloaded,
    RateLimited,
    Unavailable,
    WireError,
)
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Attempts, Params, Route
from countermand.wire.venue import IssueKey, RevokeKeys, Venue

log = logging.getLogger(__name__)

# Commands after which things may have other names, or there are more of them.
_RENAMING = frozenset({OpenAccount, ConfigureAccount, SetTradingState, SetReferencePrice})

# What gets somebody out of the market, and is never made to wait for what gets somebody in.
_CANCELING = frozenset({Operation.CANCEL_ORDER, Operation.MASS_CANCEL})


class Pipeline:
    """One venue, served by one engine."""

    def __init__(
        self, venue: Venue, engine: Engine, keys: KeyRing, clock: Clock, settings: Settings
    ) -> None:
        self.venue = venue
        self.settings = settings
        self.metrics = Metrics(venue.name)
        self._engine = engine
        self._keys = keys
        self._clock = clock
        self._limits = RateLimits(settings.rate_limit_per_s)
        self._attempts: dict[Attempts, RateLimits] = {}
        self._watch = OrderWatch(engine)
        threads = settings.verify_threads
        self._verifier = Verifier(self._check, threads) if threads else None
        self._directory: Directory | None = None
        self._running: set[asyncio.Task[Response]] = set()

    def begin(self, request: Request, answer: Answer) -> None:
        """Answer a request once, later, on the loop's thread."""
        task = asyncio.get_running_loop().create_task(self.handle(request))
        self._running.add(task)

        def done(task: asyncio.Task[Response]) -> None:
            self._running.discard(task)
            answer(task.result())

        task.add_done_callback(done)

    async def handle(self, request: Request) -> Response:
        """Return the answer to a request; whatever goes wrong, it is the venue's own answer."""
        try:
            response = await self._answer(request)
        except WireError as error:
            worded = self.venue.worded
            said = error if worded is None else worded(error, request)
            return self._echo(request, self.refuse(said))
        except Exception:
            # A bug in a dialect harms one request; one in the exchange has already stopped the
            # engine.
            where = {"method": request.method, "path": request.path.decode("latin-1")}
            log.exception("request failed", extra={"venue": self.venue.name, **where})
            return self._echo(request, self.refuse(Internal("internal error")))
        self.metrics.count(response.status)
        return self._echo(request, response)

    def _echo(self, request: Request, response: Response) -> Response:
        if not self.venue.echoes:
            return response
        repeated = tuple(h for h in request.headers if h[0] in self.venue.echoes)
        return replace(response, headers=response.headers + repeated)

    def refuse(self, error: WireError) -> Response:
        """Return the venue's answer to a request that is refused, whole or not."""
        response = self.venue.errors.render(error)
        if isinstance(error, MethodNotAllowed):
            allow = (b"allow", ", ".join(error.allowed).encode())
            response = replace(response, headers=(*response.headers, allow))
        if self.venue.amend is not None:
            response = self.venue.amend(response, self.settings)
        self.metrics.count(response.status)
        return response

    async def directory(self) -> Directory:
        """Return what things are called at this venue."""
        if self._directory is None:
            self._directory = Directory(await self._view(GetReferenceData(self.venue.name)))
        return self._directory

    async def _answer(self, request: Request) -> Response:
        now_ns = self._clock.now_ns()
        route, params = await self._match(request, now_ns)
        if route.attempts is not None:
            self._count_attempt(route.attempts, request, now_ns)
        principal = await self._authenticate(route, request, now_ns)
        message = codec.decode_request(route, request, params)
        directory = self._directory or await self.directory()
        context = Context(directory, self.settings, principal, now_ns, None, message, request)
        if route.find is not None:
            context = await self._found(route.find(message, context), context)
        result = await self._perform(route.square.request_from_wire(message, context))
        if self._directory is not directory:
            context = replace(context, directory=await self.directory())
        if route.linger is not None:
            await self._linger(result, route.linger(message, context))
        if route.then is not None:
            context = await self._found(route.then(result, context), context)
        return _response(route, route.square.reply_to_wire(result, context))

    async def _found(self, asked: Query | tuple[Query, ...], context: Context) -> Context:
        if not isinstance(asked, tuple):
            return replace(context, found=await self._view(asked))
        found = [await self._view(query) for query in asked]
        return replace(context, found=tuple(found))

    async def _view(self, query: Query) -> Any:
        try:
            return (await self._engine.query(query)).view
        except IntakeStopped as stopped:
            raise IntakeClosed(str(stopped)) from None

    async def _linger(self, receipt: Receipt, wait_ns: int) -> None:
        for order in receipt.orders:
            if wait_ns > 0 and order.is_open:
                await self._watch.closed(order.account_id, order.order_id, wait_ns)

    def hurry(self) -> None:
        """Answer whoever waits for an order to close, now and from now on: the server stops."""
        self._watch.end()

    def close(self) -> None:
        """Let go of what requests needed, when there are no more."""
        if self._verifier is not None:
            self._verifier.stop()

    async def _match(self, request: Request, now_ns: int) -> tuple[Route, Params]:
        try:
            return self.venue.routes.match(request.method, request.path)
        except WireError:
            if self.venue.auth_first:
                self._charge(await self._prove(request, now_ns), 1, now_ns)
            raise

    async def _authenticate(self, route: Route, request: Request, now_ns: int) -> Principal | None:
        if route.access is Access.PUBLIC:
            return None
        principal = await self._prove(request, now_ns, cancels=route.operation in _CANCELING)
        self._charge(principal, route.weight, now_ns)
        if route.access not in principal.access:
            raise Forbidden(f"key lacks {route.access.value} permission")
        return principal

    async def _prove(self, request: Request, now_ns: int, *, cancels: bool = False) -> Principal:
        if self._verifier is None:
            return self._check(request, now_ns)
        return await self._verifier.verify(request, now_ns, cancels=cancels)

    def _charge(self, principal: Principal, weight: int, now_ns: int) -> None:
        if not self._limits.allows(principal.key, weight, now_ns):
            raise RateLimited(self._limits.limit)

    def _count_attempt(self, attempts: Attempts, request: Request, now_ns: int) -> None:
        limits = self._attempts.get(attempts)
        if limits is None:
            limits = RateLimits(attempts.per_minute(self.settings), span_s=60)
            self._attempts[attempts] = limits
        if not limits.allows(attempts.of(request), 1, now_ns):
            raise attempts.refusal()

    def _check(self, request: Request, now_ns: int) -> Principal:
        return self.venue.auth.verify(request, self._keys, self.settings, now_ns)

    async def _perform(self, asked: Any) -> Any:
        if isinstance(asked, Query):
            return await self._view(asked)
        if isinstance(asked, IssueKey | RevokeKeys):
            return await self._keys.change(asked)
        receipt = await self._submit(asked)
        if type(asked) in _RENAMING:
            self._directory = None
        return receipt

    async def _submit(self, asked: Command | tuple[Command, ...]) -> Any:
        try:
            if isinstance(asked, tuple):
                return await self._engine.submit_all(asked) if asked else ()
            return await self._engine.submit(asked)
        except QueueFull:
            raise Overloaded("the exchange is busy") from None
        except Undecided as undecided:
            raise Unavailable(str(undecided)) from None
        except IntakeStopped as stopped:
            raise IntakeClosed(str(stopped)) from None


def _response(route: Route, reply: Any) -> Response:
    if isinstance(reply, Response):
        return reply
    if reply is None:
        return Response(route.status, b"", b"")
    return Response(route.status, codec.encode(reply))
