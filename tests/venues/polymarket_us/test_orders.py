"""
Placing and modifying: what is taken, in which forms, and what becomes of it.

Source: Orders API reference, "Create Order", "Preview Order", "Modify Order"; forms that live bots
send; what these leave open is chosen in the venue's README.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import Raw
from tests.venues.polymarket_us.counter import (
    DAY,
    FOK,
    GENERIC,
    GTC,
    IOC,
    ORDER_NOT_FOUND,
    SYNC,
    Counter,
    executed,
    refusal,
    terms,
)
from tests.venues.polymarket_us.floor import CHAMPION, FED, GAME, dollars

from countermand.server.listener import STOP_TIMEOUT_S
from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.executions import show_executions
from countermand.venues.polymarket_us.messages.orders import ClosePosition, CreateOrder
from countermand.venues.polymarket_us.place import block_ns, serve_place
from countermand.venues.polymarket_us.settings import BLOCK_S_MAX, PolymarketSettings
from countermand.vocabulary.commands import ConfigureAccount
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.queries import GetOrder, ListFills
from countermand.wire import times

GTD = "TIME_IN_FORCE_GOOD_TILL_DATE"


ZEROS = ("ORD_REJECT_REASON_EXCHANGE_OPTION", "UNSOLICITED_CXL_REASON_UNDEFINED")


def test_order_object(counter: Counter) -> None:
    """The documented fields, with null where one does not apply."""
    form = terms("BUY_LONG", "0.55", 100, manualOrderIndicator="MANUAL_ORDER_INDICATOR_AUTOMATIC")
    order_id = counter.create("alice", form)["id"]
    counter.place("bob", "BUY_SHORT", "0.55", 40)
    shown = counter.shown(order_id)
    times = [shown.pop(name) for name in ("insertTime", "createTime", "lastTransactTime")]
    metadata = shown.pop("marketMetadata")

    assert {
        "id": order_id, "marketSlug": GAME, "side": "ORDER_SIDE_BUY", "type": "ORDER_TYPE_LIMIT",
        "price": dollars("0.55"), "quantity": 100, "cumQuantity": 40, "leavesQuantity": 60,
        "tif": GTC, "goodTillTime": None, "intent": "ORDER_INTENT_BUY_LONG",
        "state": "ORDER_STATE_PARTIALLY_FILLED", "avgPx": dollars("0.55"), "cashOrderQty": None,
        "commissionNotionalTotalCollected": dollars("-0.12"), "commissionsBasisPoints": "0",
        "makerCommissionsBasisPoints": "0", "outcomeSide": "OUTCOME_SIDE_YES",
        "action": "ORDER_ACTION_BUY", "manualOrderIndicator": "MANUAL_ORDER_INDICATOR_AUTOMATIC",
    } == shown  # fmt: skip
    assert ("NY vs SA", "NY") == (metadata["title"], metadata["outcome"])
    assert times[0] == times[1] < times[2]


def test_numbers_are_written_exactly(counter: Counter) -> None:
    """A whole quantity is `100`, a fraction `0.07`; no digit passes through a float."""
    whole, part = (counter.place("alice", "BUY_LONG", "0.10", q) for q in (100, "0.07"))

    assert b'"quantity":100,"cumQuantity":0,' in counter.raw(f"/v1/order/{whole}", "alice")[1]
    assert b'"quantity":0.07,"cumQuantity":0,' in counter.raw(f"/v1/order/{part}", "alice")[1]


@pytest.mark.parametrize(
    ("intent", "number", "outcome", "action", "side"),
    [
        ("BUY_LONG", 1, "YES", "BUY", "BUY"),
        ("SELL_LONG", 2, "YES", "SELL", "SELL"),
        ("BUY_SHORT", 3, "NO", "BUY", "SELL"),
        ("SELL_SHORT", 4, "NO", "SELL", "BUY"),
    ],
)
def test_intents(
    counter: Counter, intent: str, number: int, outcome: str, action: str, side: str
) -> None:
    """
    An intent is given by name, by number, or by the pair, which wins; the answer has all three.
    """
    price = "0.10" if side == "BUY" else "0.90"
    pair = {"outcomeSide": f"OUTCOME_SIDE_{outcome}", "action": f"ORDER_ACTION_{action}"}
    other = "SELL_LONG" if intent == "BUY_LONG" else "BUY_LONG"
    for form in (
        terms(intent, price, 1),
        terms(intent, price, 1) | {"intent": number, "type": 1},
        terms(other, price, 1) | pair,
        terms(other, price, 1) | pair | {"intent": None},
    ):
        shown = counter.shown(counter.create("alice", form)["id"])
        expected = (f"ORDER_INTENT_{intent}", f"ORDER_SIDE_{side}", *pair.values(), dollars(price))
        assert expected == tuple(
            shown[name] for name in ("intent", "side", "outcomeSide", "action", "price")
        )


def test_snake_case_and_quoted_numbers(counter: Counter) -> None:
    """Forms that live bots send; unknown fields are dropped."""
    form = {
        "market_slug": GAME, "outcome_side": "OUTCOME_SIDE_YES", "action": "ORDER_ACTION_BUY",
        "type": 1, "price": dollars("0.10"), "quantity": "5", "manual_order_indicator": 2,
        "participate_dont_initiate": True, "clientOrderId": "mine", "timeInForce": GTC,
    }  # fmt: skip
    shown = counter.shown(counter.create("alice", form)["id"])

    # A misspelled time in force is none, and then it is a day order's.
    assert (5, DAY, "MANUAL_ORDER_INDICATOR_AUTOMATIC") == (
        shown["quantity"], shown["tif"], shown["manualOrderIndicator"],
    )  # fmt: skip


def test_surplus_precision_is_floored(counter: Counter) -> None:
    """0.515 is 0.51 and 1.015 is 1.01, without a refusal; each market has its own steps."""
    first = counter.shown(counter.place("alice", "BUY_LONG", "0.515", 1.015))
    fine = counter.shown(counter.place("alice", "BUY_LONG", "0.2519", 1, marketSlug=CHAMPION))
    whole = counter.shown(counter.place("alice", "BUY_LONG", "0.3099", "7.9", marketSlug=FED))

    assert (dollars("0.51"), 1.01) == (first["price"], first["quantity"])
    assert dollars("0.251") == fine["price"]
    assert (dollars("0.305"), 7) == (whole["price"], whole["quantity"])


def test_day_order_stays(counter: Counter) -> None:
    """The order is not canceled at the end of a day."""
    order_id = counter.place("alice", "BUY_LONG", "0.10", 1, tif=DAY)
    counter.pass_time(10 * 86_400)

    assert counter.state(order_id) == "NEW"


def test_synchronous_fill(counter: Counter) -> None:
    """Every execution carries the zero values, and the order as it was after it."""
    counter.place("bob", "BUY_SHORT", "0.55", 4)
    counter.place("bob", "BUY_SHORT", "0.56", 20)
    answer = counter.create("alice", terms("BUY_LONG", "0.56", 10, **SYNC))
    new, part, fill = answer["executions"]

    assert [("NEW", "NEW"), ("PARTIAL_FILL", "PARTIALLY_FILLED"), ("FILL", "FILLED")] == (
        executed(answer)
    )
    assert [ZEROS] * 3 == [
        (one["orderRejectReason"], one["unsolicitedCancelReason"]) for one in answer["executions"]
    ]
    assert ("0", None, "", False) == (
        new["lastShares"], new["lastPx"], new["tradeId"], new["aggressor"],
    )  # fmt: skip
    assert ("4", dollars("0.55"), True) == (part["lastShares"], part["lastPx"], part["aggressor"])
    assert ("6", dollars("0.56")) == (fill["lastShares"], fill["lastPx"])
    assert [(0, 10), (4, 6), (10, 0)] == [
        (one["order"]["cumQuantity"], one["order"]["leavesQuantity"]) for one in (new, part, fill)
    ]
    assert dollars("0.556") == fill["order"]["avgPx"]
    assert counter.shown(answer["id"]) == fill["order"]
    assert len({one["id"] for one in answer["executions"]}) == 3


def test_commission_of_each_fill(counter: Counter) -> None:
    """0.0695 * 3 * 0.55 * 0.45 = 0.051..., of 7 it is 0.120...; fills add up to the order's."""
    counter.place("bob", "BUY_SHORT", "0.55", 3)
    counter.place("bob", "BUY_SHORT", "0.55", 7)
    executions = counter.create("alice", terms("BUY_LONG", "0.55", 10, **SYNC))["executions"]

    total = executions[-1]["order"]["commissionNotionalTotalCollected"]
    assert [dollars("0.00"), dollars("0.05"), dollars("0.12")] == [
        one["commissionNotionalCollected"] for one in executions
    ]
    assert dollars("0.17") == total


