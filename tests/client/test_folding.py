"""The fold of an account's orders: late, doubled and reordered pictures come to the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.venues.desk import Desk

from countermand.client.events import Filled, Gone, OrderEvent, OrderUpdated
from countermand.client.folding import Orders
from countermand.client.session import Session
from countermand.venues import VENUES
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    OrderTerms,
    OrdStatus,
    OrdType,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reports import OrderReport
from countermand.wire.client_end import Learned

LOTS = 1000


class Account:
    """An account of Polymarket's demo, and pictures of one order of it."""

    def __init__(self) -> None:
        self.desk = Desk(VENUES["polymarket-us"])
        session = Session(self.desk.venue, self.desk.credential())
        data = self.desk.engine.view(GetReferenceData(self.desk.venue.name))
        session.learn(Learned(data, self.desk.settings))
        self.fold = Orders(session)
        self.one = next(iter(self.desk.directory.instruments.values()))
        self.notional = self.one.notional_of(50, 1)

    def picture(self, cum: int, status: OrdStatus, at: int = 0, lots: int = LOTS) -> OrderReport:
        """Return the order when so much of it had traded at a price of 50 ticks."""
        is_open = status in (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)
        return OrderReport(
            OrderId(7),
            self.desk.accounts()[0].account_id,
            self.one.instrument_id,
            "",
            OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, lots, price_ticks=50),
            Standing.RESTING if is_open else Standing.CLOSED,
            ord_status=status,
            leaves_qty_lots=lots - cum if is_open else 0,
            cum_qty_lots=cum,
            cum_notional_minor=self.notional * cum,
            transact_ns=at,
        )

    def take(self, pictures: Iterable[OrderReport]) -> list[OrderEvent]:
        """Fold pictures, and return what is told."""
        return [event for picture in pictures for event in self.fold.apply(picture)]


@pytest.fixture
def account() -> Account:
    """An account without orders."""
    return Account()


def lives(account: Account) -> list[OrderReport]:
    """Return the pictures of an order that traded twice and was canceled."""
    return [
        account.picture(0, OrdStatus.NEW, 1),
        account.picture(200, OrdStatus.PARTIALLY_FILLED, 2),
        account.picture(500, OrdStatus.PARTIALLY_FILLED, 3),
        account.picture(500, OrdStatus.CANCELED, 4),
    ]


def filled(told: Iterable[OrderEvent]) -> Decimal:
    """Return what traded, by what was told."""
    return sum((each.last_qty for each in told if isinstance(each, Filled)), Decimal(0))


def test_each_picture_is_told_once(account: Account) -> None:
    """Doubled ones tell nothing; a fill says what traded since, and at what price."""
    told = account.take(picture for each in lives(account) for picture in (each, each))

    assert ["OrderUpdated", "Filled", "OrderUpdated", "Filled", "OrderUpdated", "OrderUpdated"] == [
        type(each).__name__ for each in told
    ]
    first = next(each for each in told if isinstance(each, Filled))
    lot = Decimal(str(first.order.order_qty)) / LOTS
    assert (200 * lot, Decimal("0.5")) == (first.last_qty, first.last_px)
    assert {} == account.fold.open


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_any_order_of_pictures_comes_to_the_same(account: Account, order: tuple[int, ...]) -> None:
    """The order is over, and all that traded was told, once."""
    pictures = lives(account)
    told = account.take(pictures[at] for at in order)
    last = [each for each in told if isinstance(each, OrderUpdated)][-1]

    assert not account.fold.open
    assert (last.order.cum_qty, "canceled") == (filled(told), last.order.ord_status)


def test_a_cancel_told_before_the_last_fill_does_not_undo_it(account: Account) -> None:
    """The fill is told, and the order stays canceled."""
    told = account.take(
        [
            account.picture(0, OrdStatus.NEW, 1),
            account.picture(0, OrdStatus.CANCELED, 3),
            account.picture(300, OrdStatus.PARTIALLY_FILLED, 2),
        ]
    )
    assert isinstance(told[-2], Filled)
    assert ("canceled", False) == (told[-1].order.ord_status, told[-1].order.is_open)  # type: ignore[union-attr]


def test_a_replacement_is_told_though_nothing_traded(account: Account) -> None:
    """New terms make an event; the same terms again make none."""
    new = account.picture(0, OrdStatus.NEW, 1)
    smaller = account.picture(0, OrdStatus.NEW, 2, lots=LOTS // 2)
    told = account.take([new, smaller, replace(smaller, transact_ns=3), new])
    assert 2 == len(told)


def test_an_order_that_is_gone_is_told_once(account: Account) -> None:
    """The venue does not say what became of it."""
    account.fold.begin(account.picture(0, OrdStatus.NEW, 1))
    [name] = account.fold.open
    assert [Gone] == [type(each) for each in account.fold.lose(name)]
    assert [] == list(account.fold.lose(name))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=20))
def test_a_fill_is_told_once(order: list[int]) -> None:
    """Doubled and late pictures of an order add no quantity to its fills."""
    account = Account()
    pictures = lives(account)
    told = account.take(pictures[at] for at in order)
    most = max((pictures[at].cum_qty_lots for at in order), default=0)
    updates = [each.order for each in told if isinstance(each, OrderUpdated)]
    whole = updates[-1].order_qty if updates else Decimal(0)
    assert whole * most / LOTS == filled(told)
