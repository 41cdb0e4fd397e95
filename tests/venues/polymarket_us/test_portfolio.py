"""
What an account has and what happened to it: balances, positions, activities.

Vectors: examples of the Portfolio and Account API references; where a number is not in one, it is
worked out beside the assertion.
"""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.polymarket_us.floor import CHAMPION, FED, GAME, Floor, dollars, told

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.venues.polymarket_us import account, positions
from countermand.venues.polymarket_us.messages import accounts as m
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetAccount, ListFills
from countermand.vocabulary.reports import AccountSummary
from countermand.wire.conversation import Nothing
from countermand.wire.errors import Malformed, NotExpressible, NotFound
from countermand.wire.operation import Operation
from countermand.wire.times import MS, S, iso_ns

BALANCES = "/v1/account/balances"
POSITIONS = "/v1/portfolio/positions"
ACTIVITIES = "/v1/portfolio/activities"


@pytest.fixture
def traded(floor: Floor) -> Floor:
    """The example of the documents: alice's resting order bought 40 at 0.55, of bob."""
    floor.buy("alice", "40", "0.55")
    floor.sell("bob", "40", "0.55")
    return floor


def balance(floor: Floor, owner: str = "alice") -> dict[str, Any]:
    """Return a user's dollars."""
    status, body = floor.get(BALANCES, owner)
    assert status == 200, body
    (only,) = body["balances"]
    return dict(only)


def position(floor: Floor, owner: str = "alice", slug: str = GAME) -> dict[str, Any]:
    """Return a position of a user."""
    return dict(floor.get(POSITIONS, owner)[1]["positions"][slug])


def trades(floor: Floor, query: str = "", owner: str = "alice") -> list[tuple[str, str]]:
    """Return market and quantity of the activities on a page."""
    status, body = floor.get(f"{ACTIVITIES}?{query}", owner)
    assert status == 200, body
    return [(a["trade"]["marketSlug"], a["trade"]["qtyDecimal"]) for a in body["activities"]]


@pytest.mark.parametrize("path", [BALANCES, POSITIONS, ACTIVITIES, "/v1/rfqs/trades"])
def test_nothing_is_shown_unsigned(floor: Floor, path: str) -> None:
    """401, and a signature opens it."""
    assert (401, 16) == (floor.get(path)[0], floor.get(path)[1]["code"])
    assert 200 == floor.get(path, "alice")[0]


# --- balances


def test_balance_of_the_documents(floor: Floor) -> None:
    """A thousand dollars with an order for 100 at 0.55: 945 are left to buy with."""
    floor.keep_only("alice", 1000)
    changed = iso_ns(floor.desk.engine.exchange.ts_ns)
    floor.buy("alice", "100", "0.55")

    assert {
        "currentBalance": 1000.0, "currency": "USD", "lastUpdated": changed,
        "buyingPower": 945.0, "assetNotional": 0, "assetAvailable": 0, "pendingCredit": 0,
        "openOrders": 55.0, "unsettledFunds": 0, "pendingWithdrawals": [], "marginRequirement": 0,
        "balanceReservation": 0,
    } == balance(floor)  # fmt: skip


def test_balance_is_exact(floor: Floor) -> None:
    """0.01 contracts at 0.001 lock a thousandth of a cent, digit for digit."""
    floor.keep_only("alice", 1)
    floor.buy("alice", "0.01", "0.001", CHAMPION)
    raw = floor.raw(BALANCES, "alice")[1]

    assert b'"openOrders":0.00001,' in raw
    assert b'"buyingPower":0.99999,' in raw


def test_no_order_locks_its_complement(floor: Floor) -> None:
    """To buy 100 NO while YES is at 0.55 locks 45 dollars, without a debt."""
    floor.sell("bob", "100", "0.55")
    held = balance(floor, "bob")

    assert (45, 0) == (held["openOrders"], held["marginRequirement"])


