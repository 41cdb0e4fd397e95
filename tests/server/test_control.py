"""The operator's acts over HTTP: the same rows, and what only a socket can get wrong."""

from __future__ import annotations

import asyncio
import json
import ssl
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from socket import create_connection, socket
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
import trustme
from tests.served import Served, demo_text, serve
from typer.testing import CliRunner

from countermand.cli import app
from countermand.control.client import AsyncControl, Control
from countermand.control.row import ControlError
from countermand.engine.verify import verify

VENUE = "coinbase-intx"
CREDIT = f"/control/v1/venues/{VENUE}/accounts/alice/credit"
JSON = {"Content-Type": "application/json"}
MONEY = b'{"asset":"USDC","amount":"1"}'


@pytest.fixture(scope="module")
def control() -> Iterator[str]:
    """The control port of a running server."""
    with Served(None, "--venue", VENUE) as served:
        yield served.ready["control"]


def ask(url: str, method: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
    """Return the status and the JSON of an answer."""
    request = Request(url, body, headers, method=method)
    try:
        with urlopen(request) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_an_act_is_done(control: str) -> None:
    """A name may be percent-encoded, with the slash in it."""
    status, told = ask(f"{control}/control/v1/venues/{VENUE}/accounts", "GET", None, {})
    name = told["accounts"][0]["account"].replace("/", "%2F")
    path = f"/control/v1/venues/{VENUE}/accounts/{name}/credit"

    assert 200 == status
    assert 200 == ask(control + path, "POST", MONEY, JSON)[0]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("POST", CREDIT, MONEY, {}, 415, "media-type"),
        ("POST", CREDIT, MONEY, {"Content-Type": "text/plain"}, 415, "media-type"),
        ("POST", CREDIT, MONEY, JSON | {"Origin": "http://evil.test"}, 403, "foreign-origin"),
        ("POST", CREDIT, MONEY, JSON | {"Origin": "null"}, 403, "foreign-origin"),
        ("POST", CREDIT, b"{", JSON, 400, "malformed"),
        ("POST", CREDIT, b"\xff", JSON, 400, "malformed"),
        ("POST", CREDIT, b"[" * 60_000, JSON, 400, "malformed"),
        ("POST", CREDIT, b"[]", JSON, 400, "malformed"),
        ("POST", CREDIT, b"", JSON, 400, "malformed"),
        ("POST", CREDIT, b'{"venue":"x"}', JSON, 400, "malformed"),
        ("POST", CREDIT, b'{"asset":"USDC","amount":1}', JSON, 400, "malformed"),
        ("POST", CREDIT, b" " * 70_000, JSON, 413, "too-large"),
        ("GET", CREDIT, None, {}, 405, "method-not-allowed"),
        ("GET", f"/control/v1/venues/{VENUE}/accounts?x=1", None, {}, 400, "malformed"),
        ("GET", "/control/v1/venues/nyse/accounts", None, {}, 404, "unknown-venue"),
        ("GET", "/control/v1/nothing", None, {}, 404, "unknown-path"),
        ("GET", "/health", None, {"Host": "evil.test"}, 400, "malformed"),
    ],
)
def test_refusals(
    control: str,
    method: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    """Every refusal has the same shape, and its own status."""
    told, refusal = ask(control + path, method, body, headers)

    assert (status, code) == (told, refusal["error"]["code"])
    assert "\n" not in refusal["error"]["text"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong-token-of-this-port"}, 401),
        ({"Authorization": "Basic the-token-of-this-port"}, 401),
        ({"Authorization": "Bearer the-token-of-this-port"}, 200),
        ({"Authorization": "bearer  the-token-of-this-port "}, 200),
    ],
)
def test_an_operator_brings_the_token(guarded: str, given: dict[str, str], status: int) -> None:
    """An act without the token is a 401; `/health` needs none."""
    assert status == ask(f"{guarded}/control/v1/status", "GET", None, given)[0]
    assert 200 == ask(f"{guarded}/health", "GET", None, given)[0]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The control port of a server that asks for a token."""
    path = tmp_path_factory.mktemp("token") / "token"
    path.write_text("the-token-of-this-port\n")
    with Served(None, "--venue", VENUE, "--control-token-file", str(path)) as served:
        assert str(path) == served.ready["control_token_file"]
        yield served.ready["control"]


def test_beyond_loopback_a_token_is_made_once(tmp_path: Path) -> None:
    """Only its owner can read the file; without the token every act is refused."""
    world, data = tmp_path / "world.toml", tmp_path / "data"
    world.write_text(demo_text(VENUE).replace("demo-key", "own-key").replace("readonly-key", "r"))
    tokens = []
    for _ in range(2):
        with Served(data, "--world", str(world), "--host", "0.0.0.0") as served:
            url = served.ready["control"].replace("0.0.0.0", "127.0.0.1")
            path = Path(served.ready["control_token_file"])
            tokens.append(path.read_text().strip())
            bearer = {"Authorization": f"Bearer {tokens[0]}"}
            assert 401 == ask(f"{url}/control/v1/status", "GET", None, {})[0]
            assert 200 == ask(f"{url}/control/v1/status", "GET", None, bearer)[0]
            assert 0o600 == path.stat().st_mode & 0o777
    assert tokens[0] == tokens[1]


@pytest.mark.parametrize("text", ["short", "two words of a token", ""])
def test_a_token_that_can_be_guessed_is_refused(tmp_path: Path, text: str) -> None:
    """One line, before any port is open."""
    path = tmp_path / "token"
    path.write_text(text)
    done = serve("--ephemeral", "--port", "0", "--control-token-file", str(path))

    assert 2 == done.returncode
    assert "a token is one word" in done.stderr


def test_the_document_is_served(control: str) -> None:
    """OpenAPI 3.1, with every row of the table."""
    status, told = ask(f"{control}/openapi.json", "GET", None, {})

    assert (200, "3.1.1") == (status, told["openapi"])


def test_connections_are_listed_and_closed(control: str) -> None:
    """All connections of a venue, or one by its number."""
    with Served(None, "--venue", VENUE) as served:
        url = served.ready["control"]
        venue = urlsplit(served.venue(VENUE)["base_url"])
        opened = [create_connection((venue.hostname, venue.port)) for _ in range(2)]
        for one in opened:
            one.sendall(b"GET /_countermand/ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
            one.recv(1000)
        operator = Control(url)
        listed = operator.connections(venue=VENUE).connections
        closed = operator.close_connection(connection=str(listed[0].connection))
        rest = operator.close_connections()

        assert {"{}:{}".format(*one.getsockname()) for one in opened} == {o.peer for o in listed}
        assert (1, 1) == (closed.closed, rest.closed)
        for one in opened:
            with one:
                assert is_over(one)
        with pytest.raises(ControlError, match="no connection is"):
            operator.close_connection(connection="77")


def is_over(one: socket) -> bool:
    """Return whether the other end of a connection is closed."""
    one.settimeout(5)
    try:
        return one.recv(1) == b""
    except ConnectionResetError:
        return True


def test_the_python_clients_act(control: str) -> None:
    """Waiting or not; a refusal is what it is over HTTP."""
    operator = Control(control)
    made = operator.trade(venue=VENUE, symbol="BTC-PERP", price="60000", quantity="0.1")
    again = asyncio.run(
        AsyncControl(control).trade(venue=VENUE, symbol="BTC-PERP", price="60000", quantity="0.1")
    )

    assert made.side == again.side
    assert "trade" in dir(operator)
    for wrong in ({"venue": "nyse"}, {"venue": None}, {"venue": VENUE, "x": "1"}):
        with pytest.raises(ControlError) as refused:
            operator.accounts(**wrong)
        assert refused.value.status in (400, 404)
    with pytest.raises(AttributeError):
        operator.conquer()
    with pytest.raises(ControlError, match="no answer from"):
        Control("http://127.0.0.1:1").status()


@pytest.mark.parametrize("keeps", [True, False])
def test_the_journal_is_downloaded_while_it_is_written(tmp_path: Path, keeps: bool) -> None:
    """The copy verifies, and a server goes on from it with the same keys and money."""
    data = tmp_path / "data" if keeps else None
    with Served(data, "--venue", VENUE) as served:
        operator = Control(served.ready["control"])
        operator.open_account(venue=VENUE, owner="eve", funds={"USDC": "7.5"})
        issued = operator.issue_key(venue=VENUE, owner="eve")
        file = BytesIO()
        size = operator.download("journal", file)
        assert size == len(operator.call("journal"))
    file.seek(0)
    with tarfile.open(fileobj=file) as packed:
        packed.extractall(tmp_path, filter="data")
    copy = tmp_path / "countermand-journal"
    assert [] == verify(copy).failures
    with Served(copy, "--venue", VENUE) as served:
        operator = Control(served.ready["control"])
        eve = operator.account(venue=VENUE, account="eve")
        keys = [one.key for one in operator.keys(venue=VENUE).keys]
    assert "7.5" == eve.balances[0].total
    assert issued.key in keys


def test_answered_acts_are_kept(tmp_path: Path) -> None:
    """Each kind of act survives a kill."""
    with Served(tmp_path, "--venue", VENUE) as served:
        operator = Control(served.ready["control"])
        operator.open_account(venue=VENUE, owner="eve", funds={"USDC": "7.5"})
        issued = operator.issue_key(venue=VENUE, owner="eve")
        operator.halt(venue=VENUE, symbol="ETH-PERP")
        made = operator.trade(venue=VENUE, symbol="BTC-PERP", price="60000", quantity="0.1")
        operator.freeze()
        served.kill()
    with Served(tmp_path, "--venue", VENUE) as served:
        operator = Control(served.ready["control"])
        keys = [one.key for one in operator.keys(venue=VENUE).keys]
        eve = operator.account(venue=VENUE, account="eve")
        market = operator.instrument(venue=VENUE, symbol="ETH-PERP")
        tape = operator.trades(venue=VENUE, symbol="BTC-PERP").trades
        clock = operator.clock()

    assert issued.key in keys
    assert ("7.5", "halted") == (eve.balances[0].total, market.trading_state)
    assert made.trades[0].price == tape[0].price
    assert clock.stands_still


def test_an_operator_acts_over_tls(tmp_path: Path) -> None:
    """The client trusts the certificate's signer; a download comes whole."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    cert, key, ca = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "ca.pem"
    issued.cert_chain_pems[0].write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(ca))
    with Served(None, "--venue", VENUE, "--tls-cert", str(cert), "--tls-key", str(key)) as served:
        url, file = served.ready["control"], BytesIO()
        operator = Control(url, tls=ssl.create_default_context(cafile=str(ca)))
        size = operator.download("journal", file)
        shell = CliRunner().invoke(app, ["ctl", "status", "--control", url, "--tls-ca", str(ca)])
        with pytest.raises(ControlError, match="no answer"):
            Control(url).status()

    assert size == len(file.getvalue()) > 0
    assert 0 == shell.exit_code
