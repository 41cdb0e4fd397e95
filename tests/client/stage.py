"""
A stage: the client's core before a venue, with a clock that only waits move and a wire that fails.

Nothing here waits and nothing is random: what fails is said, or drawn from a seed by who uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from tests.venues.conformance.losses import losses
from tests.venues.desk import Desk

from countermand.client import people, reading, verbs
from countermand.client.acts import (
    Act,
    Answered,
    Consult,
    LostFailure,
    Note,
    NotSentFailure,
    Now,
    Progress,
    Reply,
    Send,
    Sleep,
    Talk,
    Together,
)
from countermand.client.deadline import MS
from countermand.client.ledger import NoLedger
from countermand.client.outcome import Open, Outcome
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.client.wording import Wish
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    OrderTerms,
    OrdType,
    SelfTradePrevention,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.queries import GetOrder, GetReferenceData, ListOrders
from countermand.vocabulary.reports import OrderPage, OrderReport
from countermand.wire.client_end import ClientEnd, Learned, Prompt
from countermand.wire.http import Response
from countermand.wire.operation import Operation

T = TypeVar("T")

# What a request takes on its way, there and back.
TRIP_NS = MS

READS = (Operation.GET_ORDER, Operation.LIST_ORDERS, Operation.LIST_FILLS)


class Fault(Struct, frozen=True):
    """
    What becomes of one request.

    Shape:  `arrives` how often it reaches the venue at once, `later` whether it does after its
            answer is given up; `answer` replaces what the venue says; `lost` is how the answer is;
            `before` and `after` are called around its arrival, `heard` with what the venue said.
    """

    arrives: int = 1
    later: bool = False
    answer: Response | None = None
    lost: type[LostFailure | NotSentFailure] | None = None
    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None
    heard: Callable[[Response], None] | None = None


FINE = Fault()
NOT_SENT = Fault(arrives=0, lost=NotSentFailure)
LOST_BEFORE = Fault(arrives=0, lost=LostFailure)
LOST_AFTER = Fault(lost=LostFailure)
LATE = Fault(arrives=0, later=True, lost=LostFailure)
TWICE = Fault(arrives=2)
UNREADABLE = Fault(answer=Response(200, b"<html>"))
FAILS_AFTER = Fault(answer=Response(500, b""))
FAILS_BEFORE = Fault(arrives=0, answer=Response(500, b""))
TOO_MANY = Fault(arrives=0, answer=Response(429, b"", b"", ((b"retry-after", b"1"),)))
GATEWAY = Fault(arrives=0, answer=Response(502, b"<html>", b"text/html"))

Director = Callable[[Send], Fault]


def always(fault: Fault) -> Director:
    """Let every request meet with the same."""
    return lambda _send: fault


def all_well(send: Send) -> Fault:
    """Let every request through."""
    return FINE


class Stage:
    """
    One venue's desk, and talks carried out before it.

    `sent` are the requests that left, `notes` what was written down, `asked` the questions that the
    person behind the key answers with `answers`. Where there is a `keeper` it is written there too.
    """

    keeper: Any = None

    def __init__(self, desk: Desk) -> None:
        self.desk, self.clock = desk, desk.clock
        self.director: Director = all_well
        self.sent: list[Send] = []
        self.notes: list[Note] = []
        self.asked: list[str] = []
        self.answers: list[str] = []
        self._late: list[Send] = []

    def perform(self, talk: Talk[T]) -> T:
        """Carry a talk out to its end."""
        try:
            act = next(talk)
            while True:
                act = talk.send(self._do(act))
        except StopIteration as end:
            result: T = end.value
            return result

    def _do(self, act: Act) -> Any:
        match act:
            case Now():
                return self.clock.ns
            case Sleep(until_ns=until_ns):
                self.clock.ns = max(self.clock.ns, until_ns)
                self.arrive()
                return self.clock.ns
            case Send():
                return self._send(act)
            case Note():
                self.notes.append(act)
                if self.keeper is not None:
                    return self.keeper.write(act, self.clock.ns)
                return act.intent_id or len(self.notes)
            case Consult(read=read):
                return read(self.keeper or NoLedger())
            case Together(talks=talks):
                return [self.perform(talk) for talk in talks]
            case Progress():
                return None
            case Prompt(text=text):
                self.asked.append(text)
                return self.answers.pop(0)
        raise AssertionError(act)

    def _send(self, act: Send) -> Reply:
        self.sent.append(act)
        fault, sent_ns = self.director(act), self.clock.ns
        self.clock.ns += TRIP_NS
        response = Response(500)
        if fault.before is not None:
            fault.before()
        for _ in range(fault.arrives):
            response = self.desk.answer(act.request)
        if fault.heard is not None:
            fault.heard(response)
        if fault.after is not None:
            fault.after()
        if fault.later:
            self._late.append(act)
        self.clock.ns += TRIP_NS
        if fault.lost is not None:
            return fault.lost("lost on the way", sent_ns, self.clock.ns)
        return Answered(fault.answer or response, sent_ns, self.clock.ns)

    def arrive(self) -> None:
        """Let arrive what was on its way."""
        late, self._late = self._late, []
        for send in late:
            self.desk.answer(send.request)


def asked(session: Session, order: str) -> Talk[Response]:
    """Return the venue's whole answer to a read of an order, as it is now."""
    kept: list[Response] = []
    talk = reading.read_order(session, verbs.find(session, order), Trace())
    try:
        act = next(talk)
        while True:
            told = yield act
            if isinstance(told, Answered):
                kept.append(told.response)
            act = talk.send(told)
    except StopIteration:
        return kept[-1]


