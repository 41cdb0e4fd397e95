"""
Our client sends no request that the venue has no words for, and refuses an answer it cannot read.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.conformance.asking import first_ask
from tests.venues.conformance.terms import changed
from tests.venues.desk import START_NS, Desk

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.venues import VENUES
from countermand.venues.coinbase_intx import account, fills, ids, markets, resolve, show
from countermand.venues.coinbase_intx.messages import markets as market_messages
from countermand.venues.coinbase_intx.messages.accounts import GetPortfolio
from countermand.vocabulary.commands import CancelOrder, MassCancel, NewOrder, ReplaceOrder
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.order import ExecType, OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import (
    GetAccount,
    GetQuote,
    GetReferenceData,
    ListFills,
    ListOpenOrders,
)
from countermand.vocabulary.reports import OrderReport
from countermand.wire import codec
from countermand.wire.credential import ANYONE
from countermand.wire.errors import Malformed, NotExpressible, NotFound, WireError
from countermand.wire.http import Request, Response
from countermand.wire.operation import Operation
from countermand.wire.route import Routes

VENUE = VENUES["coinbase-intx"]
DESK = Desk(VENUE)
MINE = DESK.accounts()[0].account_id
MARKET = next(iter(DESK.directory.instruments))
ORDER = NewOrder(
    MINE, MARKET, "one", OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 1000, 500_000)
)
CANCEL = CancelOrder(MINE, OrderId(7))


def placed() -> OrderReport:
    """Place an order under a name of its own."""
    name = f"n{DESK.engine.exchange.seq}"
    return DESK.engine.enter(changed(ORDER, cl_ord_id=name)).orders[0]


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        (Operation.PLACE_ORDER, changed(ORDER, cl_ord_id="")),
        (Operation.PLACE_ORDER, changed(ORDER, cl_ord_id="Not One Of The Venue's Forms")),
        (Operation.PLACE_ORDER, changed(ORDER, expire_ns=START_NS + 1)),
        (Operation.PLACE_ORDER, changed(ORDER, time_in_force=TimeInForce.IOC, expire_ns=1)),
        (Operation.PLACE_ORDER, changed(ORDER, time_in_force=TimeInForce.GTD, expire_ns=1)),
        (Operation.CANCEL_ORDER, replace(CANCEL, instrument_id=MARKET)),
        (Operation.CANCEL_ORDER, replace(CANCEL, cl_ord_id="one")),
        (Operation.MASS_CANCEL, MassCancel()),
        (Operation.MASS_CANCEL, MassCancel(MINE, tuple(DESK.directory.instruments)[1:3])),
        (Operation.REPLACE_ORDER, ReplaceOrder(MINE, MARKET, OrderId(7), "", "", 1)),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE, MINE))),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE,), limit=101)),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE,), until_ns=1)),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE,), ord_types=())),
        (Operation.LIST_ORDERS, ListOpenOrders((MINE,), exec_types=())),
        (Operation.LIST_FILLS, ListFills((MINE,), limit=0)),
        (Operation.LIST_FILLS, ListFills((MINE,), instrument_ids=(MARKET,))),
        (Operation.LIST_FILLS, ListFills((MINE,), since_ns=1)),
        (Operation.PREVIEW_ORDER, ORDER),
    ],
)
def test_not_expressible(operation: Operation, asked: Any) -> None:
    """The command is refused, and no request is sent."""

    async def never(request: Request) -> Response:
        raise AssertionError(request)

    with pytest.raises(NotExpressible):
        asyncio.run(
            call(
                VENUE, operation, asked, context=DESK.context(), credential=DESK.credential(),
                transport=InProcessTransport(never),
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "text"), [("price", "NaN"), ("size", "x"), ("event_time", "now"), ("fee", "1e99")]
)
def test_unreadable_answer(key: str, text: str) -> None:
    """An unreadable answer is Malformed, so the order's state is unknown."""
    order = show.show_order(placed(), DESK.context())

    async def garbled(request: Request) -> Response:
        return Response(200, codec.encode(changed(order, **{key: text})))

    with pytest.raises(Malformed, match="coinbase-intx answered"):
        asyncio.run(
            call(
                VENUE, Operation.CANCEL_ORDER, CANCEL, context=DESK.context(),
                credential=DESK.credential(), transport=InProcessTransport(garbled),
            )
        )  # fmt: skip


def test_venue_without_the_operation() -> None:
    """A call to nowhere."""
    bare = replace(VENUE, routes=Routes([]))
    with pytest.raises(NotExpressible, match="coinbase-intx has no cancel-order"):
        asyncio.run(
            call(
                bare, Operation.CANCEL_ORDER, CANCEL, context=DESK.context(), credential=None,
                transport=InProcessTransport(DESK.pipeline.handle),
            )
        )  # fmt: skip


def answer_to(target: str) -> Any:
    """Return the decoded reply to a read of alice's."""
    request = Request("GET", target.encode())
    route, _ = VENUE.routes.match("GET", request.path)
    signed = VENUE.auth.sign(request, DESK.credential(), START_NS)
    return codec.decode_reply(route, DESK.answer(signed))


def test_unknown_names() -> None:
    """A symbol or id that is unknown here is Malformed."""
    ctx, nowhere = DESK.context(), {"portfolio_uuid": "elsewhere"}
    order = show.show_order(placed(), ctx)
    portfolio = answer_to("/api/v1/portfolios")[0]
    with pytest.raises(Malformed, match="order names what is not known here"):
        show.read_order(changed(order, symbol="DOGE-PERP"), None, ctx)
    with pytest.raises(Malformed, match="order names what is not known here"):
        show.read_order(changed(order, order_id="elsewhere"), None, ctx)
    with pytest.raises(WireError, match="invalid side"):
        show.read_order(changed(order, side="BOTH"), None, ctx)
    with pytest.raises(Malformed, match="portfolio names what is not known here"):
        account.read_portfolio(replace(portfolio, **nowhere), None, ctx)


