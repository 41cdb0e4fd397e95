"""
Asking: one operation of the venue, from the question to what its answer proves.

    ask -> encode -> check -> sign -> wait for the budget -> send -> decode -> read

What is refused or lost is told apart by one thing: whether anything can come of it.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from countermand.client import reasons
from countermand.client.acts import (
    Answered,
    Consult,
    LostFailure,
    NotSentFailure,
    Now,
    Reply,
    Send,
    Sleep,
    Talk,
)
from countermand.client.call import prepared, single
from countermand.client.deadline import MS
from countermand.client.errors import Unanswered, WouldSend
from countermand.client.flow import Done, Steps, advance, begin, refused
from countermand.client.masking import masked
from countermand.client.outcome import Witness
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.vocabulary.queries import GetOrder
from countermand.wire import codec
from countermand.wire.client_end import Prompt
from countermand.wire.conversation import Flow, Step
from countermand.wire.errors import (
    Forbidden,
    IntakeClosed,
    Malformed,
    MethodNotAllowed,
    NotExpressible,
    NotFound,
    OrderRefused,
    Overloaded,
    RateLimited,
    TooLarge,
    Unauthorized,
    WireError,
)
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route

# From here on a status says that nothing, or not this, was done.
_NOT_SUCCESS = 300

# A refusal of these kinds says that the request was not executed, as does a status that refuses
# what was asked for what it is, in the venue's own words.
_UNDONE = (Unauthorized, Forbidden, RateLimited, Overloaded, IntakeClosed, TooLarge, OrderRefused)
_REFUSING = (400, 404, 405, 422)
# These refusals may pass with time.
_PASSING = (RateLimited, Overloaded, IntakeClosed)

# The operations that can bring a new order, or more quantity to one.
_BRINGING = (Operation.PLACE_ORDER, Operation.REPLACE_ORDER)
# An order that waited so long for its turn may have been blocked since.
_OLD_NS = 100 * MS


class Told(Struct, frozen=True):
    """The operation succeeded, and this is what its answer reports."""

    report: Any
    witness: Witness


class Denied(Struct, frozen=True):
    """The venue refused; what that proves of an order is for its proofs to say."""

    error: WireError
    witness: Witness
    is_undone: bool = True  # the refusal says that the request was not executed

    @property
    def is_passing(self) -> bool:
        """Whether the same request may be answered otherwise in a while."""
        return isinstance(self.error, _PASSING)


class Doubt(Struct, frozen=True):
    """It may have been executed: no answer came, or one that cannot be read."""

    text: str
    witness: Witness


class Unsent(Struct, frozen=True):
    """Nothing left that could have been executed."""

    text: str
    witness: Witness


Result = Told | Denied | Doubt | Unsent


class _Lost(Exception):
    # The flow cannot go on; `result` is what came of it.

    def __init__(self, result: Denied | Doubt | Unsent) -> None:
        super().__init__()
        self.result = result


class Lead:
    """
    How an order that is being placed can be found, once that is known, and since when it is being.

    Units: nanoseconds since the Unix epoch.
    """

    about: GetOrder | None = None
    since_ns: int = 0


def ask(
    session: Session,
    operation: Operation,
    question: Any,
    trace: Trace,
    lead: Lead | None = None,
) -> Talk[Result]:
    """
    Ask the venue, and return what came of it.

    Raises: NotExpressible before anything is sent.
    """
    flow = session.venue.flows.get(operation) or single(session.venue, operation)
    try:
        return (yield from _run(session, operation, flow, question, trace, lead or Lead()))
    except _Lost as lost:
        return lost.result


def asked(session: Session, steps: Steps, trace: Trace) -> Talk[Any]:
    """
    Run a flow that only reads, or that asks nothing, and return its report.

    Raises: WireError, Unanswered.
    """
    step = begin(session.venue.name, steps)
    if isinstance(step, Done):
        return step.report
    try:
        result = yield from _follow(session, None, (step, steps), trace, Lead())
    except _Lost as lost:
        if isinstance(lost.result, Denied):
            raise lost.result.error from None
        raise Unanswered(lost.result.text) from None
    return result.report


def _run(
    session: Session, operation: Operation, flow: Flow, question: Any, trace: Trace, lead: Lead
) -> Talk[Told]:
    lead.since_ns = now_ns = yield Now()
    if session.is_login_over(now_ns):
        yield from _mend(session, trace)
    steps = flow(question, session.credential, session.context(now_ns))
    return (yield from _follow(session, operation, (next(steps), steps), trace, lead))


def _follow(
    session: Session,
    operation: Operation | None,
    begun: tuple[Step | Done, Steps],
    trace: Trace,
    lead: Lead,
) -> Talk[Told]:
    step, steps = begun
    witness, decisive = None, False
    while isinstance(step, Step):
        if step.about is not None:
            lead.about = step.about
            yield from trace.note("about", _about(step.about), must_last=True)
        # From the decisive step on, a request without a readable answer may have been executed.
        decisive = decisive or step.operation is operation
        try:
            message, witness = yield from _exchange(
                session, step, trace, lead.since_ns, decisive=decisive
            )
        except _Lost as lost:
            step = _refused(session, steps, lost)
            continue
        try:
            step = advance(session.venue.name, steps, message)
        except (NotExpressible, WireError) as error:
            kind = "not expressible" if isinstance(error, NotExpressible) else "unreadable"
            raise _Lost(_doubt(f"{kind}: {error}", witness, decisive=decisive)) from None
    assert witness is not None, "a flow takes at least one request"  # noqa: S101  (for the reader and the types)
    return Told(step.report, trace.explain(witness, step.report))


def _refused(session: Session, steps: Steps, lost: _Lost) -> Step | Done:
    # A flow may go on without what it was refused.
    if not isinstance(lost.result, Denied):
        raise lost
    try:
        return refused(session.venue.name, steps, lost.result.error)
    except WireError:
        raise lost from None


def _about(query: GetOrder) -> dict[str, Any]:
    return {
        "order_id": str(query.order_id),
        "cl_ord_id": query.cl_ord_id,
        "secondary_cl_ord_id": query.secondary_cl_ord_id,
    }


def _exchange(
    session: Session, step: Step, trace: Trace, since_ns: int, *, decisive: bool
) -> Talk[tuple[Any, Witness]]:
    again = True
    while True:
        route, send, reply = yield from _send(session, step, since_ns)
        if isinstance(reply, NotSentFailure):
            text = f"not sent: {reply.text}"
            raise _Lost(Unsent(text, (yield from trace.add(send, reply, text))))
        if isinstance(reply, LostFailure):
            text = f"no answer: {reply.text}"
            witness = yield from trace.add(send, reply, text)
            raise _Lost(_doubt(text, witness, decisive=decisive))
        if reply.response.status < _NOT_SUCCESS:
            return (yield from _read(route, send, reply, trace, decisive=decisive))
        error = session.venue.refusals.interpret(reply.response)
        text = f"{reply.response.status}: {type(error).__name__}: {error}"
        witness = yield from trace.add(send, reply, text, reasons.of_error(error))
        if again and isinstance(error, Unauthorized):
            # It was not executed. A key that ended or a clock that was off is mended, once.
            again = False
            if (yield from _mend(session, trace)):
                continue
        raise _Lost(_denied(error, reply.response.status, witness, decisive=decisive))


def _send(session: Session, step: Step, since_ns: int = 0) -> Talk[tuple[Route, Send, Reply]]:
    now_ns = yield Now()
    while until_ns := session.budget.take(step.operation, now_ns):
        now_ns = yield Sleep(until_ns)
    ctx, is_public = session.context(now_ns), session.is_public(step.operation)
    host = session.public_host if is_public else session.host
    route, request = prepared(session.venue, step, ctx, session.credential, host)
    if session.is_dry_run and route.access is Access.TRADE:
        raise WouldSend(step.operation.value, masked(session.venue, request))
    send = Send(step.operation, request, is_public)
    is_old = now_ns - since_ns >= _OLD_NS and step.operation in _BRINGING
    if is_old and (yield from _is_blocked(session)):
        # It was not when the intent was written; not a byte of the request has left.
        return route, send, NotSentFailure("blocked by a kill meanwhile", now_ns, now_ns)
    reply: Reply = yield send
    if isinstance(reply, Answered):
        session.budget.told(reply.response, reply.now_ns)
        session.clock.learn(reply.response, reply.sent_ns, reply.now_ns)
    return route, send, reply


def _is_blocked(session: Session) -> Talk[bool]:
    blocked: bool = yield Consult(lambda keeper: keeper.blocked().covers(session.venue.name))
    return blocked


def _read(
    route: Route, send: Send, reply: Answered, trace: Trace, *, decisive: bool
) -> Talk[tuple[Any, Witness]]:
    try:
        message = codec.decode_reply(route, reply.response)
    except WireError as error:
        text = f"{reply.response.status}, unreadable: {error}"
        witness = yield from trace.add(send, reply, text)
        raise _Lost(_doubt(text, witness, decisive=decisive)) from None
    return message, (yield from trace.add(send, reply, str(reply.response.status)))


def _mend(session: Session, trace: Trace) -> Talk[bool]:
    if session.end.log_in is None:
        return session.clock.ns != 0
    try:
        yield from log_in(session, trace)
    except (WireError, Unanswered):
        return False  # What was refused first is what counts.
    return True


def log_in(session: Session, trace: Trace) -> Talk[None]:
    """Log in, where the venue asks for that. Raises WireError when it refuses."""
    if session.end.log_in is None:
        return
    now_ns = yield Now()
    steps = session.end.log_in(session.credential, session.context(now_ns))
    step: Step | Prompt | Done = begin(session.venue.name, steps)
    while not isinstance(step, Done):
        step = yield from _logged(session, steps, step, trace)
    session.take_login(step.report, now_ns)


def _logged(
    session: Session, steps: Any, step: Step | Prompt, trace: Trace
) -> Talk[Step | Prompt | Done]:
    if isinstance(step, Prompt):
        return advance(session.venue.name, steps, (yield step))
    route, send, reply = yield from _send(session, step)
    if not isinstance(reply, Answered):
        yield from trace.add(send, reply, f"no answer: {reply.text}")
        raise Unanswered(f"log in: {reply.text}")
    status = reply.response.status
    yield from trace.add(send, reply, str(status))
    if status >= _NOT_SUCCESS:
        error = session.venue.refusals.interpret(reply.response)
        return refused(session.venue.name, steps, error)
    try:
        return advance(session.venue.name, steps, codec.decode_reply(route, reply.response))
    except WireError as error:
        raise Unanswered(f"log in: {status}, unreadable: {error}") from None


def _doubt(text: str, witness: Witness, *, decisive: bool) -> Doubt | Unsent:
    # A step before the decisive one changes nothing yet.
    return Doubt(text, witness) if decisive else Unsent(text, witness)


def _denied(error: WireError, status: int, witness: Witness, *, decisive: bool) -> Denied:
    is_refused = status in _REFUSING and isinstance(error, Malformed | NotFound | MethodNotAllowed)
    return Denied(error, witness, not decisive or is_refused or isinstance(error, _UNDONE))
