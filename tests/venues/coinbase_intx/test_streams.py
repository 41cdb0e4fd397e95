"""The market data socket: the right to subscribe, and what each channel tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.venues.coinbase_intx.shop import Shop
from tests.venues.coinbase_intx.streamed import signed
from tests.venues.coinbase_intx.test_auth import HOLDING
from tests.venues.ear import Ear, Refused

from countermand.venues.coinbase_intx.auth import canonical_stream
from countermand.venues.coinbase_intx.credential import from_fields
from countermand.vocabulary.commands import SetReferencePrice
from countermand.wire import crypto

ETH = "ETH-PERP"
UNPROVEN = {
    "message": "Failed to subscribe", "reason": "Unable to authenticate",
    "channel": "SUBSCRIPTIONS", "type": "REJECT",
}  # fmt: skip


def listening(act: Callable[[Shop, Ear], Awaitable[None]]) -> None:
    """Run a test within a loop: a shop, and an ear at the socket."""

    async def go() -> None:
        shop = Shop()
        await act(shop, await Ear.open(shop.desk, "/", owner=None))

    asyncio.run(go())


def test_the_documented_signature_is_the_one_that_is_checked() -> None:
    """The vector of the feed."""
    vector = HOLDING["websocket"]
    fields = {"key": "test-key", "passphrase": "test-pass", "secret": vector["secret"]}
    message = canonical_stream(from_fields("alice", fields), b"1700000000")

    assert vector["string_to_sign"] == message.decode()
    held = from_fields("alice", fields)
    assert vector["signature"] == crypto.hmac_sha256_base64(held.secret, message).decode()


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "AAAA"}, {"signature": ""}, {"key": "none"}, {"passphrase": "no"},
        {"time": "1"}, {"time": "soon"}, {"key": "é"},
    ],
)  # fmt: skip
def test_an_unproven_subscription_is_rejected_as_documented(change: dict[str, str]) -> None:
    """The reason ccxt reads, and the connection stays."""

    async def act(shop: Shop, ear: Ear) -> None:
        ear.send(signed(shop.desk, "LEVEL1", **change))
        assert [UNPROVEN] == await ear.heard()
        ear.send(signed(shop.desk, "MATCH"))
        assert "SUBSCRIPTIONS" == (await ear.heard())[0]["channel"]

    listening(act)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("no json", "Invalid message: not JSON"),
        ('{"type":"SUBSCRIBE"}', "Invalid message"),
        (["LEVEL9"], "Unknown channel LEVEL9"),
        (["LEVEL1", ("DOGE-PERP",)], "Unknown product DOGE-PERP"),
        ({"type": "PING"}, "Unknown type PING"),
    ],
)
def test_bad_subscription_is_rejected_whole(message: Any, reason: str) -> None:
    """No channel of the request is subscribed to."""

    async def act(shop: Shop, ear: Ear) -> None:
        if isinstance(message, list):
            products = message[1] if len(message) > 1 else ()
            ear.send(signed(shop.desk, "MATCH", message[0], products=products))
        elif isinstance(message, dict):
            ear.send(signed(shop.desk, "MATCH", **message))
        else:
            ear.send(message)
        [told] = await ear.heard()
        assert "REJECT" == told["type"]
        assert told["reason"].startswith(reason)

    listening(act)


def test_no_products_are_all_and_the_confirmation_lists_everything() -> None:
    """An absent key means all products too, and later unsigned subscriptions are added."""

    async def act(shop: Shop, ear: Ear) -> None:
        first = signed(shop.desk, "MATCH")
        del first["product_ids"]
        ear.send(first)
        ear.send({"type": "SUBSCRIBE", "channels": ["FUNDING"], "product_ids": [ETH]})
        told = await ear.heard()
        symbols = [one.symbol for one in shop.desk.directory.instruments.values()]

        assert {"name": "MATCH", "product_ids": symbols} == told[0]["channels"][0]
        assert ["MATCH", "FUNDING"] == [each["name"] for each in told[1]["channels"]]
        assert "sequence" not in told[1]

    listening(act)


def test_every_message_of_a_connection_is_counted() -> None:
    """The sequence begins at 0 and has no gap over all channels."""

    async def act(shop: Shop, ear: Ear) -> None:
        ear.send(signed(shop.desk, "LEVEL1", "LEVEL2", "RISK", "CANDLES_ONE_MINUTE"))
        shop.placed()
        shop.placed(shop.bob, side="BUY", client_order_id="b")
        told = [each for each in await ear.heard() if each["channel"] != "SUBSCRIPTIONS"]

        assert list(range(len(told))) == [each["sequence"] for each in told]
        assert all("time" in each for each in told if "CANDLES" not in each["channel"])

    listening(act)


def test_a_subscription_again_begins_anew() -> None:
    """A client that has missed a number asks again, and is told a snapshot; nothing comes twice."""

    async def act(shop: Shop, ear: Ear) -> None:
        ear.send(signed(shop.desk, "LEVEL2"))
        ear.send(signed(shop.desk, "LEVEL2"))
        await ear.heard()
        shop.placed()
        told = [each for each in await ear.heard() if each["channel"] == "LEVEL2"]

        assert ["UPDATE"] == [each["type"] for each in told if each["product_id"] == ETH]

    async def snapshots(shop: Shop, ear: Ear) -> None:
        ear.send(signed(shop.desk, "LEVEL2"))
        first = await ear.heard()
        ear.send(signed(shop.desk, "LEVEL2"))
        again = await ear.heard()

        assert [(e["channel"], e["type"]) for e in first] == [
            (e["channel"], e["type"]) for e in again
        ]

    listening(act)
    listening(snapshots)


def test_level_1_leaves_an_empty_side_out() -> None:
    """No message is sent while the best prices stay."""

    async def act(shop: Shop, ear: Ear) -> None:
        ear.send(signed(shop.desk, "LEVEL1", products=(ETH,)))
        shop.placed()
        shop.placed(client_order_id="deeper", price="3200")
        _, empty, top = await ear.heard()

        assert ("SNAPSHOT", "UPDATE") == (empty["type"], top["type"])
        assert not {"bid_price", "ask_price"} & set(empty)
        assert ("3100", "0.5") == (top["ask_price"], top["ask_qty"])
        assert "bid_price" not in top

    listening(act)


def test_a_trade_is_told_to_match_risk_and_candles() -> None:
    """Each in its own shape."""

    async def act(shop: Shop, ear: Ear) -> None:
        ear.send(signed(shop.desk, "MATCH", "RISK", "CANDLES_FIVE_MINUTES", products=(ETH,)))
        shop.placed()
        await ear.heard()
        shop.placed(shop.bob, side="BUY", client_order_id="b", size="0.2")
        told = {each["channel"]: each for each in await ear.heard()}

        match = told["MATCH"]
        assert ("3100", "0.2", "BUY", "UPDATE") == (
            match["trade_price"], match["trade_qty"], match["aggressor_side"], match["type"],
        )  # fmt: skip
        assert match["match_id"].isdigit()
        assert ("3100", "0.2") == (told["RISK"]["mark_price"], told["RISK"]["open_interest"])
        candle = told["CANDLES_FIVE_MINUTES"]
        assert ("FIVE_MINUTE", "3100", "0.2") == (
            candle["granularity"], candle["close"], candle["volume"],
        )  # fmt: skip
        assert "time" not in candle

    listening(act)


def test_a_candle_begins_with_what_was_traded_before() -> None:
    """The snapshot has the forming candle, and an update grows it."""

    async def act(shop: Shop, ear: Ear) -> None:
        shop.placed()
        shop.placed(shop.bob, side="BUY", client_order_id="b", size="0.2")
        ear.send(signed(shop.desk, "CANDLES_ONE_DAY", products=(ETH,)))
        shop.placed(shop.bob, side="BUY", client_order_id="c", size="0.1")
        _, snapshot, update = await ear.heard()

        assert ["0.2"] == [each["volume"] for each in snapshot["candles"]]
        assert ("0.3", snapshot["candles"][0]["start"]) == (update["volume"], update["start"])

    listening(act)


def test_instruments_and_risk_follow_the_reference_price() -> None:
    """Told once it changes, and not when nothing of it does."""

    async def act(shop: Shop, ear: Ear) -> None:
        ear.send(signed(shop.desk, "INSTRUMENTS", "RISK", products=(ETH,)))
        told = {each["channel"]: each for each in (await ear.heard())[1:]}
        one = shop.desk.directory.instrument_by_symbol(ETH)
        assert one is not None
        moved = one.reference_price_ticks + 100
        shop.desk.engine.enter(SetReferencePrice(one.instrument_id, moved))
        again = await ear.heard()

        assert ("PERP", "standard", "trading") == (
            told["INSTRUMENTS"]["instrument_type"], told["INSTRUMENTS"]["instrument_mode"],
            told["INSTRUMENTS"]["trading_state"],
        )  # fmt: skip
        assert "RISK" in [each["channel"] for each in again]
        risk = next(each for each in again if each["channel"] == "RISK")
        assert told["RISK"]["index_price"] != risk["index_price"]

    listening(act)


def test_an_unsubscription_ends_channels_of_products() -> None:
    """Without products it ends whole channels."""

    async def act(shop: Shop, ear: Ear) -> None:
        ear.send(signed(shop.desk, "LEVEL1"))
        ear.send(signed(shop.desk, "LEVEL1", type="UNSUBSCRIBE", products=(ETH,)))
        told = await ear.heard()
        shop.placed()
        silence = await ear.heard()
        ear.send(signed(shop.desk, "LEVEL1", type="UNSUBSCRIBE"))
        [empty] = await ear.heard()

        assert ETH not in told[-1]["channels"][0]["product_ids"]
        assert [] == silence
        assert [] == empty["channels"]

    listening(act)


def test_client_that_does_not_subscribe_in_time_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three seconds as documented; a moment here."""
    monkeypatch.setattr("countermand.venues.coinbase_intx.streams.SUBSCRIBE_WITHIN_S", 0.01)

    async def act(shop: Shop, ear: Ear) -> None:
        proven = await Ear.open(shop.desk, "/", owner=None)
        proven.send(signed(shop.desk, "MATCH"))
        await asyncio.sleep(0.05)
        assert ((1008, "no subscription came"), None) == (ear.closed, proven.closed)

    listening(act)


def test_another_path_is_refused_before_the_upgrade() -> None:
    """404."""

    async def go() -> None:
        with pytest.raises(Refused) as refused:
            await Ear.open(Shop().desk, "/feed", owner=None)
        assert 404 == refused.value.response.status

    asyncio.run(go())
