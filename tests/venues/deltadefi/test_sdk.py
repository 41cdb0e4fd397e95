"""
The published deltadefi 1.1.1, unmodified, over a real socket: everything it can ask, and what it
makes of each refusal, in the venue's own envelope and with the switch that adds `msg`.

Its native signer is stood in for (`standin`); what that signs is held to the native one's bytes in
`test_signer.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from deltadefi.clients import ApiClient
from deltadefi.clients.websocket import WebSocketClient
from deltadefi.error import ClientError
from sidan_gin import decrypt_with_cipher, encrypt_with_cipher
from tests.served import Served, demo_text
from tests.venues.deltadefi.booth import ADA, NAME

OPEN_AT = "0.9"


@contextmanager
def served(directory: Path, *, msg: bool) -> Iterator[dict[str, Any]]:
    """Serve the demo world, with the switch or without."""
    world = demo_text(NAME)
    file = directory / "world.toml"
    file.write_text(world.replace("msg = false", f"msg = {str(msg).lower()}"))
    with Served(None, "--venue", NAME, "--world", str(file)) as server:
        yield server.venue(NAME)


def client(venue: dict[str, Any], owner: str = "alice") -> ApiClient:
    """Return a user's client, with the operation key loaded."""
    account = venue["accounts"][owner]
    api = ApiClient(network="preprod", api_key=account["api_key"], base_url=venue["base_url"])
    api.load_operation_key(account["passcode"])
    return api


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The venue as it is."""
    with served(tmp_path_factory.mktemp("plain"), msg=False) as known:
        yield known


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The venue with the switch."""
    with served(tmp_path_factory.mktemp("lenient"), msg=True) as known:
        yield known


@pytest.fixture
def alice(venue: dict[str, Any]) -> ApiClient:
    """Alice's client."""
    return client(venue)


@pytest.fixture
def bob(venue: dict[str, Any]) -> ApiClient:
    """Bob's client."""
    return client(venue, "bob")


def rest(api: ApiClient, **more: Any) -> dict[str, Any]:
    """Post an order that rests."""
    return dict(api.post_order(ADA, "buy", "limit", base_quantity="100", price=OPEN_AT, **more))


# --- orders


def test_limit_order_is_posted_read_and_canceled(alice: ApiClient) -> None:
    """Built, signed and submitted by the SDK; read back as it was answered; canceled."""
    order = rest(alice, post_only=True)

    assert ("open", "100", "90") == (order["status"], order["base_qty"], order["locked_quote_qty"])
    assert order == alice.accounts.get_order_record(order["id"])
    assert [order] == alice.accounts.get_open_orders(ADA)["data"]
    assert {"order_id": order["id"]} == alice.cancel_order(order["id"])
    assert "cancelled" == alice.accounts.get_order_record(order["id"])["status"]
    assert order["id"] == alice.accounts.get_trade_orders(ADA, limit=1)["data"][0]["id"]


def test_market_order_is_posted(alice: ApiClient, bob: ApiClient) -> None:
    """The order is by base quantity, with a slippage limit."""
    bob.post_order(ADA, "sell", "limit", base_quantity="50", price="0.93")
    order = alice.post_order(
        ADA, "buy", "market", base_quantity="50", max_slippage_basis_point="100"
    )

    assert ("closed", "50", "46.5") == tuple(
        order[name] for name in ("status", "executed_base_qty", "executed_quote_qty")
    )
    assert order["order_execution_records"] == alice.accounts.get_trades(ADA, limit=1)["data"]


@pytest.mark.parametrize("quantity", ["93", 93, 93.0])
def test_quote_quantity(alice: ApiClient, bob: ApiClient, quantity: Any) -> None:
    """Text or number, of a limit order and of a market order."""
    limited = bob.post_order(ADA, "sell", "limit", quote_quantity=quantity, price=0.93)
    assert ("100", "93") == (limited["base_qty"], limited["quote_qty"])
    bought = alice.post_order(ADA, "buy", "market", quote_quantity=quantity)

    assert ("closed", "100", "93") == tuple(
        bought[name] for name in ("status", "executed_base_qty", "executed_quote_qty")
    )