@pytest.mark.parametrize("tif", [IOC, FOK])
def test_immediate_order_without_a_match(counter: Counter, tif: str) -> None:
    """The order expires unfilled, and can be read."""
    answer = counter.create("alice", terms("BUY_LONG", "0.55", 10, tif=tif, **SYNC))

    assert [("NEW", "NEW"), ("EXPIRED", "EXPIRED")] == executed(answer)
    assert (0, 0) == (
        answer["executions"][1]["order"]["cumQuantity"],
        answer["executions"][1]["order"]["leavesQuantity"],
    )
    assert counter.state(answer["id"]) == "EXPIRED"


def test_killed_whole_and_filled_in_part(counter: Counter) -> None:
    """FOK trades nothing when it cannot trade all; IOC trades what there is."""
    counter.place("bob", "BUY_SHORT", "0.55", 4)
    killed = counter.create("alice", terms("BUY_LONG", "0.55", 10, tif=FOK, **SYNC))
    partly = counter.create("alice", terms("BUY_LONG", "0.55", 10, tif=IOC, **SYNC))

    assert [("NEW", "NEW"), ("EXPIRED", "EXPIRED")] == executed(killed)
    assert [("NEW", "NEW"), ("PARTIAL_FILL", "PARTIALLY_FILLED"), ("EXPIRED", "EXPIRED")] == (
        executed(partly)
    )
    assert counter.shown(partly["id"])["cumQuantity"] == 4


