"""Every exit code of the client's verbs, by what really causes it; bad input is one line."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.calling import Calls, Said
from tests.served import Served

from countermand.cli import exits
from countermand.cli.exits import Code
from countermand.client import outcome
from countermand.client.synchronous import Client

VENUE = "coinbase-intx"
REST = (VENUE, "ETH-PERP", "buy", "0.01", "2700")
READ_ONLY = {
    "ACCESS_KEY": "alice-readonly-key",
    "PASSPHRASE": "alice-readonly-passphrase",
    "SIGNING_KEY": "Y291bnRlcm1hbmQtZGVtby1hbGljZS12aWV3LS0wMDI=",
}


@pytest.fixture
def read_only(exchange_here: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment says a key that may only look."""
    monkeypatch.setenv("COUNTERMAND_COINBASE_INTX_BASE_URL", exchange_here.venue(VENUE)["base_url"])
    for field, value in READ_ONLY.items():
        monkeypatch.setenv(f"COUNTERMAND_COINBASE_INTX_{field}", value)


@pytest.fixture
def fault(call: Calls) -> Iterator[None]:
    """Faults may be set; at the end there is none."""
    yield
    assert 0 == call("ctl", "clear-faults").code


def strike(call: Calls, kind: str, operation: str) -> None:
    """Let something go wrong with an operation, for the rest of the test."""
    assert 0 == call("ctl", "add-fault", kind, "--venue", VENUE, "--operation", operation).code


def placed(call: Calls, *more: str) -> str:
    """Place an order; return its id."""
    return str(call("place", *REST, *more, "--json").json["order_id"])


def name_of(said: Said) -> str:
    """Return the outcome that was printed for people."""
    return said.out.partition(":")[0]


def test_canceled_is_0(call: Calls) -> None:
    """Also when it was canceled before: it is canceled."""
    order = placed(call)

    first, second = call("cancel", VENUE, order), call("cancel", VENUE, order)

    assert (0, "Canceled", "") == (first.code, name_of(first), first.err)
    assert (0, "Canceled", "") == (second.code, name_of(second), second.err)


def test_closed_already_is_3(call: Calls) -> None:
    """An order that filled cannot be canceled, nor replaced."""
    order = call("place", VENUE, "ETH-PERP", "buy", "0.01", "3300", "--quiet").out.strip()

    canceled = call("cancel", VENUE, order)
    replaced = call("replace", VENUE, order, "--price", "3000")

    assert (3, "Filled") == (canceled.code, name_of(canceled))
    assert (3, "Filled") == (replaced.code, name_of(replaced))


def test_placed_and_over_is_3(call: Calls) -> None:
    """An order that may not rest, and met nothing."""
    said = call("place", *REST, "--time-in-force", "ioc")

    assert (3, "Canceled") == (said.code, name_of(said))


def test_not_found_is_4(call: Calls) -> None:
    """Each verb that names an order ends with 4 when there is none."""
    for words in (("cancel",), ("replace", "--price", "2600")):
        said = call(words[0], VENUE, "none-such", *words[1:])
        assert (4, "NotFound") == (said.code, name_of(said))
    said = call("order", VENUE, "none-such")
    assert (4, "countermand: coinbase-intx knows no order 'none-such'\n") == (said.code, said.err)


def test_refused_is_5(call: Calls) -> None:
    """The exchange refuses the order."""
    said = call("place", VENUE, "ETH-PERP", "buy", "0.0001", "2700")

    assert (5, "Refused") == (said.code, name_of(said))


@pytest.mark.usefixtures("read_only")
def test_a_key_that_may_not_is_5(call: Calls) -> None:
    """The venue refuses a read-only key; it may still read."""
    order = placed(call, "--user", "alice")

    canceled, looked = call("cancel", VENUE, order), call("orders", VENUE, "--json")

    assert (5, "Refused") == (canceled.code, name_of(canceled))
    assert order in {one["order_id"] for one in looked.json["orders"]}
    assert 0 == call("cancel", VENUE, order, "--user", "alice").code


@pytest.mark.usefixtures("fault")
def test_not_proven_is_6(call: Calls) -> None:
    """The answer is lost and the order cannot be read; nothing is guessed, and all is told."""
    order = placed(call)
    strike(call, "lost-after", "cancel-order")
    strike(call, "error-before", "get-order")

    said = call("cancel", VENUE, order, "--timeout", "0.3")

    assert (6, "Unknown") == (said.code, name_of(said))
    assert "  cancel-order: DELETE" in said.out
    assert "no answer" in said.out


