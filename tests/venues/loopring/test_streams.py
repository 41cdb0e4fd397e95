"""The sockets: who may open them, what may be subscribed to, and what each topic tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.ear import Ear, Refused
from tests.venues.loopring.floor import ACCOUNTS, E18, LRC, Floor
from tests.venues.loopring.streamed import socket

from countermand.venues.loopring import streams
from countermand.wire import times
from countermand.wire.http import Request

MARKET = "LRC-ETH"
ETH = E18 // 1000


def key_of(floor: Floor, owner: str = "alice") -> str:
    """Return a user's API key."""
    return floor.desk.credential(owner).key


def listening(act: Callable[[Floor, Ear], Awaitable[None]], version: str = "v3") -> None:
    """Run a test within a loop: a floor, and an ear at a socket."""

    async def go() -> None:
        floor = Floor()
        await act(floor, await Ear.open(floor.desk, socket(floor.desk, version), owner=None))

    asyncio.run(go())


def sub(*topics: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a subscription."""
    return {"op": "sub", "topics": list(topics)} | more


def test_a_key_opens_sockets_of_both_versions() -> None:
    """As the npm SDK and hummingbot read it."""

    async def go() -> None:
        floor = Floor()
        new, old = (
            floor.desk.send(Request("GET", f"/{version}/ws/key".encode()))
            for version in ("v3", "v2")
        )
        assert (200, {"code": 0, "message": "SUCCESS"}) == (old[0], old[1]["resultInfo"])
        for version, key in (("v3", new[1]["key"]), ("v2", old[1]["data"])):
            assert await Ear.open(floor.desk, f"/{version}/ws?wsApiKey={key}", owner=None)

    asyncio.run(go())


@pytest.mark.parametrize("query", ["", "?wsApiKey=", "?wsApiKey=fx2xW5hoVFbcaanWS", "late"])
def test_a_socket_without_a_good_key_is_refused_before_the_upgrade(query: str) -> None:
    """A missing key, one that is not of here, and one that is too old."""

    async def go() -> None:
        floor = Floor()
        target = f"/v3/ws{query}"
        if query == "late":
            target = socket(floor.desk)
            floor.desk.clock.ns += 2 * 3600 * times.S
        with pytest.raises(Refused) as refused:
            await Ear.open(floor.desk, target, owner=None)
        assert b"104002" in refused.value.response.body

    asyncio.run(go())


@pytest.mark.parametrize(
    "asked",
    [
        sub({"topic": "account"}, sequence=10000, unsubscribeAll=True),
        sub({"topic": "order", "market": MARKET}, {"topic": "account"}, unsubscribeAll="true"),
        sub({"topic": "orderbook", "market": MARKET, "level": 0, "count": 50, "snapshot": True}),
        sub({"topic": "mixorder", "market": MARKET, "level": 0, "showOverlap": True}),
        sub({"topic": "trade", "market": MARKET}, {"topic": "mixtrade", "market": MARKET}),
        sub({"topic": "ticker", "market": f"COMBINE-{MARKET}"}),
        sub({"topic": "candlestick", "market": MARKET, "interval": "5min"}),
    ],
)
def test_what_clients_subscribe_to_is_taken_and_told_back(asked: dict[str, Any]) -> None:
    """With OK in capitals, and the sequence where one was given."""

    async def act(floor: Floor, ear: Ear) -> None:
        ear.send(asked | {"apiKey": key_of(floor)})
        answer = (await ear.heard())[0]
        assert {"status": "OK"} == answer["result"]
        assert asked["topics"] == answer["topics"]
        assert asked.get("sequence") == answer.get("sequence")

    listening(act)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("no json", 104115),
        ('{"op":7}', 104115),
        ({"op": "sub"}, 104100),
        ({"op": "hop", "topics": [{"topic": "account"}]}, 104101),
        (sub({"topic": "weather"}), 104102),
        (sub({"market": MARKET}), 104102),
        (sub(*[{"topic": "trade", "market": MARKET}] * 2), 104103),
        (sub({"topic": "account"}), 104104),
        (sub({"topic": "account"}, apiKey="none"), 104112),
        (sub({"topic": "candlestick", "market": MARKET}), 104106),
        (sub({"topic": "orderbook", "market": MARKET}), 104107),
        (sub({"topic": "orderbook", "market": MARKET, "level": 0, "count": 51}), 104107),
        (sub({"topic": "orderbook", "market": "NO-NO", "level": 0}), 104107),
        (sub({"topic": "trade"}), 104109),
        (sub({"topic": "ticker", "market": "NO-NO"}), 104111),
        (sub({"topic": "ammpool", "snapshot": True, "poolAddress": "0x1"}), 102034),
        (sub(*[{"topic": "trade", "market": MARKET, "n": n} for n in range(21)]), 104116),
        ({"op": "unSub", "topics": [{"topic": "account"}]}, 104113),
    ],
)
def test_one_fault_fails_the_whole_request(asked: Any, code: int) -> None:
    """With the venue's number, and nothing is subscribed to."""

    async def act(floor: Floor, ear: Ear) -> None:
        good = {"topic": "mixtrade", "market": MARKET}
        if isinstance(asked, dict) and asked.get("op") == "sub" and asked.get("topics"):
            ear.send(asked | {"topics": [good, *asked["topics"]]})
        else:
            ear.send(asked)
        floor.sell(E18, ETH)
        floor.buy(E18, ETH, "bob")
        [answer] = await ear.heard()
        assert ("failed", code) == (answer["result"]["status"], answer["result"]["error"]["code"])

    listening(act)


def test_an_order_needs_its_market_and_another_key_is_refused() -> None:
    """104110, 104105; the key of the connection serves later requests."""

    async def act(floor: Floor, ear: Ear) -> None:
        ear.send(sub({"topic": "account"}, apiKey=key_of(floor)))
        await ear.heard()
        ear.send(sub({"topic": "order"}))
        ear.send(sub({"topic": "account"}, apiKey=key_of(floor, "bob")))
        ear.send(sub({"topic": "order", "market": MARKET}))
        told = await ear.heard()
        assert [104110, 104105, None] == [
            each["result"].get("error", {}).get("code") for each in told
        ]

    listening(act)


def test_an_order_is_told_on_every_change() -> None:
    """In texts; a cancel ends in the word that hummingbot waits for."""

    async def act(floor: Floor, ear: Ear) -> None:
        ear.send(sub({"topic": "order", "market": MARKET}, apiKey=key_of(floor)))
        hashed = floor.sell(4 * E18, 4 * ETH, clientOrderId="mine")
        floor.buy(E18, ETH, "bob")
        floor.cancel(hashed)
        told = (await ear.heard())[1:]

        assert [("processing", "0"), ("processing", str(E18)), ("cancelled", str(E18))] == [
            (each["data"]["status"], each["data"]["filledSize"]) for each in told
        ]
        last = told[-1]
        assert ({"topic": "order", "market": MARKET}, hashed, "mine") == (
            last["topic"], last["data"]["hash"], last["data"]["clientOrderId"],
        )  # fmt: skip
        assert last["ts"] == floor.desk.clock.now_ns() // times.MS
        assert all(isinstance(value, str) for value in last["data"].values())

    listening(act)


@pytest.mark.parametrize(
    ("extra", "names"), [({}, ("totalAmount", "amountLocked")), ({"v3": True}, ("total", "locked"))]
)
def test_the_account_is_told_token_by_token(extra: dict[str, Any], names: tuple[str, str]) -> None:
    """All at first, then those that changed, in both spellings."""

    async def act(floor: Floor, ear: Ear) -> None:
        ear.send(sub({"topic": "account"} | extra, apiKey=key_of(floor)))
        first = [each["data"] for each in (await ear.heard())[1:]]
        floor.sell(4 * E18, 4 * ETH)
        [then] = [each["data"] for each in await ear.heard()]

        assert {"accountId", "tokenId", *names} == set(then)
        assert (ACCOUNTS["alice"], LRC, str(4 * E18)) == (
            then["accountId"], then["tokenId"], then[names[1]],
        )  # fmt: skip
        assert LRC in [each["tokenId"] for each in first]

    listening(act)


def test_trades_are_told_as_each_reader_reads_them() -> None:
    """Documents with capitals for `trade`, the web UI's order for `mixtrade`."""

    async def act(floor: Floor, ear: Ear) -> None:
        ear.send(sub(*({"topic": name, "market": MARKET} for name in ("trade", "mixtrade"))))
        floor.sell(E18, ETH)
        floor.buy(E18, ETH, "bob")
        trade, mixtrade = (await ear.heard())[1:]
        [[ts, match_id, side, size, price, fee]] = trade["data"]

        assert ("BUY", str(E18), "0.001", "0") == (side, size, price, fee)
        assert [[ts, match_id, "BUY", size, price, MARKET, "0"]] == mixtrade["data"]

    listening(act)


def test_a_book_is_told_by_its_changes_or_whole() -> None:
    """With versions that are numbers and rise."""

    async def act(floor: Floor, ear: Ear) -> None:
        book = {"topic": "orderbook", "market": MARKET, "level": 0}
        ear.send(sub(book, book | {"snapshot": True, "count": 2}))
        await ear.heard()
        first = floor.sell(E18, ETH)
        floor.sell(E18, 2 * ETH, storageId=2)
        await ear.heard()
        floor.cancel(first)
        changes, whole = await ear.heard()

        assert [["0.001", "0", "0", "0"]] == [slot[:4] for slot in changes["data"]["asks"]]
        assert 1 == len(whole["data"]["asks"])
        assert changes["startVersion"] <= changes["endVersion"]

    listening(act)


def test_tickers_and_candles_follow_trades() -> None:
    """At once where there was a trade, and after each."""

    async def act(floor: Floor, ear: Ear) -> None:
        floor.sell(E18, ETH)
        floor.buy(E18, ETH, "bob")
        candle = {"topic": "candlestick", "market": MARKET, "interval": "1hr"}
        ear.send(sub({"topic": "ticker", "market": MARKET}, candle))
        first = (await ear.heard())[1:]
        floor.sell(E18, ETH, storageId=2)
        floor.buy(2 * E18, 4 * ETH, "bob", storageId=2)
        then = {each["topic"]["topic"]: each for each in await ear.heard()}

        assert ("1", "2") == (first[1]["data"][1], then["candlestick"]["data"][1])
        assert first[0]["data"][2] != then["ticker"]["data"][2]
        assert (11, 8) == (len(first[0]["data"]), len(first[1]["data"]))
        assert MARKET == first[0]["data"][0]

    listening(act)


@pytest.mark.parametrize(
    "message",
    [
        {"op": "unSub", "topics": [{"topic": "trade", "market": MARKET}]},
        {"op": "unSub", "topics": [{"topic": "trade", "unsubscribeAll": True}]},
        {"op": "unSub", "unsubscribeAll": True},
        sub({"topic": "ticker", "market": "LRC-USDT"}, unsubscribeAll=True),
    ],
)
def test_a_subscription_ends_alone_by_topic_and_with_all(message: dict[str, Any]) -> None:
    """Nothing more is told of it."""

    async def act(floor: Floor, ear: Ear) -> None:
        ear.send(sub({"topic": "trade", "market": MARKET}))
        ear.send(message)
        told = await ear.heard()
        floor.sell(E18, ETH)
        floor.buy(E18, ETH, "bob")

        assert ["OK", "OK"] == [each["result"]["status"] for each in told if "op" in each]
        assert [] == await ear.heard()

    listening(act)


@pytest.mark.parametrize(
    ("pongs", "pings", "closed"),
    [
        (0, 4, None),
        (0, 5, (1008, "no pong came")),
        (1, 0, (1008, "more pongs than pings")),
        (5, 5, None),
    ],
)
def test_the_heartbeat_is_text_and_the_silent_are_dropped(
    pongs: int, pings: int, closed: tuple[int, str] | None
) -> None:
    """After two minutes, as documented."""

    async def act(floor: Floor, _: Ear) -> None:
        ticks: list[Callable[[], None]] = []
        source = floor.desk.pipeline.hub
        line = Ear()
        session = streams.Session(line, _Ticking(source, floor, ticks))  # type: ignore[arg-type]
        for count in range(max(pings, pongs)):
            if count < pings:
                ticks[0]()
            if count < pongs:
                session.receive("pong")
        assert closed == line.closed
        assert {"ping"} >= set(line.messages)

    listening(act)


def test_the_silent_stay_where_the_world_says_so() -> None:
    """For clients that answer pings of the protocol alone."""

    async def act(floor: Floor, _: Ear) -> None:
        ticks: list[Callable[[], None]] = []
        line = Ear()
        world = _Ticking(floor.desk.pipeline.hub, floor, ticks, pong_within_s=0)
        streams.Session(line, world)  # type: ignore[arg-type]
        for _ in range(20):
            ticks[0]()
        assert line.closed is None

    listening(act)


class _Ticking:
    # A source whose timer is called by hand.

    def __init__(
        self, hub: Any, floor: Floor, ticks: list[Callable[[], None]], **settings: Any
    ) -> None:
        self.keys = floor.desk.keys
        base = hub.context()
        self.context = replace(base, settings=replace(base.settings, **settings))
        self._ticks = ticks

    def every(self, seconds: float, act: Callable[[], None]) -> None:
        """Keep what is to be called."""
        self._ticks.append(act)