REJECTED = [
    ({"price": dollars("45")}, "PRICE_OUT_OF_BOUNDS", "High price limit is 0.99"),
    ({"price": dollars("0.001")}, "PRICE_OUT_OF_BOUNDS", "Low price limit is 0.01"),
    ({"price": dollars("-1")}, "PRICE_OUT_OF_BOUNDS", "Low price limit is 0.01"),
    ({"quantity": 0}, "INCORRECT_QUANTITY", "quantity must be positive"),
    ({"quantity": 0.001}, "INCORRECT_QUANTITY", "quantity must be positive"),
    ({"quantity": -5}, "INCORRECT_QUANTITY", "quantity must be positive"),
    ({"marketSlug": "no-such-market"}, "UNKNOWN_MARKET", "instrument not found"),
    (
        {"participateDontInitiate": True, "price": dollars("0.60")},
        "EXCHANGE_OPTION",
        "Order may participate but not initiate in the market",
    ),
    (
        {"participateDontInitiate": True, "tif": IOC},
        "INCORRECT_ORDER_TYPE",
        "instruction not allowed for this order",
    ),
]


@pytest.mark.parametrize(("changes", "reason", "text"), REJECTED)
def test_rejected_by_the_engine(
    counter: Counter, changes: dict[str, Any], reason: str, text: str
) -> None:
    """200 and an id, and the order is rejected: an id is no acceptance."""
    counter.place("bob", "BUY_SHORT", "0.60", 1)
    answer = counter.create("alice", terms("BUY_LONG", "0.40", 10, **SYNC) | changes)
    execution = answer["executions"][0]

    assert [("REJECTED", "REJECTED")] == executed(answer)
    assert (f"ORD_REJECT_REASON_{reason}", text) == (
        execution["orderRejectReason"], execution["text"],
    )  # fmt: skip
    assert counter.shown(answer["id"]) == execution["order"]
    assert execution["order"]["marketSlug"] == changes.get("marketSlug", GAME)
    assert execution["order"]["leavesQuantity"] == 0


