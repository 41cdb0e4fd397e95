"""Generations behind the ports of a server: connections stay, streams end, a kill loses nothing."""

from __future__ import annotations

import json
from collections import deque
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.served import Served, serve
from typer.testing import CliRunner
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from countermand.cli import app
from countermand.control.client import Control
from countermand.testing import Exchange, attach

VENUE = "coinbase-intx"
MARKET = "ETH-PERP"


def bid(control: Control) -> str:
    """Stand with a bid, and return what the venue calls the order."""
    control.quote(venue=VENUE, symbol=MARKET, bid="2700", bid_quantity="1")
    [order] = control.orders(venue=VENUE, account="house-quotes", which="open").orders
    return str(order.order)


def test_a_connection_goes_on_in_the_next_generation() -> None:
    """A request after a reset, on the same connection, is answered by the new exchange."""
    with Exchange(VENUE) as exchange:
        parts = urlsplit(exchange.url())
        client = HTTPConnection(parts.netloc)
        for _ in range(3):
            client.request("GET", f"/api/v1/instruments/{MARKET}/quote")
            before = client.sock
            assert client.getresponse().read()
            exchange.reset()
            assert client.sock is before is not None
        client.close()


@pytest.mark.parametrize("turn", ["reset", "restore"])
def test_streams_end_with_their_generation(turn: str) -> None:
    """Closed as a service that restarts; the next one tells of the next generation."""
    with Exchange("deltadefi") as exchange:
        bot = exchange.account()
        exchange.snapshot("here")
        url = f"{exchange.url()}/accounts/stream?api_key={bot['api_key']}".replace("http", "ws", 1)
        with connect(url) as stream:
            stream.recv(5)
            exchange.reset() if turn == "reset" else exchange.restore("here")
            with pytest.raises(ConnectionClosed) as ended:
                deque(iter(partial(stream.recv, 5), None))
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1012
        if turn == "restore":
            with connect(url) as stream:
                assert json.loads(stream.recv(5))["type"] == "Account"


def test_a_fault_of_old_news_goes_on_with_the_next_generation() -> None:
    """Reads are old as before, and of the exchange there is; a reset forgets the fault."""
    with Exchange(VENUE) as exchange:
        bot = exchange.account(funds={"USDC": 10})
        exchange.snapshot("here")
        exchange.faults.add("stale", venue=VENUE, lag_ms=60_000)
        exchange.restore("here")
        assert len(exchange.faults.reports()) == 1
        assert bot.balance("USDC") == 10
        parts = urlsplit(exchange.url())
        client = HTTPConnection(parts.netloc)
        client.request("GET", f"/api/v1/instruments/{MARKET}/quote")
        assert client.getresponse().status == 200
        client.close()
        exchange.reset()
        assert exchange.faults.reports() == ()


def test_a_kill_after_a_reset_loses_nothing(tmp_path: Path) -> None:
    """The next start serves the generation there was, its clock, its orders and its snapshots."""
    with Served(tmp_path, "--venue", VENUE) as served:
        control = Control(served.ready["control"])
        first = bid(control)
        control.snapshot(name="first")
        control.reset()
        control.freeze()
        control.advance(by="30d")
        shown = control.clock()
        second = bid(control)
        served.kill()

    with Served(tmp_path, "--venue", VENUE) as served:
        control = Control(served.ready["control"])
        found = [one.order for one in control.orders(venue=VENUE, account="house-quotes").orders]
        assert found == [second]
        assert control.clock() == shown
        with attach(served.ready["control"]) as exchange:
            assert exchange.journal()
            exchange.restore("first")
            assert exchange.order(first).standing == "resting"
    directories = ["", "generations/000001", "generations/000002", "saved/first"]
    for each in directories:
        done = CliRunner().invoke(app, ["journal", "verify", str(tmp_path / each)])
        assert done.exit_code == 0, done.output


def test_a_directory_whose_number_is_lost_is_refused_in_one_line(tmp_path: Path) -> None:
    """A start and the journal's verbs refuse it; no file is changed."""
    with Served(tmp_path, "--venue", VENUE) as served:
        Control(served.ready["control"]).reset()
    (tmp_path / "generation").unlink()
    refused = serve("--data", str(tmp_path), "--venue", VENUE)
    assert refused.returncode == 1
    assert "generation is missing" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    told = CliRunner().invoke(app, ["journal", "verify", str(tmp_path)])

    assert told.exit_code == 1
    assert not (tmp_path / "generation").exists()
