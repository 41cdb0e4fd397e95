"""The client's verbs on every venue of a running exchange, and the examples of their help."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.cli.calling import Calls, Said, low

from countermand.cli.loading import command
from countermand.cli.table import EXCHANGE, ROWS
from countermand.cli.verb import examples
from countermand.venues import VENUES
from countermand.wire.operation import Capability

OUTCOME = {
    "outcome", "is_proven", "order_id", "cl_ord_id", "symbol", "cum_qty", "leaves_qty", "avg_px",
    "text", "evidence",
}  # fmt: skip
WHERE = {"venue", "base_url"}
FIELDS: dict[str, set[str]] = {
    "orders": {
        "order_id", "cl_ord_id", "symbol", "side", "ord_type", "time_in_force", "order_qty",
        "price", "ord_status", "is_open", "cum_qty", "leaves_qty", "avg_px", "exec_inst",
        "transact_ns", "submit_ns", "stop_px", "is_asleep", "trigger", "trail", "limit_offset",
        "is_twap", "expire_ns",
    },
    "fills": {
        "order_id", "cl_ord_id", "symbol", "side", "last_qty", "last_px", "is_maker", "ts_ns",
        "trade_id",
    },
    "balances": {"asset", "total", "available"},
    "positions": {"symbol", "net_qty", "avg_px"},
    "instruments": {
        "symbol", "kind", "base", "quote", "tick_size", "lot_size", "min_qty", "trading_state",
    },
}  # fmt: skip

every_venue = pytest.mark.parametrize("venue", VENUES)


def placed(call: Calls, venue: str) -> str:
    """Place an order that rests; return its id."""
    symbol, quantity, price = low(venue)
    said = call("place", venue, symbol, "buy", quantity, price, "--quiet")
    assert (0, "") == (said.code, said.err)
    return said.out.strip()


def only(said: Said) -> dict[str, Any]:
    """Return the one outcome of a cancel."""
    [outcome] = said.json["outcomes"]
    return dict(outcome)


@every_venue
def test_placed_shown_and_canceled(call: Calls, venue: str) -> None:
    """Each verb takes the order's id and prints one JSON document."""
    symbol, quantity, price = low(venue)

    order = call("place", venue, symbol, "buy", quantity, price, "--json")
    shown = call("order", venue, order.json["order_id"], "--json")
    listed = call("orders", venue, "--json")
    canceled = call("cancel", venue, order.json["order_id"], "--json")

    assert (0, "Open", True) == (order.code, order.json["outcome"], order.json["is_proven"])
    assert OUTCOME | WHERE == set(order.json)
    assert FIELDS["orders"] == set(shown.json["order"])
    assert Decimal(price) == Decimal(shown.json["order"]["price"])
    assert [order.json["order_id"]] == [one["order_id"] for one in listed.json["orders"]]
    assert (0, "Canceled", "0") == (canceled.code, *map(only(canceled).get, ("outcome", "cum_qty")))
    assert {*OUTCOME} == set(only(canceled))
    assert {"proof", "witnesses", "intent_id"} == set(only(canceled)["evidence"])


def test_orders_tell_what_waits_and_ends(call: Calls) -> None:
    """The table and the fields of one order have the end of a TWAP, and that a stop sleeps."""
    venue = "coinbase-intx"
    until = f"{datetime.now(UTC) + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}"
    twap = call(
        "place", venue, "ETH-PERP", "buy", "1", "2700", "--twap", "--expire", until, "--quiet"
    ).out.strip()
    stop = call(
        "place", venue, "ETH-PERP", "sell", "0.01", "--stop-price", "2400", "--quiet"
    ).out.strip()
    listed, shown = call("orders", venue).out, call("order", venue, twap).out
    told = call("order", venue, twap, "--json").json["order"]
    call("cancel", venue, twap, stop)

    head, *rows = listed.splitlines()
    columns = ("is_asleep", "is_twap", "expire_time")
    table = {
        row.split()[0]: {name: row[head.index(name) :].split()[0] for name in columns}
        for row in rows
    }
    end = f"{until}.{0:09d}Z"
    assert ["no", "yes", end] == [table[twap][name] for name in columns]
    assert ["yes", "no", "-"] == [table[stop][name] for name in columns]
    assert ["expire_time", end] in [line.split() for line in shown.splitlines()]
    assert datetime.fromisoformat(f"{until}Z").timestamp() * 10**9 == told["expire_ns"]