def test_short_position_holds_its_payout(traded: Floor) -> None:
    """
    Bob got 22 dollars for YES and keeps 40 for its holder; the fee is 0.0695 * 40 * 0.55 * 0.45.
    """
    held = balance(traded, "bob")

    assert (10_000_021.31, 40, 0) == (
        held["currentBalance"], held["marginRequirement"], held["openOrders"],
    )  # fmt: skip
    assert 9_999_981.31 == held["buyingPower"]


@pytest.mark.parametrize("owner", ["alice", "bob"])
def test_buying_power_is_what_the_documents_say(traded: Floor, owner: str) -> None:
    """Balance and assets, less open orders, less margin; with orders on both sides too."""
    traded.buy(owner, "10", "0.40")
    traded.sell(owner, "100", "0.70")
    raw = traded.raw(BALANCES, owner)[1]
    (held,) = json.loads(raw, parse_float=Decimal)["balances"]

    assert held["buyingPower"] == (
        held["currentBalance"] + held["assetAvailable"] - held["openOrders"]
        - held["marginRequirement"]
    )  # fmt: skip
    assert held["openOrders"] > 0


def test_canceled_order_frees_everything(floor: Floor) -> None:
    """The hold is freed to the last unit."""
    before = balance(floor)
    placed = floor.buy("alice", "33.33", "0.37")
    assert before != balance(floor)
    floor.desk.engine.enter(CancelOrder(placed.account_id, placed.order_id))

    assert before == balance(floor)


def test_account_without_a_cent_has_a_balance(floor: Floor) -> None:
    """Clients take the first one without looking."""
    nothing = AccountSummary(floor.desk.accounts()[0], (), (), 0)
    conversation = account.serve_balances(Nothing(), floor.desk.context())
    (only,) = told(conversation, nothing).balances

    assert ("USD", b"0", b"0") == (
        only.currency, bytes(only.current_balance), bytes(only.buying_power),
    )  # fmt: skip


def test_balance_was_updated_when_it_last_changed(floor: Floor) -> None:
    """A trade changes the time, and an order that rests does not."""

    def updated() -> str:
        return str(floor.get("/v1/account/balances", "alice")[1]["balances"][0]["lastUpdated"])

    first = updated()
    floor.desk.clock.ns += S
    floor.buy("alice", "5", "0.40")
    assert first == updated()

    floor.sell("bob", "5", "0.40")
    traded = updated()
    floor.desk.clock.ns += S
    assert first < traded == updated()


# --- positions


def test_position_of_the_documents(traded: Floor) -> None:
    """Every field of the documented example is there with its value."""
    held = position(traded)
    moment, metadata = held.pop("updateTime"), held.pop("marketMetadata")
    fees = held.pop("fees")

    assert {
        "netPosition": "40", "netPositionDecimal": "40.0000", "qtyBought": "40",
        "qtyBoughtDecimal": "40.0000", "qtySold": "0", "qtySoldDecimal": "0.0000",
        "bodPosition": "0", "bodPositionDecimal": "0.0000", "qtyAvailable": "40",
        "qtyAvailableDecimal": "40.0000", "cost": dollars("22.00"), "realized": dollars("0.00"),
        "cashValue": dollars("0.00"), "expired": False,
    } == held  # fmt: skip
    assert {"slug": GAME, "title": "NY vs SA", "outcome": "NY"} == {
        name: metadata[name] for name in ("slug", "title", "outcome")
    }
    assert moment.startswith("2027-01-15T08:00:00.")
    # The maker is paid 0.0125 * 40 * 0.55 * 0.45 = 0.12375, to the cent.
    assert dollars("-0.12") == fees


def test_short_position_holds_no(traded: Floor) -> None:
    """Below zero; NO cost what YES did not: 40 * (1 - 0.55)."""
    held = position(traded, "bob")

    assert ("-40", "-40.0000", "40.0000", "0.0000", "-40.0000") == (
        held["netPosition"], held["netPositionDecimal"], held["qtySoldDecimal"],
        held["qtyBoughtDecimal"], held["qtyAvailableDecimal"],
    )  # fmt: skip
    assert (dollars("18.00"), dollars("0.00"), dollars("0.69")) == (
        held["cost"], held["cashValue"], held["fees"],
    )  # fmt: skip
    assert "SA" == held["marketMetadata"]["outcome"]


