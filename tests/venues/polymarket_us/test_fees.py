"""
Fees: the figures the venue prints, and orders with several fills.

Source: docs.polymarket.us/fees, "Fee Schedule by Price", "Fee Rules" and "Examples", as in effect
from three dates; vectors/fees.json.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.venues.polymarket_us.counter import IOC, Counter, terms
from tests.venues.polymarket_us.floor import Floor

from countermand.vocabulary.commands import ListInstrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.units import PPB
from countermand.wire import numbers

VECTORS = msgspec.json.decode((Path(__file__).parent / "vectors/fees.json").read_bytes())
SCHEDULES = {one["effective"]: one for one in VECTORS["schedules"]}
CENT = Decimal("0.01")


def hall(schedule: dict[str, Any]) -> Floor:
    """Return the floor with a market of those rates, which is called "dated"."""
    floor = Floor()
    market = replace(
        floor.market(),
        symbol="dated",
        maker_fee_ppb=int(Decimal(schedule["maker_fee_rate"]) * PPB),
        taker_fee_ppb=int(Decimal(schedule["taker_fee_rate"]) * PPB),
    )
    floor.desk.engine.enter(ListInstrument(market))
    return floor


def paid(floor: Floor, contracts: str, price: str) -> tuple[Decimal, Decimal]:
    """Return what the taker of so many contracts is charged and the maker receives."""
    made = floor.sell("bob", contracts, price, "dated")
    taken = floor.buy("alice", contracts, price, "dated")
    now = floor.desk.engine.view(GetOrder(made.account_id, made.order_id))
    taker, maker = (
        Decimal(numbers.minor_text(floor.usd, order.fee_minor)) for order in (taken, now)
    )
    return taker, -maker


@pytest.mark.parametrize("effective", SCHEDULES)
def test_fee_schedule_by_price(effective: str) -> None:
    """198 figures a page: what takers pay and makers receive for a hundred, at every price."""
    schedule = SCHEDULES[effective]
    floor = hall(schedule)
    takers, makers = (
        schedule[f"{name}_per_100_at_0.01_to_0.99"] for name in ("taker_pays", "maker_receives")
    )
    prices = [str(CENT * step) for step in range(1, 100)]

    assert len(takers) == len(makers) == 99
    assert [
        (price, Decimal(taker), Decimal(maker))
        for price, taker, maker in zip(prices, takers, makers, strict=True)
    ] == [(price, *paid(floor, "100", price)) for price in prices]


@pytest.mark.parametrize("effective", SCHEDULES)
def test_examples(effective: str) -> None:
    """A thousand contracts; the first page rounds its makers' halves up, against its own rule."""
    floor = hall(SCHEDULES[effective])
    for contracts, price, taker, maker in SCHEDULES[effective]["examples"]:
        fee, rebate = paid(floor, contracts, price)
        exact = Decimal("0.0125") * int(contracts) * Decimal(price) * (1 - Decimal(price))
        way = ROUND_HALF_UP if effective == "2026-04-03" else ROUND_HALF_EVEN

        assert (Decimal(taker), Decimal(maker)) == (fee, exact.quantize(CENT, way))
        assert rebate == exact.quantize(CENT, ROUND_HALF_EVEN)


# Quantity and price of what rests, how many times, and what its taker pays and its makers get.
SEVERAL = [
    ("0.25", "0.50", 8, "0.00", "0.00"),
    ("1", "0.05", 20, "0.00", "0.00"),
    ("3", "0.50", 3, "0.15", "0.03"),
    ("1", "0.50", 3, "0.05", "0.00"),
]


@pytest.mark.parametrize(("quantity", "price", "times", "pays", "get"), SEVERAL)
def test_order_that_takes_several(
    quantity: str, price: str, times: int, pays: str, get: str
) -> None:
    """Each fill is charged its own rounded fee, and the order no more than its rounded sum."""
    counter = Counter()
    for _ in range(times):
        counter.sell("bob", quantity, price)
    everything = float(Decimal(quantity) * times)
    sync = {"synchronousExecution": True, "tif": IOC}
    answer = counter.create("alice", terms("BUY_LONG", price, everything, **sync))
    fills = answer["executions"][1:]
    charged = [Decimal(one["commissionNotionalCollected"]["value"]) for one in fills]

    assert (times, Decimal(pays)) == (len(charged), sum(charged))
    assert Decimal(pays) == commission(counter, answer["id"], "alice")
    _, held = counter.get("/v1/portfolio/positions", "bob")
    assert -Decimal(get) == Decimal(*(p["fees"]["value"] for p in held["positions"].values()))


def commission(counter: Counter, order_id: str, owner: str) -> Decimal:
    """Return what an order was charged in all, as the venue shows it."""
    shown = counter.shown(order_id, owner)["commissionNotionalTotalCollected"]
    return Decimal(shown["value"])


def test_sum_that_is_rounded_bounds_the_fees() -> None:
    """Three fills of 0.006 are 0.02 and not three cents: 1.4 contracts at 0.94, three times."""
    counter = Counter()
    for _ in range(3):
        counter.sell("bob", "1.4", "0.94")
    answer = counter.create(
        "alice", terms("BUY_LONG", "0.94", 4.2, synchronousExecution=True, tif=IOC)
    )

    # 0.0695 * 1.4 * 0.94 * 0.06 = 0.0054..., 0.0109..., 0.0164...
    assert ["0.01", "0.00", "0.01"] == [
        one["commissionNotionalCollected"]["value"] for one in answer["executions"][1:]
    ]


@pytest.mark.parametrize(("quantity", "times", "rebate"), [("1", 100, "0.00"), ("2", 50, "0.50")])
def test_rebates_are_each_fills_own(quantity: str, times: int, rebate: str) -> None:
    """A hundred contracts that rest at 0.50 are hit in parts, each rounded by itself."""
    counter = Counter()
    order_id = counter.place("bob", "BUY_SHORT", "0.50", 100)
    for _ in range(times):
        counter.buy("alice", quantity, "0.50")

    assert -Decimal(rebate) == commission(counter, order_id, "bob")


@pytest.mark.parametrize("intent", [Side.BUY, Side.SELL])
def test_money_follows_the_fees(intent: Side) -> None:
    """After a trade both sides have what they had, less the price and the fees."""
    counter = Counter()
    counter.order("bob", intent.opposite, "1000", "0.65")
    counter.order("alice", intent, "1000", "0.65")
    total = {
        owner: sum(
            one["currentBalance"]
            for one in counter.get("/v1/account/balances", owner)[1]["balances"]
        )
        for owner in ("alice", "bob")
    }
    price = -650 if intent is Side.BUY else 650

    assert {"alice": 10_000_000 + price - 15.81, "bob": 10_000_000 - price + 2.84} == total