def test_order_in_an_unknown_market_is_told_as_sent(counter: Counter) -> None:
    """The steps of an unknown market are unknown too."""
    form = terms("BUY_SHORT", "0.12345", 1.5, marketSlug="no-such-market")
    shown = counter.shown(counter.create("alice", form)["id"])

    assert (dollars("0.12345"), 1.5, "ORDER_INTENT_BUY_SHORT") == (
        shown["price"], shown["quantity"], shown["intent"],
    )  # fmt: skip


def test_self_match_is_rejected(counter: Counter) -> None:
    """Buying YES and NO at prices that meet; the resting order stays."""
    resting = counter.place("alice", "BUY_LONG", "0.60", 1)
    answer = counter.create("alice", terms("BUY_SHORT", "0.60", 1, **SYNC))

    assert "Self Match Prevention" == answer["executions"][0]["text"]
    assert ("NEW", "REJECTED") == (counter.state(resting), counter.state(answer["id"]))


def test_closed_market(counter: Counter) -> None:
    """Rejected: the exchange is closed."""
    counter.become(TradingState.HALTED)
    answer = counter.create("alice", terms("BUY_LONG", "0.40", 1, **SYNC))

    execution = answer["executions"][0]
    assert ("ORD_REJECT_REASON_EXCHANGE_CLOSED", "Book is CLOSED") == (
        execution["orderRejectReason"], execution["text"],
    )  # fmt: skip


def test_market_that_opens(counter: Counter) -> None:
    """A market that opens takes orders that cannot trade, and is closed to others."""
    counter.become(TradingState.POST_ONLY)
    answer = counter.create("alice", terms("BUY_LONG", "0.40", 1, **SYNC))

    execution = answer["executions"][0]
    assert ("EXECUTION_TYPE_REJECTED", "ORD_REJECT_REASON_EXCHANGE_CLOSED") == (
        execution["type"], execution["orderRejectReason"],
    )  # fmt: skip


def test_order_without_the_money(counter: Counter) -> None:
    """400 with the generic text; no order is shown."""
    counter.keep_only("alice", 10)
    status, body = counter.post("/v1/orders", terms("BUY_LONG", "0.50", 21))

    assert (400, GENERIC) == (status, body["message"])
    assert {"orders": []} == counter.get("/v1/orders/open", "alice")[1]
    assert counter.place("alice", "BUY_LONG", "0.50", 19)


def test_unfunded_orders_are_canceled_unsolicited(counter: Counter) -> None:
    """The orders of an account that lost its money are canceled, with the reason."""
    order_id = counter.place("alice", "BUY_LONG", "0.50", 100)
    counter.keep_only("alice", 10)

    assert counter.state(order_id) == "CANCELED"
    assert "UNSOLICITED_CXL_REASON_EXCHANGE_OPTION" == last_of(counter, order_id)


def test_order_that_lost_its_cover_is_canceled_unsolicited(counter: Counter) -> None:
    """The account may only reduce, and the shares it sells are sold already."""
    account = counter.desk.accounts()[0].account_id
    counter.place("bob", "BUY_SHORT", "0.50", 10)
    counter.place("alice", "BUY_LONG", "0.50", 10)
    counter.desk.engine.enter(ConfigureAccount(account, reduce_only=True))
    order_id = counter.place("alice", "SELL_LONG", "0.70", 10)
    counter.place("bob", "BUY_LONG", "0.40", 5)
    counter.place("alice", "SELL_LONG", "0.40", 5)

    assert "UNSOLICITED_CXL_REASON_EXCHANGE_OPTION" == last_of(counter, order_id)


