"""`countermand journal show`: what was asked and what came of it, in people's words."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace
from tests.core.build import ALICE, BOB, BTC, CAROL, SPOT, USDC, instrument, new_order
from tests.core.traffic import Traffic, founding
from tests.engine.desk import FOUNDING, START_NS, fill
from typer.testing import CliRunner, Result

from countermand import world as worlds
from countermand.cli import telling
from countermand.cli.journal import app
from countermand.cli.people import Names
from countermand.core.exchange import Exchange
from countermand.engine.outcomes import Outcome
from countermand.engine.sqlite import SqliteJournal
from countermand.venues import VENUES
from countermand.vocabulary import commands as c
from countermand.vocabulary.events import Event
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import FeeBasis, TradingState
from countermand.vocabulary.order import (
    Cash,
    Contingency,
    ExecInst,
    OrderTerms,
    OrdType,
    Side,
    TimeInForce,
)
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reasons import RejectReason


def ask(*words: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, ["show", *[str(word) for word in words]])


def journal_of(tmp_path: Path, commands: Sequence[c.Command]) -> Path:
    """A data directory whose journal has the commands, one a microsecond."""
    with closing(SqliteJournal(tmp_path / "data")) as journal:
        fill(journal, [c.Entry(i + 1, START_NS + i * 1000, one) for i, one in enumerate(commands)])
    return tmp_path / "data"


PPM = 1000
RULES = {"maker_fee_ppb": 100 * PPM, "taker_fee_ppb": 200 * PPM, "fee_basis": FeeBasis.RECEIVED}
LISTED = [
    replace(one, instrument=instrument(**RULES)) if one is FOUNDING[2] else one for one in FOUNDING
]


def order(account: AccountId, side: Side, price: int, qty: int, name: str, **more: Any) -> Any:
    """A limit order."""
    return new_order(account, price=price, side=side, qty=qty, cl_ord_id=name, **more)


ORDERS = {
    14: order(ALICE, Side.BUY, 95, 4, "first"),
    15: order(BOB, Side.SELL, 90, 3, "second"),
    16: c.CancelOrder(ALICE, OrderId(14)),
    17: c.CancelOrder(ALICE, OrderId(0), "first"),
    18: c.CancelOrder(BOB, OrderId(15)),
    19: c.CancelOrder(BOB, OrderId(999)),
    20: order(CAROL, Side.BUY, 10**9, 10**6, "dear"),
    21: order(CAROL, Side.BUY, 80, 5, "third", exec_inst=int(ExecInst.POST_ONLY)),
    22: c.ReplaceOrder(CAROL, SPOT, OrderId(21), "", "fourth", order_qty_lots=2),
    23: c.ReplaceOrder(CAROL, SPOT, OrderId(21), "", "", price_ticks=82),
    24: c.MassCancel(CAROL, None, Side.BUY),
    25: c.SetTradingState(SPOT, TradingState.HALTED),
    26: c.DepositFunds(AccountId(99), USDC, 5),
    27: c.WithdrawFunds(ALICE, BTC, 250_000_000),
    28: c.AdvanceTime(),
}

TOLD = """
14 2023-11-14T22:13:20.000013000Z acme owner/alice NewOrder BUY 0.004 BTC-USDC LIMIT at 0.95 GTC \
cl_ord_id=first
    accepted as order 14, rests
15 2023-11-14T22:13:20.000014000Z acme owner/bob NewOrder SELL 0.003 BTC-USDC LIMIT at 0.9 GTC \
cl_ord_id=second
    accepted as order 15
    traded 0.003 at 0.95: taker order 15 of owner/bob, 0 left; maker order 14 of owner/alice, \
0.001 left
16 2023-11-14T22:13:20.000015000Z acme owner/alice CancelOrder order=14
    canceled (requested): order 14, filled 0.003 of 0.004
17 2023-11-14T22:13:20.000016000Z acme owner/alice CancelOrder cl_ord_id=first
    refused: too late to cancel; order 14 is canceled
18 2023-11-14T22:13:20.000017000Z acme owner/bob CancelOrder order=15
    refused: too late to cancel; order 15 is filled
19 2023-11-14T22:13:20.000018000Z acme owner/bob CancelOrder order=999
    refused: unknown order