@pytest.mark.usefixtures("fault")
def test_not_proven_empty_is_6(call: Calls) -> None:
    """A sweep that cannot see what is open says so."""
    placed(call)
    strike(call, "error-before", "list-orders")

    said = call("cancel-all", VENUE, "--timeout", "0.1", "--json")

    assert (6, False) == (said.code, said.json["is_empty"])
    assert said.json["text"]


def test_not_sent_is_7(call: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """The venue cannot be reached."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        monkeypatch.setenv("COUNTERMAND_COINBASE_INTX_BASE_URL", f"http://127.0.0.1:{port}")
        for field, value in READ_ONLY.items():
            monkeypatch.setenv(f"COUNTERMAND_COINBASE_INTX_{field}", value)

        said = call("cancel", VENUE, "any", "--json")

    assert (7, "not-sent") == (said.code, said.json["error"]["code"])
    assert f"http://127.0.0.1:{port}: not sent: " in said.err


def test_no_ledger_is_7(call: Calls, tmp_path: Path) -> None:
    """Nothing is sent that could not be written down first."""
    order = placed(call)

    said = call("cancel", VENUE, order, "--ledger", tmp_path)

    assert (7, "") == (said.code, said.out)
    assert f"countermand: ledger {tmp_path}: " in said.err
    assert call("order", VENUE, order, "--json").json["order"]["is_open"]


@pytest.mark.usefixtures("fault")
@pytest.mark.parametrize("kind", ["lost-before", "error-before", "broken"])
def test_a_read_that_failed_is_1(call: Calls, kind: str) -> None:
    """No answer, a venue's own fault, or a body that cannot be read."""
    strike(call, kind, "list-balances")

    said = call("balances", VENUE)

    assert (1, "", 1) == (said.code, said.out, len(said.err.splitlines()))


BAD = [
    (("place", "nowhere", *REST[1:]), "no venue is called 'nowhere'; there are deltadefi, "),
    (("place", VENUE, "NONE", "buy", "1", "1"), "coinbase-intx has no market NONE"),
    (("place", VENUE, "ETH-PERP", "bye", "1", "1"), "'bye' is none of buy, sell"),
    (("place", VENUE, "ETH-PERP", "buy", "x", "1"), "'x' is no number"),
    (("place", VENUE, "ETH-PERP", "buy", "0.00001", "1"), "must be a multiple of 0.0001"),
    (("place", VENUE, "ETH-PERP", "buy", "1", "1.001"), "must be a multiple of 0.01"),
    (("place", *REST, "--time-in-force", "soon"), "'soon' is none of day, gtc, "),
    (("place", *REST, "--exec-inst", "gently"), "'gently' is none of "),
    (("place", *REST, "--expire", "tomorrow"), "'tomorrow' is no time; say 30m, 1h or 2d from now"),
    (("place", *REST, "--expire", "1h30m"), "'1h30m' is no time; say 30m, 1h or 2d from now"),
    (
        ("place", *REST, "--time-in-force", "gtd", "--expire", "2020-01-31T12:00:00"),
        "--expire 2020-01-31T12:00:00: expire time must lie in the future",
    ),
    (
        ("place", *REST, "--time-in-force", "gtd", "--expire", "31d"),
        "within the limit; coinbase-intx takes at most 30 days",
    ),
    (("place", *REST, "--expire", "9999-01-01"), "--expire 9999-01-01 is too late"),
    (
        ("place", *REST, "--time-in-force", "gtd"),
        "--time-in-force gtd needs its end: give --expire",
    ),
    (("place", *REST, "--twap"), "--twap needs its end: give --expire, 30m, 1h or 2d from now"),
    (("place", *REST, "--expire", "1h"), "give --time-in-force gtd as well"),
    (
        ("place", "loopring", "LRC-ETH", "buy", "100", "0.04", "--twap"),
        "loopring has no twap orders",
    ),
    (("place", *REST, "--twap"), "; coinbase-intx takes at most 30 days"),
    (("place", *REST[:4], "--twap", "--expire", "1h"), "give a PRICE after the quantity"),
    (("place", "autoshares", "AAPL", "buy", "10", "150", "--trail", "2%"), "--limit-offset"),
    (
        ("place", "loopring", "LRC-ETH", "sell", "100", "--take-profit", "0.04"),
        "take-profit-limit: give a price as well for a take-profit-limit",
    ),
    (("place", *REST[:3], "-0.01", "2700"), "-0.01: a quantity and a price must be above zero"),
    (("place", *REST[:4], "-.5"), "-.5: a quantity and a price must be above zero"),
    (("place", *REST, "-x"), "No such option: -x"),
    (("place", *REST[:3]), "Missing argument 'QTY'"),
    (("place", *REST, "--timeout", "0"), "0.0 is not in the range"),
    (("place", *REST, "--timeout", "inf"), "inf is not in the range"),
    (("place", *REST, "--timeout", "nan"), "nan is no time"),
    (("kill", "--timeout", "nan"), "nan is no time"),
    (("kill", "--timeout", "inf"), "inf is not in the range"),
    (("kill", "--quiet-for", "nan"), "nan is no time"),
    (("place", "polymarket-us", "x", "buy", "1", "--cl-ord-id", "a"), "has no market x"),
    (("replace", VENUE, "any"), "neither price nor quantity"),
    (("cancel", VENUE, ""), "'' is the id of no order"),
    (("cancel", VENUE, "a\nb"), "'a\\nb' is the id of no order"),
    (("cancel", VENUE), "Missing argument 'ORDER...'"),
    (("cancel", VENUE, "any", "--symbol", "NONE"), "coinbase-intx has no market NONE"),
    (("cancel-all", VENUE, "--side", "both"), "'both' is none of buy, sell"),
    (("book", VENUE, "NONE"), "coinbase-intx has no market NONE"),
    (("positions", "deltadefi"), "deltadefi has no list-positions"),
    (("orders", VENUE, "--user", "zed"), "has no user 'zed'; there are alice, bob"),
    (("orders", VENUE, "--account", "third"), "account third is none of this key's"),
    (("orders", VENUE, "--profile", "zed"), "no profile is called 'zed'"),
    (("orders", VENUE, "--profile", "zed", "--user", "bob"), "--user is of the exchange here"),
    (("orders", VENUE, "--base-url"), "Option '--base-url' requires an argument."),
    (("orders",), "Missing argument 'VENUE'"),
]


@pytest.mark.parametrize(("words", "text"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_asked_wrongly_is_2(call: Calls, words: tuple[str, ...], text: str) -> None:
    """One line that says what is wrong, and nothing on stdout; or one document that says it."""
    said = call(*words)

    assert (2, "", 1) == (said.code, said.out, len(said.err.splitlines()))
    assert text in said.err


def test_nothing_there_is_7(call: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No exchange runs, and nothing is configured; or it has no such place."""
    there = call("orders", VENUE, "--base-url", "http://127.0.0.1:1")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    said = call("orders", VENUE, "--json")

    assert (7, 1) == (there.code, len(there.err.splitlines()))
    assert "no keys for coinbase-intx at http://127.0.0.1:1" in there.err
    assert (7, "not-sent") == (said.code, said.json["error"]["code"])
    assert "no exchange runs here" in said.err


def test_a_bug_is_one_line(call: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """An act's result is then unknown, which is how it is reported."""

    def broken(*_: object) -> None:
        raise IndexError("what it says may hold a secret")

    monkeypatch.setattr(Client, "cancel_many", broken)
    monkeypatch.setattr(Client, "balances", broken)

    acted, looked = call("cancel", VENUE, "any"), call("balances", VENUE)

    assert (6, 1) == (acted.code, looked.code)
    assert acted.err.startswith("countermand: a bug, please report it: IndexError at ")
    assert Path(__file__).name in acted.err
    assert "secret" not in acted.err


@pytest.mark.parametrize(
    ("codes", "verb"),
    [(exits.OF_CANCEL, "cancel"), (exits.OF_PLACE, "place"), (exits.OF_REPLACE, "replace")],
)
def test_every_outcome_has_a_code(codes: dict[str, Code], verb: str) -> None:
    """Each that the verb can come to."""
    [row] = re.findall(rf"^    {verb} +(.*)$", outcome.__doc__ or "", re.MULTILINE)

    assert set(row.split(", ")) <= set(codes)