def test_replace_tells_the_new_name(call: Calls) -> None:
    """The one that was given, or one that is made up; where names stay there is none to give."""
    venue = "coinbase-intx"
    order = placed(call, venue)
    text = call("replace", venue, order, "--price", low(venue, 8)[2], "--cl-ord-id", "mine-2")
    assert (0, True) == (text.code, ", called mine-2 from now on (" in text.out), text
    made = call("replace", venue, "mine-2", "--price", low(venue)[2], "--json").json
    assert ("Replaced", order) == (made["outcome"], made["order_id"])
    assert made["text"] == f"called {made['cl_ord_id']} from now on"
    assert (4, 0) == (
        call("cancel", venue, "mine-2").code,
        call("cancel", venue, made["cl_ord_id"]).code,
    )

    kept = placed(call, "autoshares")
    refused = call("replace", "autoshares", kept, "--qty", "5", "--cl-ord-id", "new")
    call("cancel", "autoshares", kept)
    assert (2, True) == (refused.code, "no new name" in refused.err), refused


# Orders of the demo world's markets that sleep, and what is shown of them.
ASLEEP: dict[str, tuple[str, dict[str, Any]]] = {
    "coinbase-intx stop": (
        "coinbase-intx ETH-PERP sell 0.01 --stop-price 2400",
        {"trigger": "stop", "stop_px": "2400", "ord_type": "market", "is_asleep": True},
    ),
    "coinbase-intx stop-limit": (
        "coinbase-intx ETH-PERP sell 0.01 2380 --stop-price 2400",
        {"trigger": "stop", "stop_px": "2400", "price": "2380", "is_asleep": True},
    ),
    "autoshares trailing-stop": (
        "autoshares AAPL buy 10 --trail 2%",
        {"trigger": "stop", "trail": "2%", "is_asleep": True},
    ),
    "autoshares trailing-stop-limit": (
        "autoshares AAPL buy 10 --trail 1.5 --limit-offset 0.25 --stop-price 190",
        {"trigger": "stop", "trail": "1.5", "limit_offset": "0.25", "stop_px": "190"},
    ),
    "loopring take-profit-limit": (
        "loopring LRC-ETH sell 100 0.04 --take-profit 0.04",
        {"trigger": "take_profit", "stop_px": "0.04", "price": "0.04", "is_asleep": True},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ASLEEP)
def test_an_order_that_sleeps(call: Calls, name: str) -> None:
    """Is placed, shown and listed with what it waits for."""
    words, expected = ASLEEP[name]
    venue, *_ = words.split()
    order = call("place", *words.split(), "--json")
    shown = call("order", venue, order.json["order_id"], "--json").json["order"]
    listed = call("orders", venue).out.splitlines()
    canceled = call("cancel", venue, order.json["order_id"])

    assert (0, "Open") == (order.code, order.json["outcome"])
    assert expected == {word: shown[word] for word in expected}
    [head, *rows] = listed
    assert {"trigger", "stop_px"} <= set(head.split())
    assert any(expected["trigger"] in row and order.json["order_id"] in row for row in rows)
    assert 0 == canceled.code


def test_an_order_that_comes_in_by_slices(call: Calls) -> None:
    """A TWAP order needs its end; without it the code is 2."""
    words = "coinbase-intx", "ETH-PERP", "buy", "0.1", "2700", "--twap"
    endless = call("place", *words)
    order = call("place", *words, "--expire", _in_days(2), "--json")
    shown = call("order", "coinbase-intx", order.json["order_id"], "--json").json["order"]

    assert 2 == endless.code
    assert endless.err.startswith("countermand: --twap needs its end: give --expire")
    soon = call("place", *words, "--expire", "2h", "--json")

    assert (0, "Open") == (soon.code, soon.json["outcome"])
    assert (0, True, "gtd") == (order.code, shown["is_twap"], shown["time_in_force"])
    assert 0 == call("cancel-all", "coinbase-intx").code


LINKED: dict[str, tuple[list[str], list[str]]] = {
    "a bracket": (
        ["coinbase-intx", "ETH-PERP", "sell", "0.01", "3500",
         "--oco", "sell 0.01 2380 stop-price=2400"],
        ["stop"],
    ),
    "one cancels the other": (
        ["autoshares", "AAPL", "buy", "10", "150", "--oco", "buy 10 stop-price=250"],
        ["", "stop"],
    ),
    "one triggers two": (
        ["autoshares", "AAPL", "buy", "10", "150", "--oto", "sell 10 160",
         "--oto", "sell 10 stop-price=140"],
        ["", "", "stop"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LINKED)
def test_orders_that_are_linked(call: Calls, name: str) -> None:
    """Are placed at once, and listed as the venue has them; the first one's end is theirs."""
    words, triggers = LINKED[name]
    order = call("place", *words, "--json")
    listed = call("orders", words[0], "--json").json["orders"]
    canceled = call("cancel", words[0], order.json["order_id"])

    assert (0, "Open") == (order.code, order.json["outcome"])
    assert triggers == sorted(one["trigger"] for one in listed)
    assert 0 == canceled.code
    assert [] == call("orders", words[0], "--json").json["orders"]


NO_LEGS = ["", "buy", "buy 1 2 3", "stop-price=3 buy 1", "buy 1 stopprice=3"]


@pytest.mark.parametrize("leg", NO_LEGS)
def test_bad_legs(call: Calls, leg: str) -> None:
    """One line and code 2."""
    said = call("place", "autoshares", "AAPL", "buy", "10", "150", "--oco", leg)

    assert 2 == said.code
    assert said.err.startswith(f"countermand: {leg!r} is no order beside another one: ")


def _in_days(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:%S}"


@every_venue
def test_a_kind_that_the_venue_has_not(call: Calls, venue: str) -> None:
    """Is one line and code 2: nothing was sent."""
    symbol, quantity, price = low(venue)
    said = call("place", venue, symbol, "buy", quantity, "--take-profit", price)

    assert 2 == said.code
    assert said.err.startswith(f"countermand: {venue} has no take-profit orders; it has ")
    assert 1 == len(said.err.splitlines())


@every_venue
def test_replaced(call: Calls, venue: str) -> None:
    """Where the venue can; where not it is said before anything is sent."""
    order = placed(call, venue)
    _, _, lower = low(venue, 8)

    said = call("replace", venue, order, "--price", lower, "--json")

    if Capability.REPLACE in VENUES[venue].capabilities:
        assert (0, "Replaced") == (said.code, said.json["outcome"])
        order = said.json["order_id"]
        shown = call("order", venue, order, "--json").json["order"]
        assert Decimal(lower) == Decimal(shown["price"])
    else:
        assert (2, "asked-wrongly") == (said.code, said.json["error"]["code"])
        assert f"countermand: {venue} has no replace-order\n" == said.err
    assert 0 == call("cancel", venue, order).code


@every_venue
def test_all_are_canceled(call: Calls, venue: str) -> None:
    """Afterwards no order is open."""
    orders = {placed(call, venue), placed(call, venue)}

    said = call("cancel-all", venue, "--json")
    again = call("cancel-all", venue)

    assert (0, True, "") == (said.code, said.json["is_empty"], said.json["text"])
    assert orders == {one["order_id"] for one in said.json["outcomes"]}
    assert {"Canceled"} == {one["outcome"] for one in said.json["outcomes"]}
    assert (0, "no order is open\n") == (again.code, again.out)
    assert [] == call("orders", venue, "--json").json["orders"]


@every_venue
@pytest.mark.parametrize("verb", FIELDS)
def test_lists_have_the_same_fields(call: Calls, venue: str, verb: str) -> None:
    """Rows have the same fields on every venue; a list that a venue lacks is code 2."""
    said = call(verb, venue, "--json")
    text = call(verb, venue)

    assert said.code == text.code
    if said.code == 0:
        assert WHERE | {verb} == set(said.json)
        assert all(FIELDS[verb] == set(row) for row in said.json[verb])
        assert len(said.json[verb]) or text.out == "none\n"
    else:
        assert (verb, 2) in {("positions", said.code), ("fills", said.code)}
        assert said.json["error"]["text"] in text.err


@every_venue
def test_a_book(call: Calls, venue: str) -> None:
    """Prices are what they are at the venue, the best first, and written out."""
    symbol, _, _ = low(venue)

    told = call("book", venue, symbol, "--json").json["book"]
    text = call("book", venue, symbol)

    assert symbol == told["symbol"]
    assert Decimal(told["bids"][0][0]) < Decimal(told["asks"][0][0])
    assert told["bids"][0][0] in text.out
    assert "E-" not in text.out + str(told)
    # Where a venue tells prices alone there is no size, and not one of 0.
    sizes = [size for _, size in told["bids"]]
    assert sizes == [None] if venue == "autoshares" else all(Decimal(size) > 0 for size in sizes)


@every_venue
def test_a_trade_is_told(call: Calls, venue: str) -> None:
    """An order that meets a quote fills; the fill is listed where the venue lists fills."""
    symbol, quantity, high = low(venue, 11)

    said = call("place", venue, symbol, "buy", quantity, high, "--json")
    fills = call("fills", venue, "--symbol", symbol, "--json")

    assert (0, "Filled") == (said.code, said.json["outcome"])
    if fills.code == 0:
        assert Decimal(quantity) == sum(Decimal(one["last_qty"]) for one in fills.json["fills"])
    else:
        assert f"{venue} lists no fills: its trades name" in fills.json["error"]["text"]


@every_venue
def test_a_dry_run(call: Calls, venue: str) -> None:
    """Shows the request without its secrets, and nothing comes of it."""
    symbol, quantity, price = low(venue)
    words = ("place", venue, symbol, "buy", quantity, price, "--dry-run")

    said, text = call(*words, "--json"), call(*words)

    request = said.json["would_send"]
    assert {"operation", "method", "url", "headers", "body"} == set(request)
    assert request["url"].startswith(said.json["base_url"])
    assert "***" in request["headers"].values()
    assert f"{request['method']} {request['url']}" == text.out.splitlines()[1]
    assert [] == call("orders", venue, "--json").json["orders"]


def test_a_dry_run_of_a_cancel_leaves_the_order(call: Calls) -> None:
    """The order stays open; with none open nothing would be sent."""
    order = placed(call, "coinbase-intx")

    one = call("cancel", "coinbase-intx", order, "--dry-run", "--json")
    every = call("cancel-all", "coinbase-intx", "--dry-run", "--json")

    assert "cancel-order" == one.json["would_send"]["operation"]
    assert "mass-cancel" == every.json["would_send"]["operation"]
    assert call("order", "coinbase-intx", order, "--json").json["order"]["is_open"]
    assert 0 == call("cancel", "coinbase-intx", order).code
    none = call("cancel-all", "coinbase-intx", "--dry-run")
    assert (0, "countermand: nothing would be sent\n") == (none.code, none.err)


def test_several_are_canceled_in_one_call(call: Calls) -> None:
    """The code is of the one that asks most for a look."""
    order = placed(call, "coinbase-intx")

    said = call("cancel", "coinbase-intx", order, "none-such", "--json")

    assert 4 == said.code
    assert ["Canceled", "NotFound"] == [one["outcome"] for one in said.json["outcomes"]]


def test_a_line_for_people(call: Calls) -> None:
    """The line has the outcome, the traded quantity, and what proves it."""
    order = placed(call, "coinbase-intx")

    said = call("cancel", "coinbase-intx", order)

    assert f"Canceled: {order} ETH-PERP, 0 traded (cancel-order: DELETE " == re.sub(
        r"/api.*\n", "", said.out.replace(low("coinbase-intx")[0], "ETH-PERP")
    )


CLIENT_VERBS = [name for name, row in ROWS.items() if row.panel != EXCHANGE]


@pytest.mark.parametrize("verb", CLIENT_VERBS)
def test_the_examples_of_help_work(call: Calls, verb: str) -> None:
    """Each verb's help has two, and they do what they say on an exchange that just runs."""
    placed(call, "coinbase-intx")
    help_text = " ".join(command(verb, ROWS[verb]).help.split())
    lines = examples()[verb]

    assert 2 == len(lines)
    assert all(line in help_text for line in lines)
    assert any(line.split()[1] == verb for line in lines)
    order = ""
    for line in lines:
        is_order = line.startswith("id=$(") and line.endswith(")")
        words = shlex.split(line.removeprefix("id=$(").removesuffix(")").replace("$id", order))
        said = call(*words[1:])
        order = said.out.strip() if is_order else order
        assert ("countermand", 0, "") == (words[0], said.code, said.err), line
        assert said.out
    assert 0 == call("cancel-all", "coinbase-intx").code