def test_executions_are_as_old_as_their_order(counter: Counter) -> None:
    """A fill that came after the order was looked at is told when it is looked at again."""
    order_id = counter.place("alice", "BUY_LONG", "0.50", 10)
    account, number = counter.desk.accounts()[0].account_id, ids.parse_order(order_id)
    assert number is not None
    counter.place("bob", "BUY_SHORT", "0.50", 4)
    query = counter.desk.engine.exchange.query
    report = query(GetOrder(account, number))
    counter.place("bob", "BUY_SHORT", "0.50", 3)
    fills = query(ListFills((account,), number))
    told = show_executions(report, fills, counter.desk.context())

    assert len(fills) == 2
    assert [("EXECUTION_TYPE_NEW", "0"), ("EXECUTION_TYPE_PARTIAL_FILL", "4")] == [
        (one.type, one.last_shares) for one in told
    ]


@pytest.mark.parametrize(
    ("asked", "seconds"), [(None, 10), (0, 10), (3, 3), (10, 10), (11, 10), (99_999, 10)]
)
def test_block_time_is_capped(counter: Counter, asked: int | None, seconds: int) -> None:
    """A synchronous request waits ten seconds at most and by default; others do not wait."""
    ctx = counter.desk.context()
    for form in (CreateOrder, ClosePosition):
        waits = form(synchronous_execution=True, max_block_time=asked)
        assert seconds * times.S == block_ns(waits, ctx)

    resting = terms("BUY_LONG", "0.40", 1, maxBlockTime=asked)
    steps = serve_place(msgspec.convert(resting, CreateOrder), ctx)
    receipt = counter.desk.engine.enter(next(steps))
    with pytest.raises(StopIteration):
        steps.send(receipt)