20 2023-11-14T22:13:20.000019000Z acme owner/carol NewOrder BUY 1000 BTC-USDC LIMIT at 10000000 \
GTC cl_ord_id=dear
    refused: insufficient funds
21 2023-11-14T22:13:20.000020000Z acme owner/carol NewOrder BUY 0.005 BTC-USDC LIMIT at 0.8 GTC \
POST_ONLY cl_ord_id=third
    accepted as order 21, rests
22 2023-11-14T22:13:20.000021000Z acme owner/carol ReplaceOrder instrument=BTC-USDC order=21 \
new_cl_ord_id=fourth order_qty=0.002 policy=REFUSE_EXECUTED
    replaced: order 21 is BUY 0.002 BTC-USDC LIMIT at 0.8 GTC POST_ONLY now and keeps its place
23 2023-11-14T22:13:20.000022000Z acme owner/carol ReplaceOrder instrument=BTC-USDC order=21 \
price=0.82 policy=REFUSE_EXECUTED
    replaced: order 21 is BUY 0.002 BTC-USDC LIMIT at 0.82 GTC POST_ONLY now and goes behind the \
others
    rests with 0.002 left
24 2023-11-14T22:13:20.000023000Z acme owner/carol MassCancel side=BUY
    canceled (mass cancel): order 21, filled 0 of 0.002
    orders canceled: 1
25 2023-11-14T22:13:20.000024000Z acme SetTradingState instrument=BTC-USDC trading_state=HALTED
    trading state changed
26 2023-11-14T22:13:20.000025000Z 99 DepositFunds asset=USDC amount=0.000005 USDC
    refused: account not found
27 2023-11-14T22:13:20.000026000Z acme owner/alice WithdrawFunds asset=BTC amount=2.5 BTC
    funds withdrawn
28 2023-11-14T22:13:20.000027000Z AdvanceTime
    time advanced
"""


@pytest.fixture
def traded(tmp_path: Path) -> Path:
    """A journal of what is told above."""
    return journal_of(tmp_path, [*LISTED, *ORDERS.values()])


def test_the_outcome_of_each_entry(traded: Path) -> None:
    """Symbols, decimals and owners; accepted, or refused with the reason; fills and the rest."""
    assert TOLD.lstrip("\n").splitlines() == ask(traded, "--from", 14).stdout.splitlines()


def test_the_same_for_programs(traded: Path) -> None:
    """One JSON value a line: money with its asset, enumerations by name, no empty field."""
    told = [json.loads(line) for line in ask(traded, "--from", 15, "--json").stdout.splitlines()]
    placed, refused = told[0], told[5]

    assert ["NewOrder", "acme", "owner/bob", "BTC-USDC"] == [
        placed[name] for name in ("command", "venue", "account", "instrument")
    ]
    accepted, trade = placed["events"]
    assert ["OrderAccepted", "0.003"] == [accepted["event"], accepted["order"]["leaves_qty"]]
    assert ["Traded", "0.95", "0.003"] == [trade[name] for name in ("event", "price", "qty")]
    assert [(15, "15"), (14, "14")] == [
        (trade[side]["order"], trade[side]["id"]) for side in ("taker", "maker")
    ]
    assert "FILLED" == trade["taker"]["ord_status"]
    assert ["INSUFFICIENT_FUNDS"] == [one["reason"] for one in refused["events"]]


def test_list_is_told_with_what_became_of_each_of_it(tmp_path: Path) -> None:
    """Replaced as a whole, and refused; found by the id of any of its orders."""
    legs = (order(CAROL, Side.BUY, 80, 5, "low"), order(CAROL, Side.BUY, 81, 5, "lower"))
    named = [(CAROL, SPOT, OrderId(number), "", "") for number in (15, 16, 999)]
    new = [c.ReplaceOrder(*one, price_ticks=79, order_qty_lots=4) for one in named]
    commands = [
        c.NewOrderList(CAROL, legs, Contingency.OCO),
        c.ReplaceList(CAROL, (new[0], new[1])),
        c.ReplaceList(CAROL, (new[0], new[2])),
    ]
    data = journal_of(tmp_path, [*LISTED, *commands])
    link = 'link={"list":14,"count":2,"contingency":"OCO","order_qty":"0.004"}'
    told = f"""