def test_profit_that_is_not_realized(traded: Floor) -> None:
    """YES went from 0.55 to 0.60: 40 contracts gained two dollars, or lost them."""
    traded.buy("bob", "1", "0.60", GAME)
    traded.sell("alice", "1", "0.60")

    assert dollars("1.95") == position(traded)["cashValue"]
    assert (dollars("0.05"), dollars("21.45")) == (
        position(traded)["realized"], position(traded)["cost"],
    )  # fmt: skip
    assert dollars("-1.95") == position(traded, "bob")["cashValue"]


def test_fractions(floor: Floor) -> None:
    """Four decimals always; the older fields round, halves to even."""
    floor.buy("alice", "19.6", "0.50")
    floor.sell("bob", "2.5", "0.50")
    held = position(floor)
    assert ("2", "2.5000") == (held["netPosition"], held["netPositionDecimal"])
    assert "-2" == position(floor, "bob")["netPosition"]

    floor.sell("bob", "17.1", "0.50")
    held = position(floor)
    assert ("20", "19.6000") == (held["netPosition"], held["netPositionDecimal"])


def test_lots_that_open_orders_could_close_are_not_available(traded: Floor) -> None:
    """Neither a long nor a short position, and never below zero."""
    traded.sell("alice", "15.5", "0.90")
    traded.buy("bob", "10", "0.10")
    assert "24.5000" == position(traded)["qtyAvailableDecimal"]
    assert "-30.0000" == position(traded, "bob")["qtyAvailableDecimal"]

    traded.sell("alice", "100", "0.90")
    assert "0.0000" == position(traded)["qtyAvailableDecimal"]


def test_order_that_rests_is_no_position(floor: Floor) -> None:
    """The account has bought no contract yet."""
    floor.buy("alice", "1", "0.50")

    assert (200, {"positions": {}, "nextCursor": "", "eof": True}) == floor.get(POSITIONS, "alice")


def test_closed_position_tells_what_it_brought(traded: Floor) -> None:
    """The position stays, flat, with its realized profit: 40 * (0.60 - 0.55)."""
    traded.buy("bob", "40", "0.60")
    traded.sell("alice", "40", "0.60")
    held = position(traded)

    assert ("0", "40.0000", "40.0000", dollars("0.00"), dollars("2.00"), dollars("0.00")) == (
        held["netPosition"], held["qtyBoughtDecimal"], held["qtySoldDecimal"], held["cost"],
        held["realized"], held["cashValue"],
    )  # fmt: skip
    assert dollars("-2.00") == position(traded, "bob")["realized"]


@pytest.mark.parametrize(
    ("price", "long", "short"), [("1", "18.00", "-18.00"), ("0", "-22.00", "22.00")]
)
def test_settled_position(traded: Floor, price: str, long: str, short: str) -> None:
    """The position has expired, and its profit is realized."""
    traded.settle(price)

    for owner, realized in (("alice", long), ("bob", short)):
        held = position(traded, owner)
        assert (True, "0", dollars(realized)) == (
            held["expired"], held["netPosition"], held["realized"],
        )  # fmt: skip


@pytest.fixture
def spread(floor: Floor) -> Floor:
    """Alice holds something of every market."""
    for slug in (FED, GAME, CHAMPION):
        floor.buy("alice", "2", "0.50", slug)
        floor.sell("bob", "2", "0.50", slug)
    return floor


def test_positions_are_paged(spread: Floor) -> None:
    """Page by page, in the order markets were listed, until the last says so."""
    seen, cursor = [], ""
    for _ in range(3):
        page = spread.get(f"{POSITIONS}?limit=1&cursor={cursor}", "alice")[1]
        seen.append((list(page["positions"]), page["eof"]))
        cursor = page["nextCursor"]

    assert [([GAME], False), ([CHAMPION], False), ([FED], True)] == seen
    assert "" == cursor


