"""Which waiting commands could change what a query is answered."""

from __future__ import annotations

import pytest
from tests.core.build import ALICE, SPOT, USDC
from tests.engine.desk import cancel, order

from countermand.engine.touching import account_of, accounts_of, touches
from countermand.vocabulary.commands import (
    AdvanceTime,
    CancelOrder,
    Command,
    DepositFunds,
    MassCancel,
    RecordRejected,
    ReplaceList,
    ReplaceOrder,
    SetTradingState,
    StageOrder,
    SubmitOrder,
)
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.queries import (
    GetAccount,
    GetOrder,
    GetQuote,
    GetReferenceData,
    ListOpenOrders,
    PreviewOrder,
    Query,
)
from countermand.vocabulary.reasons import RejectReason

BY_ID, BY_NAME = GetOrder(ALICE, OrderId(7)), GetOrder(ALICE, OrderId(0), "mine")
REASON = RejectReason.INSUFFICIENT_FUNDS
BY_HASH = GetOrder(ALICE, OrderId(0), "", "hash")


def replacing(order_id: int, cl_ord_id: str = "") -> ReplaceOrder:
    """A replacement."""
    return ReplaceOrder(ALICE, SPOT, OrderId(order_id), cl_ord_id, "")


@pytest.mark.parametrize(
    ("command", "query", "is_so"),
    [
        (order(cl_ord_id="mine"), BY_NAME, True),
        (order(cl_ord_id="other"), BY_NAME, False),
        (order(secondary_cl_ord_id="hash"), BY_HASH, True),
        (order(), BY_ID, False),
        (cancel(7), BY_ID, True),
        (cancel(8), BY_ID, False),
        (cancel(7), BY_NAME, False),
        (CancelOrder(ALICE, OrderId(0), "mine"), BY_NAME, True),
        (replacing(7), BY_ID, True),
        (replacing(8), BY_ID, False),
        (replacing(8), BY_NAME, True),
        (replacing(0, "mine"), BY_ID, True),
        (ReplaceList(ALICE, (replacing(6), replacing(7))), BY_ID, True),
        (ReplaceList(ALICE, (replacing(8), replacing(9))), BY_ID, False),
        (MassCancel(ALICE), BY_NAME, True),
        (DepositFunds(ALICE, USDC, 1), BY_NAME, False),
        (StageOrder(order(), 1), BY_ID, False),
        (SubmitOrder(ALICE, OrderId(8)), BY_ID, False),
        (RecordRejected(ALICE, order(secondary_cl_ord_id="hash").terms, REASON), BY_HASH, True),
        (RecordRejected(ALICE, order().terms, REASON), BY_HASH, False),
        (SubmitOrder(ALICE, OrderId(7)), BY_ID, True),
        (StageOrder(order(), 1), BY_NAME, False),
        (cancel(8), ListOpenOrders((ALICE,)), True),
        (DepositFunds(ALICE, USDC, 1), GetAccount(ALICE), True),
    ],
)
def test_touches(command: Command, query: Query, is_so: bool) -> None:
    """An order asked for by name waits for what is about it; a list waits for everything."""
    assert is_so is touches(command, query)


@pytest.mark.parametrize(
    ("command", "account_id"),
    [
        (order(), ALICE),
        (cancel(1), ALICE),
        (StageOrder(order(), 1), ALICE),
        (MassCancel(), None),
        (SetTradingState(SPOT, TradingState.HALTED), None),
        (AdvanceTime(), None),
    ],
)
def test_account_of(command: Command, account_id: AccountId | None) -> None:
    """The market's commands, and those about every account, have none."""
    assert account_id == account_of(command)


@pytest.mark.parametrize(
    ("query", "account_ids"),
    [
        (BY_ID, (ALICE,)),
        (ListOpenOrders((ALICE, AccountId(9))), (ALICE, AccountId(9))),
        (PreviewOrder(order()), (ALICE,)),
        (GetQuote(SPOT), ()),
        (GetReferenceData(), ()),
    ],
)
def test_accounts_of(query: Query, account_ids: tuple[AccountId, ...]) -> None:
    """A query of accounts touches these, and one of a market none."""
    assert account_ids == accounts_of(query)