def test_holdings_in_unknown_assets() -> None:
    """An unknown asset or market is Malformed."""
    portfolio = answer_to("/api/v1/portfolios")[0].portfolio_uuid
    asked, stray = GetPortfolio(portfolio), GetPortfolio("elsewhere")
    balance = answer_to(f"/api/v1/portfolios/{portfolio}/balances")[0]
    with pytest.raises(Malformed, match="balance names what is not known here"):
        account.read_balance(replace(balance, asset_name="DOGE"), asked, DESK.context())
    with pytest.raises(Malformed, match="request names what is not known here"):
        account.read_balance(balance, stray, DESK.context())


@pytest.mark.parametrize(
    "wrong", [{"base_increment": "x"}, {"open_interest": "NaN"}, {"min_quantity": "0.00001"}]
)
def test_instrument_that_contradicts_itself(wrong: dict[str, str]) -> None:
    """The error names the instrument."""
    one = answer_to("/api/v1/instruments/BTC-PERP")
    with pytest.raises(Malformed, match="BTC-PERP"):
        markets.read_instrument(replace(one, **wrong), None, DESK.context())


def test_instrument_of_unknown_assets() -> None:
    """A client that knows nothing yet gets the fewest digits that are exact."""
    one = answer_to("/api/v1/instruments/BTC-PERP")
    stray = replace(one, base_asset_id="991", quote_asset_id="992")
    known = markets.read_instrument(stray, None, DESK.context()).instrument

    assert (known.notional_minor, known.lot_minor) == (1, 1)
    assert (known.tick_units, known.price_scale, known.qty_scale) == (1, 1, 4)


VANISHING: dict[Operation, Any] = {
    Operation.GET_INSTRUMENT: market_messages.GetInstrument("BTC-PERP"),
    Operation.GET_QUOTE: market_messages.GetQuote("BTC-PERP"),
    Operation.GET_ACCOUNT: GetPortfolio(ids.PORTFOLIO.uuid(MINE)),
}


@pytest.mark.parametrize(
    ("operation", "query"),
    [
        (Operation.GET_INSTRUMENT, GetQuote(InstrumentId(991))),
        (Operation.GET_QUOTE, GetQuote(InstrumentId(991))),
        (Operation.GET_ACCOUNT, GetAccount(AccountId(991))),
    ],
)
def test_account_that_vanished_before_it_was_read_is_not_found(
    operation: Operation, query: Any
) -> None:
    """The exchange answers None."""
    view = DESK.engine.exchange.query(query)
    assert view is None
    message = VANISHING[operation]
    steps = VENUE.routes.of(operation).op.serve(message, DESK.context())
    next(steps)
    with pytest.raises(NotFound):
        steps.send(view)


def test_user_without_a_portfolio() -> None:
    """A request without a key has no portfolio, and one of an owner without accounts has none."""
    for principal in (ANYONE, replace(DESK.context().principal, owner="carol")):
        with pytest.raises(NotFound, match="key has no portfolio"):
            resolve.portfolio_or_default(None, replace(DESK.context(), principal=principal))


def test_first_portfolio_stands_in_for_a_default() -> None:
    """A world need not name one."""
    ctx = DESK.context()
    plain = {i: replace(a, is_default=False) for i, a in ctx.directory.accounts.items()}
    directory = type(ctx.directory)(
        VENUE.name, DESK.engine.exchange.query(GetReferenceData(VENUE.name))
    )
    directory._accounts_by_owner = {"alice": plain}

    assert resolve.portfolio_or_default(None, replace(ctx, directory=directory)) == MINE


def test_fill_with_unknown_ids() -> None:
    """An execution with unknown ids is Malformed."""
    desk = Desk(VENUE)
    desk.engine.enter(ORDER)
    bobs = desk.accounts("bob")[0].account_id
    desk.engine.enter(changed(ORDER, account_id=bobs, side=Side.SELL))
    page = desk.send(Request("GET", b"/api/v1/portfolios/fills"))[1]
    row = VENUE.routes.of(Operation.LIST_FILLS)
    one = codec.decode_reply(row, Response(200, codec.encode(page))).results[0]

    assert fills.read_fill(one, None, desk.context()).last_qty_lots == 1000
    with pytest.raises(Malformed, match="fill names what is not known here"):
        fills.read_fill(replace(one, symbol="DOGE-PERP"), None, desk.context())


@pytest.mark.parametrize(
    ("operation", "query"),
    [
        (
            Operation.LIST_ORDERS,
            ListOpenOrders(
                (MINE,), None, None, None, START_NS, 7, 9, (OrdType.LIMIT,),
                (ExecType.REPLACED, ExecType.RESTATED), False,
            ),
        ),
        (
            Operation.LIST_ORDERS,
            ListOpenOrders((MINE,), ord_types=(OrdType.MARKET,), limit=100, has_trigger=True),
        ),
        (
            Operation.LIST_FILLS,
            ListFills((MINE,), since_ns=START_NS, until_ns=START_NS, offset=7, limit=9),
        ),
    ],
)  # fmt: skip
def test_page_travels_whole(operation: Operation, query: Any) -> None:
    """The exchange is asked for the page that the client asked for."""
    assert first_ask(DESK, operation, query, None) == query