def test_cancel_all(alice: ApiClient) -> None:
    """The ids, ascending."""
    ids = [rest(alice)["id"] for _ in range(3)]

    assert {"symbol": ADA, "order_ids": ids} == alice.cancel_all_orders(ADA)


def test_build_and_submit_alone(alice: ApiClient) -> None:
    """As a program that signs elsewhere calls them."""
    built = alice.orders.build_place_order_transaction(
        ADA, "buy", "limit", base_quantity="100", price=OPEN_AT
    )
    assert "building" == alice.accounts.get_order_record(built["order_id"])["status"]
    signed = alice.operation_wallet.sign_tx(built["tx_hex"])
    order = alice.orders.submit_place_order_transaction(built["order_id"], signed)

    assert "open" == order["status"]
    alice.cancel_order(order["id"])


def test_wrong_passcode(venue: dict[str, Any]) -> None:
    """The SDK finds out by itself."""
    account = venue["accounts"]["alice"]
    api = ApiClient(api_key=account["api_key"], base_url=venue["base_url"])

    with pytest.raises(ValueError, match="Failed to decrypt"):
        api.load_operation_key("wrong")


# --- reads


def test_account_reads(alice: ApiClient, venue: dict[str, Any]) -> None:
    """Each is returned untouched."""
    published = venue["accounts"]["alice"]
    names = ("encrypted_operation_key", "operation_key_hash")
    key = {name: published[name] for name in names}
    created = {"created_at": published["created_at"]}

    assert key == alice.accounts.get_operation_key()
    assert {
        "account_id": published["account_id"], "account_type": "spot", **key, **created,
    } == alice.accounts.get_spot_account()  # fmt: skip
    assert {"api_key": published["api_key"], **created} == alice.accounts.get_api_key()
    assert ["ADA", "USDM", "NIGHT"] == [it["asset"] for it in alice.accounts.get_account_balance()]
    assert {"max_deposit": "0"} == alice.accounts.get_max_deposit()
    assert [] == alice.accounts.get_deposit_records()
    assert [] == alice.accounts.get_withdrawal_records()
    assert [] == alice.accounts.get_transferal_records()


def test_lists_in_pages(alice: ApiClient) -> None:
    """The parameters are in the SDK's spelling."""
    ids = [rest(alice)["id"] for _ in range(3)]
    page = alice.accounts.get_open_orders(ADA, limit=2, page=2)

    assert ([ids[0]], 3, 2) == (
        [it["id"] for it in page["data"]],
        page["total_count"],
        page["total_page"],
    )
    assert page.keys() == alice.accounts.get_trade_orders(ADA, limit=5).keys()
    assert page.keys() == alice.accounts.get_trades(ADA, page=1).keys()
    alice.cancel_all_orders(ADA)


def test_market_and_application_reads(alice: ApiClient, bob: ApiClient) -> None:
    """Prices as numbers."""
    bob.post_order(ADA, "sell", "limit", base_quantity="50", price="0.9301")
    alice.post_order(ADA, "buy", "limit", base_quantity="50", price="0.9301")

    assert {"price": 0.9301} == alice.markets.get_market_price(ADA)
    candles = alice.markets.get_aggregated_price(ADA, "1d", 1, 4_000_000_000)
    assert {"t", "s", "o", "h", "l", "c", "v"} == candles[-1].keys()
    assert 0.9301 == candles[-1]["c"]
    config = alice.app.get_market_config()
    assert [ADA, "NIGHTUSDM"] == [pair["symbol"] for pair in config["trading_pairs"]]
    assert {"start", "end"} == alice.app.get_hydra_cycle().keys()
    assert "practice" in alice.app.get_terms_and_conditions()["value"]


