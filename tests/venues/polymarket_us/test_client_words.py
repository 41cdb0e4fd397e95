"""
Our client sends no request that the venue has no words for, and refuses an answer it cannot read.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.conformance.terms import changed
from tests.venues.desk import Desk
from tests.venues.polymarket_us.floor import NAME

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.venues import VENUES
from countermand.venues.polymarket_us import ids, resolve
from countermand.venues.polymarket_us.annotations import ANNOTATIONS, Annotation
from countermand.venues.polymarket_us.cancel import read_taken
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.messages.shared import Amount
from countermand.venues.polymarket_us.place import ask_place
from countermand.venues.polymarket_us.replace import ask_replace
from countermand.venues.polymarket_us.show import read_order, show_order
from countermand.venues.polymarket_us.tables import Indicator, Outcome
from countermand.vocabulary.commands import CancelOrder, MassCancel, NewOrder, ReplaceOrder
from countermand.vocabulary.ids import MatchId, OrderId
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrderTerms,
    OrdStatus,
    OrdType,
    ReplacePolicy,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.reasons import CancelReason, CxlRejReason
from countermand.wire.credential import ANYONE
from countermand.wire.errors import CancelRefused, Malformed, NotExpressible, NotFound
from countermand.wire.http import Request, Response
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged

DESK = Desk(VENUES[NAME])
MINE, HERS = DESK.accounts()[0].account_id, DESK.accounts("bob")[0].account_id
MARKET = next(iter(DESK.directory.instruments))
ORDER = NewOrder(
    MINE,
    MARKET,
    "",
    OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 1000, 40, stp=SelfTradePrevention.REJECT),
)
CASH_ORDER = changed(
    ORDER, ord_type=OrdType.MARKET, time_in_force=TimeInForce.IOC, price_ticks=0,
    order_qty_lots=0, cash=Cash(5_500_000),
)  # fmt: skip
CANCEL = CancelOrder(MINE, OrderId(7), "", MARKET)
REPLACE = ReplaceOrder(MINE, MARKET, OrderId(7), "", "", 41)


def ask(operation: Operation, asked: Any, *answers: Response) -> Any:
    """Call the venue, or what answers in its place."""

    async def stand_in(_: Request) -> Response:
        return answers[0]

    return asyncio.run(
        call(
            DESK.venue,
            operation,
            asked,
            context=DESK.context(),
            credential=DESK.credential(),
            transport=InProcessTransport(stand_in if answers else DESK.pipeline.handle),
        )
    )


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        (Operation.PLACE_ORDER, changed(ORDER, cl_ord_id="one")),
        (Operation.PLACE_ORDER, changed(ORDER, secondary_cl_ord_id="one")),
        (Operation.PLACE_ORDER, changed(ORDER, account_id=HERS)),
        (Operation.PLACE_ORDER, changed(ORDER, stp=SelfTradePrevention.NONE)),
        (Operation.PLACE_ORDER, changed(ORDER, exec_inst=ExecInst.REDUCE_ONLY)),
        (Operation.PLACE_ORDER, changed(ORDER, expire_ns=1)),
        (Operation.PLACE_ORDER, changed(ORDER, cash=Cash(1))),
        (Operation.PLACE_ORDER, changed(ORDER, ord_type=OrdType.MARKET)),
        (
            Operation.PLACE_ORDER,
            changed(ORDER, ord_type=OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT),
        ),
        (Operation.GET_ORDER, GetOrder(MINE, OrderId(0), "one")),
        (Operation.GET_ORDER, GetOrder(HERS, OrderId(7))),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE, HERS))),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE,), side=Side.BUY)),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE,), limit=5)),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE,), ())),
        (Operation.REPLACE_ORDER, replace(REPLACE, new_cl_ord_id="two")),
        (Operation.REPLACE_ORDER, replace(REPLACE, order_id=OrderId(0))),
        (Operation.REPLACE_ORDER, replace(REPLACE, account_id=HERS)),
        (Operation.REPLACE_ORDER, replace(REPLACE, exec_inst=ExecInst.REDUCE_ONLY)),
        (Operation.REPLACE_ORDER, replace(REPLACE, text="x")),
        # What it would be refused for ends the order here.
        (
            Operation.REPLACE_ORDER,
            replace(REPLACE, order_qty_lots=5, policy=ReplacePolicy.REFUSE_EXECUTED),
        ),
        # The outcome traded is YES, and so is its money.
        (Operation.PLACE_ORDER, changed(CASH_ORDER, cash=Cash(1, Outcome.NO))),
        (Operation.CANCEL_ORDER, replace(CANCEL, instrument_id=0)),
        (Operation.CANCEL_ORDER, replace(CANCEL, order_id=OrderId(0), cl_ord_id="one")),
        (Operation.CANCEL_ORDER, replace(CANCEL, secondary_cl_ord_id="one")),
        (Operation.CANCEL_ORDER, replace(CANCEL, account_id=HERS)),
        (Operation.MASS_CANCEL, MassCancel()),
        (Operation.MASS_CANCEL, MassCancel(MINE, None, Side.BUY)),
        (Operation.MASS_CANCEL, MassCancel(MINE, ())),
        (Operation.PREVIEW_ORDER, ORDER),
        (Operation.LIST_FILLS, ORDER),
        (Operation.LIST_ACCOUNTS, ORDER),
    ],
)
def test_not_expressible(operation: Operation, asked: Any) -> None:
    """The command is refused, and no request is sent."""
    before = DESK.engine.exchange.seq
    with pytest.raises(NotExpressible):
        ask(operation, asked)
    assert before == DESK.engine.exchange.seq


def test_answers_say_only_that_a_request_was_taken() -> None:
    """The report has the ids, and no state of the order."""
    first, second = (ask(Operation.PLACE_ORDER, ORDER) for _ in range(2))
    one, other = first.order_ids[0], second.order_ids[0]

    replaced = ask(Operation.REPLACE_ORDER, replace(REPLACE, order_id=one))
    canceled = ask(Operation.CANCEL_ORDER, replace(CANCEL, order_id=one))
    taken = ask(Operation.MASS_CANCEL, MassCancel(MINE))
    assert (Acknowledged((one,)), Acknowledged((one,))) == (replaced, canceled)
    assert Acknowledged((other,)) == taken
    assert OrdStatus.CANCELED is ask(Operation.GET_ORDER, GetOrder(MINE, other)).ord_status


def test_quantities_are_sent_as_numbers() -> None:
    """As the documents have it, while money is text."""
    seen: list[bytes] = []

    async def listen(request: Request) -> Response:
        seen.append(request.body)
        return Response(200, b'{"id":"C00000000001"}')

    form = changed(ORDER, order_qty_lots=150)
    asyncio.run(
        call(
            DESK.venue,
            Operation.PLACE_ORDER,
            form,
            context=DESK.context(),
            credential=DESK.credential(),
            transport=InProcessTransport(listen),
        )
    )
    assert b'"price":{"value":"0.40","currency":"USD"},"quantity":1.5,' in seen[0]


def test_cash_order() -> None:
    """Money in place of a quantity."""
    form = ask_place(CASH_ORDER, DESK.context())

    assert (None, None, Amount("5.5", "USD")) == (form.quantity, form.price, form.cash_order_qty)


def test_conflict_is_too_late() -> None:
    """As the general guide has it; the state of the order is not told."""
    read = DESK.venue.refusals.interpret(Response(409, b'{"code":10,"message":"x","details":[]}'))

    assert isinstance(read, CancelRefused)
    assert (CxlRejReason.TOO_LATE_TO_CANCEL, None) == (read.cxl_rej_reason, read.ord_status)


def test_life_of_a_replacement() -> None:
    """A new time in force, end and post-only are said; what stays is not."""
    ctx = DESK.context()
    plain = ask_replace(REPLACE, ctx)
    full = ask_replace(
        replace(REPLACE, time_in_force=TimeInForce.GTD, expire_ns=10**18, exec_inst=1), ctx
    )

    assert (None, None, None) == (
        plain.tif, plain.good_till_time, plain.participate_dont_initiate,
    )  # fmt: skip
    assert ("TIME_IN_FORCE_GOOD_TILL_DATE", "2001-09-09T01:46:40Z", True) == (
        full.tif, full.good_till_time, full.participate_dont_initiate,
    )  # fmt: skip


def test_annotations_are_said_again() -> None:
    """An order for NO that a machine decided on is sent as one."""
    text = ANNOTATIONS.write(Annotation(Outcome.NO, Indicator.AUTOMATIC))
    form = ask_place(changed(ORDER, text=text), DESK.context())

    assert ("ORDER_INTENT_SELL_SHORT", "MANUAL_ORDER_INDICATOR_AUTOMATIC") == (
        form.intent, form.manual_order_indicator,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "asked", "body"),
    [
        (Operation.PLACE_ORDER, ORDER, b'{"id":"order-123"}'),
        (Operation.PLACE_ORDER, ORDER, b"{}"),
        (Operation.PLACE_ORDER, ORDER, b"<html>"),
        (Operation.MASS_CANCEL, MassCancel(MINE), b'{"canceledOrderIds":["order-123"]}'),
        (Operation.GET_ORDER, GetOrder(MINE, OrderId(7)), b'{"order":{}}'),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE,)), b'{"orders":7}'),
    ],
)
def test_not_readable(operation: Operation, asked: Any, body: bytes) -> None:
    """The order's state is then unknown."""
    with pytest.raises(Malformed):
        ask(operation, asked, Response(200, body))


