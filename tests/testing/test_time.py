"""Time as a test moves it: what ends by itself has ended, in milliseconds of the test's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from intx_sdk.client_services import IntxServicesClient
from intx_sdk.credentials import Credentials
from intx_sdk.services.orders import CreateOrderRequest
from tests.served import demo_text
from websockets.sync.client import connect

from countermand.testing import Account, Exchange

# On a machine that other tests share; alone it is a few milliseconds.
SOON_S = 1.0


@contextmanager
def soon() -> Iterator[None]:
    """Fail where it takes longer."""
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < SOON_S


def intx(account: Account) -> IntxServicesClient:
    """The SDK of Coinbase International, for an account."""
    fields = ("access_key", "passphrase", "signing_key")
    credentials = Credentials(*(account[field] for field in fields))
    return IntxServicesClient(credentials, base_url=f"{account.url}/api/v1")


def test_an_order_ends_after_thirty_days() -> None:
    """Coinbase's GTC lives so long; one with an end of its own goes before; the SDK goes on."""
    with Exchange("coinbase-intx") as exchange:
        bot = exchange.account(funds={"USDC": 10_000})

        def place(name: str, **more: Any) -> str:
            fields = {"side": "BUY", "type": "LIMIT", "instrument": "ETH-PERP", "size": "0.1"}
            fields |= {"price": "2700", "portfolio": bot["portfolio_uuid"], "tif": "GTC"} | more
            request = CreateOrderRequest(client_order_id=name, **fields)
            return str(intx(bot).orders.create_order(request).order_id)

        exchange.clock.freeze()
        until = exchange.clock.now.timestamp() + 10 * 86_400
        text = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        gtc, gtt = place("gtc"), place("gtt", tif="GTT", expire_time=text)
        with soon():
            exchange.clock.advance(days=29)
        assert [one.order for one in bot.orders("open")] == [gtc]
        assert exchange.order(gtt).transact_time == text
        with soon():
            exchange.clock.advance(days=1)
        assert exchange.order(gtc).ord_status == "expired"
        assert bot.available("USDC") == 10_000
        assert place("later")


class Etna:
    """A client of Autoshares, as one writes it with httpx."""

    def __init__(self, exchange: Exchange, account: Account) -> None:
        self._client = httpx.Client(
            transport=exchange.transport(),
            base_url="http://etna",
            headers={"Et-App-Key": account["app_key"]},
        )
        self._account = account

    def log_in(self) -> None:
        """Get a token and use it from now on."""
        login = {"Username": self._account["login"], "Password": self._account["password"]}
        token = self._client.post("/token", headers=login).json()["Token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Ask for something of the account's."""
        where = f"/api/v1.0/accounts/{self._account['account_id']}{path}"
        return self._client.request(method, where, json=body or None)

    def place(self, **terms: Any) -> int:
        """Place an order far below the market."""
        order = {"Symbol": "AAPL", "Type": "Limit", "Side": "Buy", "Quantity": 1, "Price": 150}
        answer = self.ask("POST", "/orders", **order | terms)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["Id"])

    def status(self, order: int) -> str:
        """Return how an order stands."""
        return str(self.ask("GET", f"/orders/{order}").json()["Status"])


def test_a_day_ends_with_its_session() -> None:
    """A minute after four in New York, with the switch to summer time in between."""
    with Exchange("autoshares", now="2026-03-06T15:00:00Z") as exchange:
        client = Etna(exchange, exchange.account(funds={"USD": 10_000}))
        client.log_in()
        friday = client.place(TimeInforce="Day")
        with soon():
            exchange.clock.set("2026-03-06T21:00:59Z")
        assert client.status(friday) == "New"
        with soon():
            exchange.clock.advance(seconds=1)
        assert client.status(friday) == "DoneForDay"
        monday = client.place(TimeInforce="Day")
        exchange.clock.set("2026-03-09T20:00:59Z")
        client.log_in()
        assert client.status(monday) == "New"
        exchange.clock.advance(seconds=1)
        assert client.status(monday) == "DoneForDay"