def test_keys_are_changed(lenient: dict[str, Any]) -> None:
    """The passcode, then the API key, which kills the old one at once."""
    account = lenient["accounts"]["bob"]
    api = client(lenient, "bob")
    text = decrypt_with_cipher(account["encrypted_operation_key"], account["passcode"])
    updated = api.accounts.update_spot_account("u", encrypt_with_cipher(text, "another"))
    assert account["operation_key_hash"] == updated["operation_key_hash"]
    api.load_operation_key("another")
    order = rest(api)
    new = api.accounts.create_new_api_key()
    with pytest.raises(ClientError) as caught:
        api.cancel_order(order["id"])
    assert (401, 4010) == (caught.value.status_code, caught.value.error_code)
    again = ApiClient(api_key=new["api_key"], base_url=lenient["base_url"])
    assert {"order_id": order["id"]} == again.cancel_order(order["id"])


def test_built_order_and_new_key_survive_a_crash(tmp_path: Path) -> None:
    """After a kill the server knows each that it answered."""
    with Served(tmp_path, "--venue", NAME) as server:
        api = client(server.venue(NAME))
        order = rest(api)
        built = api.orders.build_place_order_transaction(
            ADA, "buy", "limit", base_quantity="100", price=OPEN_AT
        )
        signed = api.operation_wallet.sign_tx(built["tx_hex"])
        new = api.accounts.create_new_api_key()
        server.kill()
    with Served(tmp_path, "--venue", NAME) as server:
        again = ApiClient(api_key=new["api_key"], base_url=server.venue(NAME)["base_url"])
        submitted = again.orders.submit_place_order_transaction(built["order_id"], signed)
        assert (built["order_id"], "open") == (submitted["id"], submitted["status"])
        ids = [order["id"], submitted["id"]]
        assert {"symbol": ADA, "order_ids": ids} == again.cancel_all_orders(ADA)


# --- refusals


def unknown_cancel(api: ApiClient) -> Any:
    """Cancel an unknown order."""
    return api.cancel_order("0b0e7d52-7c0a-4b0e-9f0f-1f6d5a1c9a01")


def repeated_cancel(api: ApiClient) -> Any:
    """Cancel twice."""
    order_id = rest(api)["id"]
    api.cancel_order(order_id)
    return api.cancel_order(order_id)


def nothing_to_cancel(api: ApiClient) -> Any:
    """Cancel all of nothing."""
    return api.cancel_all_orders("NIGHTUSDM")


def unsigned(api: ApiClient) -> Any:
    """Submit what was built."""
    built = api.orders.build_place_order_transaction(
        ADA, "buy", "limit", base_quantity="100", price=OPEN_AT
    )
    return api.orders.submit_place_order_transaction(built["order_id"], built["tx_hex"])


def too_small(api: ApiClient) -> Any:
    """Post an order below the minimum."""
    return api.post_order(ADA, "buy", "limit", base_quantity="1", price=OPEN_AT)


def no_money(api: ApiClient) -> Any:
    """Post an order for more than there is."""
    return api.post_order(ADA, "sell", "limit", base_quantity="99999999", price=OPEN_AT)


def crossing(api: ApiClient) -> Any:
    """Post a post-only order that would match."""
    order = rest(api)
    try:
        return api.post_order(
            ADA, "sell", "limit", base_quantity="10", price=OPEN_AT, post_only=True
        )
    finally:
        api.cancel_order(order["id"])


def no_liquidity(api: ApiClient) -> Any:
    """Post a market order at an empty book."""
    return api.post_order("NIGHTUSDM", "buy", "market", base_quantity="1000")


def unknown_symbol(api: ApiClient) -> Any:
    """Ask for the orders of a pair there is not."""
    return api.accounts.get_open_orders("ADAUSDX")


def no_key(api: ApiClient) -> Any:
    """Ask without a key."""
    return ApiClient(base_url=api.base_url).accounts.get_account_balance()


REFUSALS = [
    (unknown_cancel, 404, 4200, "Order not found"),
    (repeated_cancel, 400, 4201, "Order is not open"),
    (nothing_to_cancel, 400, 4200, "Order not found"),
    (unsigned, 400, 4407, "Failed to sign transaction: the transaction has no signature"),
    (too_small, 400, 4100, "Order size must be at least 5 ADA"),
    (no_money, 400, 4050, "Insufficient balance to place order"),
    (crossing, 400, 4104, "Post-only order would match with existing orders"),
    (no_liquidity, 400, 4109, "Insufficient liquidity to execute market order"),
    (unknown_symbol, 400, 4106, "Invalid trading pair symbol"),
    (no_key, 401, 4010, "Unauthorized access"),
]