15 2023-11-14T22:13:20.000014000Z acme owner/carol ReplaceList instrument=BTC-USDC order=15 \
price=0.79 order_qty=0.004; instrument=BTC-USDC order=16 price=0.79 order_qty=0.004
    replaced: order 15 is BUY 0.004 BTC-USDC LIMIT at 0.79 GTC {link} now and goes behind the \
others
    replaced: order 16 is BUY 0.004 BTC-USDC LIMIT at 0.79 GTC {link} now and goes behind the \
others
    list replaced account=owner/carol list=14 orders=[15,16]
    rests with 0.004 left
    rests with 0.004 left
16 2023-11-14T22:13:20.000015000Z acme owner/carol ReplaceList instrument=BTC-USDC order=15 \
price=0.79 order_qty=0.004; instrument=BTC-USDC order=999 price=0.79 order_qty=0.004
    refused: unknown order
"""
    assert told.lstrip("\n").splitlines() == ask(data, "--from", 15).stdout.splitlines()
    for number, count in ((16, 2), (999, 1)):
        assert count == len(ask(data, "--order", number, "--json").stdout.splitlines())


def test_fees_are_in_the_asset_they_are_taken_in(tmp_path: Path) -> None:
    """Fees on what is received: a buyer's in base, a seller's in quote."""
    orders = [
        order(ALICE, Side.BUY, 9500, 4000, "first"),
        order(BOB, Side.SELL, 9500, 4000, "second"),
    ]
    data = journal_of(tmp_path, [*LISTED, *orders])
    assert (
        "    traded 4 at 95: taker order 15 of owner/bob, 0 left, fee 0.076 USDC; "
        "maker order 14 of owner/alice, 0 left, fee 0.0000004 BTC"
    ) == ask(data, "--from", 15).stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "seqs"),
    [
        (("--order", 14), [14, 15, 16, 17]),
        (("--order", "second"), [15, 18]),
        (("--order", "fourth"), [22, 23, 24]),
        (("--order", 21), [21, 22, 23, 24]),
        (("--order", 999), [19]),
        (("--order", 14, "--from", 16), [16, 17]),
        (("--order", 14, "--limit", 2), [14, 15]),
        (("--venue", "acme", "--limit", 3), [1, 2, 3]),
        (("--venue", "acme", "--order", 15), [15, 18]),
    ],
)
def test_one_order_or_venue_only(traded: Path, words: tuple[object, ...], seqs: list[int]) -> None:
    """All that concerned it, of every account."""
    shown = ask(traded, *words, "--json").stdout.splitlines()

    assert seqs == [json.loads(line)["seq"] for line in shown]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--order", "nothing"), "no order 'nothing' is in the journal from record 1 on"),
        (("--venue", "nowhere"), "no entry of venue 'nowhere' is in the journal from record 1 on"),
    ],
)
def test_an_order_that_is_not_there(traded: Path, words: tuple[str, ...], text: str) -> None:
    """One line, and exit code 1."""
    result = ask(traded, *words)

    assert (1, "", f"countermand: {text}\n") == (result.exit_code, result.stdout, result.stderr)


def placed_on(name: str) -> tuple[list[c.Command], str]:
    """Return a founded venue with an order, and what the venue calls that order."""
    world = worlds.demo([VENUES[name]])[name]
    commands = worlds.found(name, world, 1)
    exchange = Exchange()
    for seq, one in enumerate(commands, 1):
        exchange.apply(c.Entry(seq, START_NS + (seq - 1) * 1000, one))
    data = exchange.query(GetReferenceData())
    account, market = data.accounts[0], data.instruments[0]
    price = market.reference_price_ticks * 99 // 100
    [scale] = [a.scale for a in data.assets if a.asset_id == market.quote_asset_id]
    lots = market.order_qty_lots_min + 20 * 10**scale // (price * market.notional_minor)
    terms = OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, lots, price)
    command = c.NewOrder(account.account_id, market.instrument_id, "0xabc", terms)
    seq = len(commands) + 1
    [now] = exchange.apply(c.Entry(seq, START_NS + (seq - 1) * 1000, command)).orders
    return [*commands, command], VENUES[name].order_text(now)


@pytest.mark.parametrize("name", VENUES)
def test_an_order_is_found_by_its_venues_id(tmp_path: Path, name: str) -> None:
    """The output has the venue's id."""
    commands, text = placed_on(name)
    data = journal_of(tmp_path, commands)
    for words in ((text,), (text, "--venue", name), (len(commands),)):
        told = [json.loads(line) for line in ask(data, "--order", *words, "--json").stdout.split()]
        assert [len(commands)] == [one["seq"] for one in told]
        [event, *_] = told[0]["events"]
        assert (name, text) == (told[0]["venue"], event["order"]["id"])
    assert 1 == ask(data, "--order", text, "--venue", "nowhere").exit_code