def test_positions_of_one_market(spread: Floor) -> None:
    """The filter's market alone; an unknown market has none."""
    assert [FED] == list(spread.get(f"{POSITIONS}?market={FED}", "alice")[1]["positions"])
    assert {} == spread.get(f"{POSITIONS}?market=nope", "alice")[1]["positions"]
    assert 3 == len(spread.get(f"{POSITIONS}?limit=0", "alice")[1]["positions"])


@pytest.mark.parametrize(
    "target",
    [f"{POSITIONS}?cursor=x", f"{POSITIONS}?cursor={'9' * 30}", f"{POSITIONS}?limit=-1",
     f"{POSITIONS}?limit=many", f"{ACTIVITIES}?cursor=x", f"{ACTIVITIES}?cursor=1-x",
     f"{ACTIVITIES}?types=TRADE", f"{ACTIVITIES}?limit=-1"],
)  # fmt: skip
def test_bad_page(floor: Floor, target: str) -> None:
    """The page is refused and not guessed at."""
    status, body = floor.get(target, "alice")

    assert (400, 3) == (status, body["code"])


# --- activities


def test_trade_of_the_documents(traded: Floor) -> None:
    """Both sides have the trade under one id, one of them as the aggressor."""
    status, page = traded.get(ACTIVITIES, "alice")
    (activity,) = page["activities"]
    trade = activity["trade"]
    documented = {
        "marketSlug": GAME, "state": "TRADE_STATE_NEW", "price": dollars("0.55"), "qty": "40",
        "qtyDecimal": "40.0000", "isAggressor": False,
    }  # fmt: skip

    assert (200, "", True) == (status, page["nextCursor"], page["eof"])
    assert "ACTIVITY_TYPE_TRADE" == activity["type"]
    assert documented == {name: trade[name] for name in documented}
    (other,) = traded.get(ACTIVITIES, "bob")[1]["activities"]
    assert trade | {"isAggressor": True} == other["trade"]


def test_activities_in_either_order(spread: Floor) -> None:
    """Newest first, unless it is the other way round."""
    newest = [(CHAMPION, "2.0000"), (GAME, "2.0000"), (FED, "2.0000")]

    assert newest == trades(spread)
    assert newest == trades(spread, "sortOrder=SORT_ORDER_DESCENDING")
    assert newest[::-1] == trades(spread, "sortOrder=SORT_ORDER_ASCENDING")
    assert newest[::-1] == trades(spread, "sortOrder=sort_order_ascending")
    assert newest == trades(spread, "sortOrder=anyhow")


def test_activities_of_one_market(spread: Floor) -> None:
    """The filter's market alone; an unknown market has none."""
    assert [(FED, "2.0000")] == trades(spread, f"marketSlug={FED}")
    assert [] == trades(spread, "marketSlug=nope")


def test_activities_of_a_type(spread: Floor) -> None:
    """Only trades are told; the other types exist and are empty."""
    kinds = "types=ACTIVITY_TYPE_TRADE&types=ACTIVITY_TYPE_ACCOUNT_DEPOSIT"

    assert 3 == len(trades(spread, kinds))
    assert [] == trades(spread, "types=ACTIVITY_TYPE_ACCOUNT_DEPOSIT")
    assert [] == trades(spread, "types=ACTIVITY_TYPE_POSITION_RESOLUTION&limit=1")


@pytest.mark.parametrize("order", ["SORT_ORDER_DESCENDING", "SORT_ORDER_ASCENDING"])
@pytest.mark.parametrize("slug", ["", GAME])
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_activities_are_paged(floor: Floor, order: str, slug: str, limit: int) -> None:
    """Whole and once each, also where one order met several at the same time."""
    for qty in ("1", "2", "3"):
        floor.buy("alice", qty, "0.50")
    floor.sell("bob", "6", "0.50")
    floor.desk.clock.ns += 5 * MS
    floor.buy("alice", "4", "0.50")
    floor.sell("bob", "4", "0.50")
    seen: list[str] = []
    cursor, eof = "", False
    while not eof:
        target = f"{ACTIVITIES}?limit={limit}&sortOrder={order}&marketSlug={slug}&cursor={cursor}"
        page = floor.get(target, "alice")[1]
        assert len(page["activities"]) <= limit
        seen += [a["trade"]["qty"] for a in page["activities"]]
        cursor, eof = page["nextCursor"], page["eof"]
        assert eof is (cursor == "")

    expected = ["1", "2", "3", "4"] if order == "SORT_ORDER_ASCENDING" else ["4", "3", "2", "1"]
    assert expected == seen