@pytest.mark.parametrize(("act", "status", "code", "text"), REFUSALS)
def test_refusal_in_the_venues_envelope(
    alice: ApiClient,
    capsys: pytest.CaptureFixture[str],
    act: Any,
    status: int,
    code: int,
    text: str,
) -> None:
    """The SDK looks for `msg`, which is not there: the true text is on its standard output only."""
    with pytest.raises(KeyError, match="msg"):
        act(alice)
    assert f"Error? {{'error': '{text}', 'code': {code}}}\n" == capsys.readouterr().out


@pytest.mark.parametrize(("act", "status", "code", "text"), REFUSALS)
def test_refusal_with_the_switch(
    lenient: dict[str, Any], act: Any, status: int, code: int, text: str
) -> None:
    """A clean error with status, code and text."""
    with pytest.raises(ClientError) as caught:
        act(client(lenient))
    error = caught.value
    assert (status, code, text) == (error.status_code, error.error_code, error.error_message)


@pytest.mark.parametrize("switch", ["venue", "lenient"])
def test_path_that_is_not_there(switch: str, request: pytest.FixtureRequest) -> None:
    """An id that is two segments, and points: the router's text, clean either way."""
    api = client(request.getfixturevalue(switch))
    for ask in (api.points.get_my_points, partial(api.accounts.get_order_record, "a/b")):
        with pytest.raises(ClientError) as caught:
            ask()
        error = caught.value
        assert (404, None, "404 page not found") == (
            error.status_code,
            error.error_code,
            error.error_message,
        )


def test_deprecated_list_is_gone(alice: ApiClient) -> None:
    """The SDK still has the method."""
    with (
        pytest.warns(DeprecationWarning, match="get_order_records"),
        pytest.raises(ClientError) as caught,
    ):
        alice.accounts.get_order_records("openOrder")
    assert 404 == caught.value.status_code


def test_base_url_with_a_slash_at_its_end(venue: dict[str, Any]) -> None:
    """The SDK joins the two, and `//accounts` is an unknown path."""
    account = venue["accounts"]["alice"]
    api = ApiClient(api_key=account["api_key"], base_url=venue["base_url"] + "/")
    with pytest.raises(ClientError) as caught:
        api.accounts.get_account_balance()
    assert (404, "404 page not found") == (caught.value.status_code, caught.value.error_message)


# --- streams


def test_streams_are_heard(venue: dict[str, Any]) -> None:
    """The SDK's own WebSocket client hears the account, the depth and the price."""

    async def hear(kind: str, subscribe: str, *named: str, then: Any = None) -> dict[str, Any]:
        account, base_url = venue["accounts"]["alice"], venue["base_url"]
        socket = WebSocketClient(base_url.replace("http", "ws"), account["api_key"])
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        socket.register_handler(kind, heard.put)
        await getattr(socket, subscribe)(*named)
        told = await asyncio.wait_for(heard.get(), 10)
        if then is not None:
            await asyncio.to_thread(then)
            told = await asyncio.wait_for(heard.get(), 10)
        await socket.disconnect()
        return told

    async def go() -> list[dict[str, Any]]:
        return [
            await hear("account", "subscribe_account", then=lambda: rest(client(venue))),
            await hear("depth", "subscribe_depth", ADA),
            await hear("price", "subscribe_price", ADA),
        ]

    account, depth, price = asyncio.run(go())
    assert ("order_info", "open") == (account["sub_type"], account["order"]["status"])
    assert depth["bids"]
    assert "market_price" == price["sub_type"]


def test_a_stream_without_a_good_key_is_an_error_of_the_sdk(venue: dict[str, Any]) -> None:
    """The SDK raises its error for a refused handshake."""
    socket = WebSocketClient(venue["base_url"].replace("http", "ws"), "none")
    with pytest.raises(ClientError) as refused:
        asyncio.run(socket.subscribe_account())
    assert "HTTP 401" in str(refused.value.error_message)