def test_lists_may_be_left_out() -> None:
    """The venue's client tolerates `{}` for nothing, and so does ours."""
    assert () == ask(Operation.LIST_ORDERS, ListOpenOrders((MINE,)), Response(200, b"{}"))


def test_unknown_order_is_not_readable() -> None:
    """Its market or its id is unknown here."""
    placed = ask(Operation.PLACE_ORDER, ORDER).order_ids[0]
    ctx = DESK.context()
    shown = show_order(DESK.engine.exchange.query(GetOrder(MINE, placed)), ctx)
    for odd in (replace(shown, market_slug="nowhere"), replace(shown, id="order-123")):
        with pytest.raises(Malformed, match="order names what is not known here"):
            read_order(odd, None, ctx)
    pending = read_order(replace(shown, state="ORDER_STATE_PENDING_NEW"), None, ctx)
    expired = read_order(replace(shown, state="ORDER_STATE_EXPIRED"), None, ctx)
    assert OrdStatus.NEW is pending.ord_status
    assert (OrdStatus.EXPIRED, CancelReason.EXPIRED) == (
        expired.ord_status, expired.cancel_reason,
    )  # fmt: skip


def test_user_without_an_account() -> None:
    """A request without a key has no account, and a user without accounts has none."""
    ctx = DESK.context()
    nobody = replace(ctx.principal, owner="nobody")
    for principal in (ANYONE, nobody):
        with pytest.raises(NotFound, match="Account not found"):
            resolve.account(replace(ctx, principal=principal))


def test_ids_are_read_as_they_are_spelled() -> None:
    """Each number has one spelling of twelve characters, and other texts are none."""
    for number in (1, 35, 36, 36**10, 2 * 10**12):
        text = ids.order_text(OrderId(number))
        assert (12, number) == (len(text), ids.parse_order(text))
    others = (
        "C00000000000",
        "c00000000001",
        "C0000000001",
        "B00000000001",
        "",
        "C" + "\u0661" * 11,
    )
    for text in others:
        assert ids.parse_order(text) is None
    assert int(ids.trade_text(MatchId(3 * 2**32)), 36) == 3 * 2**32


def test_empty_answer_without_an_id_names_no_order() -> None:
    """The answer is read as one that names no order."""
    read = read_taken(m.Empty(), m.CancelOrder("x", "y"), DESK.context())

    assert Acknowledged(()) == read