class Trader:
    """An account at the desk, for the exchange's own side of a test: no wire, no client."""

    def __init__(self, desk: Desk, owner: str) -> None:
        self.desk, self.owner = desk, owner
        self.account_id = desk.accounts(owner)[0].account_id
        markets = list(desk.directory.instruments.values())
        self.market = next((i for i in markets if i.has_positions), markets[0])

    def hit(self, side: Side, qty_lots: int, price_ticks: int) -> None:
        """Take what rests at a price, at once."""
        terms = OrderTerms(
            side,
            OrdType.LIMIT,
            TimeInForce.IOC,
            qty_lots,
            price_ticks,
            stp=SelfTradePrevention.BOTH,
        )
        market = self.market.instrument_id
        self.desk.engine.enter(NewOrder(self.account_id, market, "", terms))

    def core(self, order_id: int, cl_ord_id: str = "") -> OrderReport | None:
        """Return an order as the exchange itself has it."""
        query = GetOrder(self.account_id, OrderId(order_id), cl_ord_id)
        found: OrderReport | None = self.desk.engine.exchange.query(query)
        return found


def session_at(desk: Desk, owner: str = "alice", **more: Any) -> Session:
    """Return a session that has learned what the venue tells, in the name of its owner."""
    if desk.venue.client is not None:
        session = Session(desk.venue, desk.credential(owner), **more)
        Stage(desk).perform(verbs.begin(session))
        return session
    venue = replace(desk.venue, client=stub(desk, owner))
    session = Session(venue, desk.credential(owner), **more)
    session.learn(Learned(desk.engine.exchange.query(GetReferenceData(venue.name)), desk.settings))
    return session


def stub(desk: Desk, owner: str) -> ClientEnd:
    """Return a client's end for a venue that has none yet."""
    account_id = desk.accounts(owner)[0].account_id

    def find(text: str, ctx: Any) -> GetOrder:
        if text.isdigit():
            return GetOrder(account_id, OrderId(int(text)))
        return GetOrder(account_id, OrderId(0), text)

    declared = losses(desk)

    def spell(report: OrderReport, ctx: Any) -> str:
        by_name = declared.names is not None or not report.order_id
        return report.cl_ord_id if by_name else str(report.order_id)

    given = {k: v for k, v in declared.given.items() if k not in ("time_in_force", "expire_ns")}
    return ClientEnd(None, find, spell, dict, given=given, replacing=declared.replacing)


class Scene:
    """Alice's client before a desk, and Bob, who trades with her."""

    def __init__(self, desk: Desk, owner: str = "alice", **more: Any) -> None:
        self.desk, self.stage = desk, Stage(desk)
        self.session = session_at(desk, owner, **more)
        self.alice, self.bob = Trader(desk, "alice"), Trader(desk, "bob")
        self.market = self.alice.market
        # An order and what a cancel of it was answered with, where that was kept.
        self.taken: tuple[str, Response] | None = None

    def wish(self, lots: int = 1000) -> Wish:
        """Return what Alice wants to buy, at the reference price."""
        one = self.market
        quantity, limit = people.qty(one, lots), people.price(one, one.reference_price_ticks)
        return Wish(symbol=one.symbol, side="buy", order_qty=quantity, price=limit)

    def placed(self, lots: int = 1000) -> str:
        """Place an order for Alice and return what it is called."""
        outcome = self.stage.perform(verbs.place(self.session, self.wish(lots)))
        assert isinstance(outcome, Open), outcome
        return outcome.order_id

    def cancel(self, order: str, timeout_s: float = 10) -> Outcome:
        """Cancel an order of Alice's."""
        return self.stage.perform(verbs.cancel(self.session, order, timeout_s=timeout_s))

    def place(self, wish: Wish | None = None, timeout_s: float = 5) -> Outcome:
        """Place an order of Alice's."""
        talk = verbs.place(self.session, wish or self.wish(), timeout_s)
        return self.stage.perform(talk)

    def orders(self) -> list[OrderReport]:
        """Return all orders that Alice's account ever had, the oldest first."""
        query = ListOrders((self.alice.account_id,), ascending=True)
        found: OrderPage = self.desk.engine.exchange.query(query)
        return [one for one in found.orders if one.standing is not Standing.STAGED]

    def truth(self, order: str) -> OrderReport:
        """Return the order as the exchange has it."""
        query = verbs.find(self.session, order)
        found = self.alice.core(query.order_id, query.cl_ord_id)
        assert found is not None
        return found

    def fill(self, order: str, lots: int) -> None:
        """Let Bob sell to an order of Alice's, all or a part of what is left of it."""
        self.bob.hit(Side.SELL, lots, self.truth(order).terms.price_ticks)

    def unknown(self, order: str) -> str:
        """Return an id like the given one that no order has."""
        query = verbs.find(self.session, order)
        if query.order_id:
            other = GetOrder(query.account_id, OrderId(query.order_id + 1_000))
            return people.order_text(self.session, other)
        return order[:-4] + ("0000" if order[-4:] != "0000" else "1111")

    def on(self, operation: Operation, *faults: Fault) -> None:
        """Let the first requests of an operation meet with these faults, the others with none."""
        left = list(faults)

        def director(send: Send) -> Fault:
            return left.pop(0) if send.operation is operation and left else FINE

        self.stage.director = director