def test_page_is_not_disturbed_by_new_trades(spread: Floor) -> None:
    """A trade between two pages is on neither."""
    cursor = spread.get(f"{ACTIVITIES}?limit=2", "alice")[1]["nextCursor"]
    spread.desk.clock.ns += MS
    spread.buy("alice", "9", "0.50")
    spread.sell("bob", "9", "0.50")

    assert [(FED, "2.0000")] == trades(spread, f"limit=2&cursor={cursor}")


def test_rfq_trades_are_none(floor: Floor) -> None:
    """Requests for quotes do not exist here."""
    assert (200, {"trades": [], "cursor": ""}) == floor.get("/v1/rfqs/trades?limit=5", "alice")


# --- our client


def ask(floor: Floor, operation: Operation, query: Any, owner: str = "alice") -> Any:
    """Ask as a client does."""
    desk = floor.desk
    return asyncio.run(
        call(
            desk.venue, operation, query,
            context=desk.context(owner), credential=desk.credential(owner),
            transport=InProcessTransport(desk.pipeline.handle),
        )
    )  # fmt: skip


@pytest.mark.parametrize("owner", ["alice", "bob"])
def test_client_reads_holdings(traded: Floor, owner: str) -> None:
    """Balances whole; positions but for the margin and the open orders, which are not told."""
    traded.buy(owner, "10", "0.40")
    query = GetAccount(traded.desk.accounts(owner)[0].account_id)
    known = traded.desk.engine.exchange.query(query)

    assert known.balances == ask(traded, Operation.LIST_BALANCES, query, owner)
    assert tuple(
        replace(one, open_buy_lots=0, open_sell_lots=0, margin_minor=0) for one in known.positions
    ) == ask(traded, Operation.LIST_POSITIONS, query, owner)  # fmt: skip


@pytest.mark.parametrize("operation", [Operation.LIST_BALANCES, Operation.LIST_POSITIONS])
def test_client_asks_for_no_other_account(floor: Floor, operation: Operation) -> None:
    """The wire has no word for one."""
    with pytest.raises(NotExpressible, match="account_id of GetAccount"):
        ask(floor, operation, GetAccount(AccountId(999)))


def test_client_makes_no_fills_of_trades(floor: Floor) -> None:
    """A trade says neither of which order it is nor on which side."""
    with pytest.raises(
        NotExpressible, match="lists no fills: its trades name neither their order nor their side"
    ):
        ask(floor, Operation.LIST_FILLS, ListFills((floor.desk.accounts()[0].account_id,)))


def test_unreadable_answers(traded: Floor) -> None:
    """A balance in an unknown currency, and a position in an unknown market."""
    desk = traded.desk
    summary = desk.engine.exchange.query(GetAccount(desk.accounts()[0].account_id))
    context, balances, everything = desk.context(), Nothing(), m.ListPositions()
    page = told(account.serve_balances(balances, context), summary)
    held = told(positions.serve_list(everything, context), summary, ())
    euros = [replace(one, currency="EUR") for one in page.balances]

    with pytest.raises(Malformed, match="balance names what is not known here"):
        account.BALANCES.read(replace(page, balances=euros), balances, context)
    elsewhere = replace(held, positions={"nope": held.positions[GAME]})
    with pytest.raises(Malformed, match="position names what is not known here"):
        positions.read_list(elsewhere, everything, context)


def test_account_that_is_gone_is_not_there(floor: Floor) -> None:
    """Should the exchange not have an account the venue knows, that is a 404."""
    with pytest.raises(NotFound, match="account not found"):
        told(account.serve_balances(Nothing(), floor.desk.context()), None)