def test_an_order_for_cash_and_one_that_was_recorded(tmp_path: Path) -> None:
    """Each is told in words; control characters of a client's text do not reach the terminal."""
    market = OrderTerms(Side.BUY, OrdType.MARKET, TimeInForce.IOC, 0, cash=Cash(5_000_000))
    odd = OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 3, 90, text="a \x1b[2J")
    refused = c.RecordRejected(ALICE, odd, RejectReason.NOT_REDUCING)
    data = journal_of(tmp_path, [*LISTED, c.NewOrder(ALICE, SPOT, "", market), refused])

    lines = ask(data, "--from", 14).stdout.splitlines()

    assert lines[0].endswith("owner/alice NewOrder BUY 5 USDC worth of BTC-USDC MARKET IOC")
    assert any(line.startswith("    refused: order does not reduce a position") for line in lines)
    assert all(line.isprintable() for line in lines)


UNTOLD = re.compile(r"_(ticks|lots|minor|ppb|ns)$")


def names_in(told: Any) -> set[str]:
    """Return the names of all fields at any depth."""
    if isinstance(told, dict):
        return set(told).union(*map(names_in, told.values()))
    return set().union(*map(names_in, told)) if isinstance(told, list) else set()


@pytest.mark.parametrize("seed", range(3))
def test_every_kind_is_told(seed: int) -> None:
    """Each command and event of random traffic, in words, and without the core's units."""
    pick = random.Random(seed).choice
    exchange, names, traffic = Exchange(), None, Traffic(pick)
    asked, happened = set(), set()
    first = founding(pick)
    for seq in range(1, 4000):
        made = first[seq - 1] if seq <= len(first) else traffic.command(seq, START_NS + seq * 10**6)
        entry = c.Entry(seq, START_NS + seq * 10**6, made)
        events = exchange.advance(entry).events
        traffic.learn(events)
        names = names or Names(exchange.query(GetReferenceData()))
        names.learn(events)
        outcome = Outcome(entry, events)
        value, lines = telling.value(outcome, names), list(telling.lines(outcome, names))
        assert json.loads(json.dumps(value))
        assert not {name for name in names_in(value) - {"ts_ns"} if UNTOLD.search(name)}
        assert 1 + len(events) == len(lines)
        assert all(line.isprintable() and line.strip() for line in lines)
        asked.add(type(made))
        happened |= {type(event) for event in events}
    assert not set(get_args(c.Command)) - asked - {c.PassNumbers}
    assert len(get_args(Event)) - len(happened) <= 3


def test_what_ended_with_a_number_that_was_used_up_is_told(tmp_path: Path) -> None:
    """An order that was due while no server ran expires in the first of them."""
    due_ns, gtd = START_NS + 10**9, {"time_in_force": TimeInForce.GTD}
    order_of_alice = order(ALICE, Side.BUY, 95, 4, "due", **gtd, expire_ns=due_ns)
    data = journal_of(tmp_path, [*LISTED, order_of_alice])
    seq = len(LISTED) + 2
    with closing(SqliteJournal(data)) as journal:
        fill(journal, [c.Entry(seq + at, due_ns + at, c.AdvanceTime()) for at in range(5)])
    [first, *events, run] = ask(data, "--from", seq).stdout.splitlines()

    assert first.startswith(f"{seq} ")
    assert any("expired" in event for event in events), events
    assert run.startswith(f"{seq + 1} to {seq + 4}: 4 entries")


def test_a_reader_may_have_enough(traded: Path) -> None:
    """A closed pipe, as of `head`, is no error."""
    command = [sys.executable, "-m", "countermand", "journal", "show", str(traded)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert b"" == process.stderr.read()