def test_a_token_ends_and_a_login_gives_another() -> None:
    """The token ends by the exchange's clock, not by the wall's."""
    with Exchange("autoshares") as exchange:
        client = Etna(exchange, exchange.account(funds={"USD": 10_000}))
        client.log_in()
        order = client.place(TimeInforce="GoodTillCancel")
        with soon():
            exchange.clock.advance(days=30)
        assert client.ask("GET", f"/orders/{order}").status_code == 401
        client.log_in()
        assert client.status(order) == "New"


def test_a_stream_has_been_told_when_it_returns() -> None:
    """When the move of the clock returns, the stream has every event on the way, in order."""
    with Exchange("autoshares", now="2026-03-06T15:00:00Z") as exchange:
        bot = exchange.account(funds={"USD": 10_000})
        client = Etna(exchange, bot)
        client.log_in()
        url = f"{exchange.url()}/CreateSession.txt".replace("http", "ws", 1)
        with connect(f"{url}?User={bot['login']}&Password={bot['password']}") as stream:
            session = json.loads(stream.recv(SOON_S))["SessionId"]
            asked = {"Cmd": "Subscribe.txt", "SessionId": session, "EntityType": "Order"}
            stream.send(json.dumps(asked | {"Keys": str(bot["account_id"])}))
            orders = [client.place(TimeInforce="Day"), client.place(TimeInforce="GoodTillCancel")]
            exchange.clock.advance(days=1)
            told = []
            while not told or told[-1]["Status"] != "DoneForDay":
                frame = json.loads(stream.recv(SOON_S))
                told += [frame] if frame.get("EntityType") == "Order" and "Status" in frame else []
        assert int(told[-1]["Id"]) == orders[0]


@pytest.mark.parametrize("days", [1, 1000])
def test_time_goes_on_where_nothing_is_due(days: int) -> None:
    """A move of any length returns at once."""
    with Exchange("polymarket-us") as exchange:
        before = exchange.clock.now_ns
        with soon():
            exchange.clock.advance(days=days)
        assert exchange.clock.now_ns - before >= days * 86_400 * 10**9


def test_requests_a_second_go_by_the_clients_clock(tmp_path: Path) -> None:
    """The wall's, until the exchange's leads; then time that is moved fills them up again."""
    world = tmp_path / "world.toml"
    unlimited, limited = "rate_limit_per_s = 0", "rate_limit_per_s = 3"
    world.write_text(demo_text("coinbase-intx").replace(unlimited, limited))
    with Exchange("coinbase-intx", world=world, now="2026-03-06T15:00:00Z") as exchange:
        exchange.clock.lead_clients()
        bot = exchange.account(funds={"USDC": 1})

        def ask() -> int:
            with client_at(exchange) as client:
                return client.get(
                    "/api/v1/portfolios", headers=signed(bot, "GET", "/api/v1/portfolios", exchange)
                ).status_code

        assert [ask() for _ in range(5)] == [200, 200, 200, 429, 429]
        exchange.clock.advance(seconds=1)
        assert [ask() for _ in range(4)] == [200, 200, 200, 429]
        exchange.clock.lead_clients(leads=False)
        exchange.clock.advance(days=30)
        with client_at(exchange) as client:
            path = "/api/v1/portfolios"
            assert client.get(path, headers=signed(bot, "GET", path, None)).status_code == 200


def client_at(exchange: Exchange) -> httpx.Client:
    """A client of the venue without a socket."""
    return httpx.Client(transport=exchange.transport(), base_url="http://venue")


def signed(bot: Account, method: str, path: str, by: Exchange | None) -> dict[str, str]:
    """Sign a request of Coinbase International by an exchange's clock, or by the wall's."""
    now = time.time() if by is None else by.clock.now.timestamp()
    stamp = str(int(now))
    key = base64.b64decode(bot["signing_key"])
    proof = hmac.new(key, f"{stamp}{method}{path}".encode(), hashlib.sha256).digest()
    return {
        "CB-ACCESS-KEY": bot["access_key"],
        "CB-ACCESS-PASSPHRASE": bot["passphrase"],
        "CB-ACCESS-SIGN": base64.b64encode(proof).decode(),
        "CB-ACCESS-TIMESTAMP": stamp,
    }
