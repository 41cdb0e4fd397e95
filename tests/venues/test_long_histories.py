"""
An account with a million closed orders and a million fills: a list costs what its page costs.

The history here makes its records up as they are read, and counts them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from msgspec.structs import replace
from tests.venues.desk import START_NS, Desk

from countermand.core.history import Dropped
from countermand.venues import VENUES
from countermand.vocabulary.ids import MatchId, OrderId
from countermand.vocabulary.order import (
    ExecType,
    OrderTerms,
    OrdStatus,
    OrdType,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.queries import ListFills, ListOrders
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.wire.http import Request

RECORDS = 1_000_000

# What a list that is filtered or sorted may look at, and a little for what it shows beside.
READ_MAX = 5_500

LISTS = {
    "deltadefi": ["/accounts/trades?symbol=ADAUSDM", "/accounts/trade-orders?symbol=ADAUSDM"],
    "autoshares": [
        "/api/v1.0/accounts/{account}/orders",
        "/api/v1.0/accounts/{account}/orders?filter=Quantity%20=%201",
        "/api/v1.0/accounts/{account}/orders?sortField=Quantity",
        "/api/v1.0/accounts/{account}/transactions?pageNumber=0&pageSize=9&sortBy=Id&isDesc=true",
    ],
    "coinbase-intx": ["/api/v1/portfolios/fills"],
    "loopring": [
        "/api/v3/user/trades?accountId={account}",
        "/api/v3/user/trades?accountId={account}&fromId=9",
    ],
    "polymarket-us": [
        "/v1/portfolio/activities",
        "/v1/portfolio/activities?sortOrder=SORT_ORDER_ASCENDING",
    ],
}
CASES = [(venue, target) for venue, targets in LISTS.items() for target in targets]


class Long(Dropped):
    """A history of one account on one market, without end."""

    def __init__(self, desk: Desk) -> None:
        self.account = desk.accounts()[0]
        markets = list(desk.directory.instruments.values())
        self._market = next((one for one in markets if one.symbol == "ADAUSDM"), markets[0])
        self.taken = 0

    def count(self, query: ListOrders) -> int:
        """Return how many closed orders there are."""
        return RECORDS

    def count_fills(self, query: ListFills) -> int:
        """Return how many fills there are."""
        return RECORDS

    def orders(self, query: ListOrders, passed: int = 0) -> Iterator[OrderReport]:
        """Yield closed orders, and count them."""
        for number in count(1 + passed):
            self.taken += 1
            yield self._order(number)

    def fills(self, query: ListFills) -> Iterator[Fill]:
        """Yield fills, and count them."""
        if query.order_id is not None:
            return
        for number in count(1):
            self.taken += 1
            yield self._fill(number)

    def _order(self, number: int) -> OrderReport:
        terms = OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 1000, 1000)
        ids = (OrderId(number), self.account.account_id, self._market.instrument_id)
        now = OrderReport(*ids, f"0x{number:064x}", terms, Standing.CLOSED, OrdStatus.CANCELED)
        times = START_NS - number, START_NS
        how = {"exec_type": ExecType.CANCELED, "cancel_reason": CancelReason.REQUESTED}
        return replace(now, submit_ns=times[0], transact_ns=times[1], **how)

    def _fill(self, number: int) -> Fill:
        now = self._order(number)
        ids = (MatchId(number << 32), now.order_id, now.account_id, now.instrument_id)
        rest = (True, 1000, 1000, 0, 1000, 1_000_000, START_NS - number)
        return Fill(*ids, now.cl_ord_id, now.terms, *rest)


def test_every_venue_has_its_lists_here() -> None:
    """A venue that is added is asked too."""
    assert [*VENUES] == [*LISTS]


@pytest.mark.parametrize(("venue", "target"), CASES)
def test_a_list_reads_no_more_than_it_looks_at(venue: str, target: str) -> None:
    """However long the history is that it is a part of."""
    desk = Desk(VENUES[venue])
    history = desk.engine.exchange.history = Long(desk)
    account = history.account
    account_text = account.name if venue == "loopring" else account.account_id
    path, _, query = target.format(account=account_text).partition("?")

    status, page = desk.send(Request("GET", path.encode(), query.encode()))

    assert (200, True) == (status, bool(page)), page
    assert 0 < history.taken <= READ_MAX