@pytest.mark.parametrize("seconds", [-1, 11, 3600])
def test_block_time_of_a_world(seconds: int) -> None:
    """No longer than a server that stops has for its last answers."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"block_s_max": seconds}, PolymarketSettings)
    assert BLOCK_S_MAX <= STOP_TIMEOUT_S


def last_of(counter: Counter, order_id: str) -> str:
    """Return why the last execution of an order says it was canceled without being asked."""
    account, number = counter.desk.accounts()[0].account_id, ids.parse_order(order_id)
    assert number is not None
    report = counter.desk.engine.exchange.query(GetOrder(account, number))
    told = show_executions(report, (), counter.desk.context())
    assert ["EXECUTION_TYPE_NEW", "EXECUTION_TYPE_CANCELED"] == [one.type for one in told]
    return told[-1].unsolicited_cancel_reason


def test_cancel_that_was_asked_for(counter: Counter) -> None:
    """Carries the zero value, as fills do."""
    order_id = counter.place("alice", "BUY_LONG", "0.50", 100)
    counter.cancel(order_id)

    assert "UNSOLICITED_CXL_REASON_UNDEFINED" == last_of(counter, order_id)


def test_no_intent_without_money_for_it(counter: Counter) -> None:
    """A NO buyer at YES price p pays 1 - p a contract."""
    counter.keep_only("alice", 100)
    status, body = counter.post("/v1/orders", terms("BUY_SHORT", "0.10", 112))

    assert (400, GENERIC) == (status, body["message"])
    assert counter.place("alice", "BUY_SHORT", "0.10", 109)


MALFORMED = [
    ({"marketSlug": None}, "marketSlug is required"),
    ({"marketSlug": ""}, "marketSlug is required"),
    ({"marketSlug": 7}, "invalid marketSlug"),
    ({"marketSlug": "x" * 257}, "invalid marketSlug: is too long"),
    ({"marketSlug": "no-such-market", "quantity": 10**50}, "invalid quantity: is no amount"),
    ({"quantity": Raw(b"0." + b"1" * 100)}, "invalid quantity: is no amount"),
    ({"intent": None}, "intent is required"),
    ({"outcomeSide": "OUTCOME_SIDE_NO"}, "action is required"),
    ({"action": "ORDER_ACTION_SELL"}, "outcomeSide is required"),
    ({"action": "garbage"}, "outcomeSide is required"),
    ({"intent": None, "outcomeSide": "OUTCOME_SIDE_YES"}, "action is required"),
    ({"intent": None, "action": "ORDER_ACTION_BUY"}, "outcomeSide is required"),
    ({"intent": 9}, "invalid intent"),
    ({"intent": "BUY_LONG"}, "invalid intent"),
    ({"outcomeSide": "YES", "action": "ORDER_ACTION_BUY"}, "invalid outcomeSide"),
    ({"outcomeSide": "OUTCOME_SIDE_YES", "action": "BUY"}, "invalid action"),
    ({"type": "LIMIT"}, "invalid type"),
    ({"type": None, "price": None}, "type is required"),
    ({"price": None}, "price is required"),
    ({"price": "0.5"}, "invalid price"),
    ({"price": {"currency": "USD"}}, "value is required"),
    ({"price": {"value": "0.5"}}, "currency is required"),
    ({"price": {"value": "0.5", "currency": None}}, "invalid price.currency"),
    ({"price": {"value": 0.5}}, "invalid price.value"),
    ({"price": dollars("1_0")}, "invalid price.value: must be a plain number"),
    ({"price": dollars("NaN")}, "invalid price.value: must be a plain number"),
    ({"price": {"value": "0.5", "currency": "EUR"}}, "invalid price.currency: must be USD"),
    ({"quantity": None}, "quantity is required"),
    ({"quantity": "1_0"}, "invalid quantity: must be a plain number"),
    ({"quantity": " 5"}, "invalid quantity: must be a plain number"),
    ({"quantity": [5]}, "invalid quantity"),
    ({"quantity": True}, "invalid quantity"),
    ({"quantity": 10**30}, "invalid quantity: is no amount"),
    ({"cashOrderQty": dollars("5")}, "invalid cashOrderQty: does not go together with quantity"),
    (
        {"cashOrderQty": dollars("5"), "quantity": None},
        "invalid cashOrderQty: applies to market orders only",
    ),
    ({"tif": "GTC"}, "invalid tif"),
    ({"tif": 1}, "invalid tif"),
    ({"tif": GTD}, "goodTillTime is required"),
    ({"tif": GTD, "goodTillTime": "tomorrow"}, "invalid goodTillTime: must be an ISO-8601 time"),
    (
        {"tif": GTD, "goodTillTime": "2027-01-15T08:00:00Z"},
        "invalid goodTillTime: must be in the future",
    ),
    (
        {"goodTillTime": "2028-01-15T08:00:00Z"},
        "invalid goodTillTime: applies to good-till-date orders only",
    ),
    ({"participateDontInitiate": "yes"}, "invalid participateDontInitiate"),
    ({"manualOrderIndicator": "AUTO"}, "invalid manualOrderIndicator"),
    ({"synchronousExecution": 1}, "invalid synchronousExecution"),
    ({"maxBlockTime": -1}, "invalid maxBlockTime: must not be negative"),
    ({"maxBlockTime": "soon"}, "invalid maxBlockTime"),
    (
        {"slippageTolerance": {"currentPrice": dollars("0.5"), "ticks": 1}},
        "invalid slippageTolerance: applies to market orders only",
    ),
]


@pytest.mark.parametrize(("changes", "text"), MALFORMED)
def test_malformed(counter: Counter, changes: dict[str, Any], text: str) -> None:
    """400 with code 3 names the field, alone, in a preview and in a batch; nothing is placed."""
    form = terms("BUY_LONG", "0.40", 10) | changes
    good = terms("BUY_LONG", "0.40", 10)

    assert refusal(counter.post("/v1/orders", form)).startswith(text)
    for path, body in (
        ("/v1/order/preview", {"request": form}),
        ("/v1/orders/batched", {"orders": [good, form]}),
    ):
        field = (
            text.removesuffix(" is required").removeprefix("invalid ").partition(" ")[0].rstrip(":")
        )
        assert field in refusal(counter.post(path, body))
    assert {"orders": []} == counter.get("/v1/orders/open", "alice")[1]


def test_preview_of_nothing(counter: Counter) -> None:
    """The order is nested; a flat one is not seen."""
    form = terms("BUY_LONG", "0.40", 1)

    assert "request is required" == refusal(counter.post("/v1/order/preview", form))


@pytest.mark.parametrize("order_id", ["C60JWBG0WKDK", "NOSUCHORDER1", "preview"])
def test_get_unknown_order(counter: Counter, order_id: str) -> None:
    """404, whether the text could be an id or not."""
    assert (404, ORDER_NOT_FOUND) == counter.get(f"/v1/order/{order_id}", "alice")


def test_get_order_of_another(counter: Counter) -> None:
    """The order is unknown to the user."""
    order_id = counter.place("alice", "BUY_LONG", "0.40", 1)

    assert (404, ORDER_NOT_FOUND) == counter.get(f"/v1/order/{order_id}", "bob")


def test_open_orders_with_the_latest_event_first(counter: Counter) -> None:
    """A fill brings an order to the front."""
    first, second, third = (
        counter.place("alice", "BUY_LONG", p, 2) for p in ("0.42", "0.41", "0.40")
    )
    counter.place("bob", "BUY_SHORT", "0.42", 1)
    listed = counter.get("/v1/orders/open", "alice")[1]["orders"]

    assert [first, third, second] == [one["id"] for one in listed]


@pytest.mark.parametrize(
    ("intent", "price", "net"), [("SELL_LONG", "0.30", "-5.0000"), ("SELL_SHORT", "0.30", "5.0000")]
)
def test_selling_what_is_not_held(counter: Counter, intent: str, price: str, net: str) -> None:
    """Opens the other outcome, as the one book makes it."""
    counter.place("bob", "BUY_LONG" if intent == "SELL_LONG" else "BUY_SHORT", price, 5)
    counter.place("alice", intent, price, 5)
    positions = counter.get("/v1/portfolio/positions", "alice")[1]["positions"]

    assert net == positions[GAME]["netPositionDecimal"]


def test_preview_of_what_would_be_rejected(counter: Counter) -> None:
    """400 with code 9 and the reason; funds are not told of, as when placing."""
    counter.keep_only("alice", 10)
    for form, text in (
        (terms("BUY_LONG", "45", 1), "price is outside the price band"),
        (terms("BUY_LONG", "0.5", 1000), GENERIC),
    ):
        status, body = counter.post("/v1/order/preview", {"request": form})
        assert (400, 9, text) == (status, body["code"], body["message"])


def test_batch_is_taken_one_by_one(counter: Counter) -> None:
    """A rejected order has an id among the others, one without funds too."""
    counter.keep_only("alice", 10)
    forms = [terms("BUY_LONG", price, 10) for price in ("0.40", "45", "0.99", "0.30")]
    status, body = counter.post("/v1/orders/batched", {"orders": forms})
    ids = body["createdOrderIds"]

    assert (200, 4) == (status, len(set(ids)))
    assert ["NEW", "REJECTED", "REJECTED", "NEW"] == [counter.state(one) for one in ids]


@pytest.mark.parametrize("path", ["/v1/orders/batched", "/v1/orders/batched/modify"])
def test_batch_without_orders(counter: Counter, path: str) -> None:
    """400."""
    assert "orders is required" == refusal(counter.post(path, {}))
    assert "invalid orders" == refusal(counter.post(path, {"orders": []}))
