"""The streamer's socket: its login, its bytes, and what each entity tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.venues.autoshares.office import Office
from tests.venues.autoshares.streamed import login
from tests.venues.ear import Ear

from countermand.venues.autoshares import entities

OPENED = "CreateSession.txt"


def listening(act: Callable[[Office, Ear], Awaitable[None]], **settings: Any) -> None:
    """Run a test within a loop: an office, and alice's ear at its socket."""

    async def go() -> None:
        office = Office(**settings)
        ear = await Ear.open(office, login(), owner=None)
        ear.opened = (await ear.heard())[0]["SessionId"]  # type: ignore[attr-defined]
        await act(office, ear)

    asyncio.run(go())


def sub(ear: Ear, entity: str, keys: Any, **more: Any) -> dict[str, Any]:
    """Return a subscription as goetna sends it."""
    session = ear.opened  # type: ignore[attr-defined]
    return {
        "Cmd": "Subscribe.txt", "SessionId": session, "Keys": keys, "EntityType": entity,
        "HttpClientType": "WebSocket",
    } | more  # fmt: skip


def session_of(office: Office, kind: int, user: str = "alice") -> str:
    """Return the streaming session of a user's token."""
    path = "PUT /api/v1.0/streamers/session/recover"
    return str(json.loads(office.call(path, user=user, query=f"sessionType={kind}").body)["Id"])


def test_a_login_is_answered_at_once_and_byte_for_byte() -> None:
    """Clients look for these bytes; the session is a GUID."""

    async def go() -> None:
        office = Office()
        ear = await Ear.open(office, login(), owner=None)
        assert str(ear.messages[0]).startswith(
            '{"Cmd": "CreateSession.txt", "StatusCode": "Ok", "SessionId": "'
        )
        assert ear.closed is None

    asyncio.run(go())


@pytest.mark.parametrize("kind", [0, 1])
def test_a_user_comes_in_with_a_streaming_session(kind: int) -> None:
    """`User=<userId>:<sessionId>&Password=<streamerSessionId>`, either session."""

    async def go() -> None:
        office = Office()
        session = session_of(office, kind)
        user = json.loads(office.call("GET /api/v1.0/users/@me/info").body)["UserId"]
        for path in ("/CreateSession.txt", "/CreateSession"):
            target = f"{path}?User={user}:{session}&Password={session}"
            ear = await Ear.open(office, target, owner=None)
            assert "Ok" == (await ear.heard())[0]["StatusCode"]

    asyncio.run(go())


@pytest.mark.parametrize(
    "query",
    [
        "", "?User=alice&Password=wrong", "?User=carol&Password=x", "?User=&Password=",
        "?User=1000000027:x&Password=x", "?User=1:&Password=", "?Password=alice-demo-password",
    ],
)  # fmt: skip
def test_a_bad_login_is_a_frame_and_an_end(query: str) -> None:
    """The upgrade is taken, and nothing after it."""

    async def go() -> None:
        ear = await Ear.open(Office(), f"/CreateSession.txt{query}", owner=None)
        assert ['{"Cmd": "CreateSession.txt", "StatusCode": "Error"}'] == ear.messages
        assert (1000, "") == ear.closed

    asyncio.run(go())


def test_orders_are_told_all_first_and_then_on_every_change() -> None:
    """Every value a text, the entity first, and what came of a request, not that it is pending."""

    async def act(office: Office, ear: Ear) -> None:
        first = office.place()
        ear.send(sub(ear, "Order", str(office.numbers["alice/margin"])))
        raw = list(ear.messages)
        told = await ear.heard()
        second = office.place()
        office.cancel(second)
        then = await ear.heard()

        assert raw[0] == json.dumps(sub(ear, "Order", told[0]["Keys"]) | {"StatusCode": "Ok"})
        assert str(raw[1]).startswith('{"EntityType": "Order", "Id": "')
        assert [str(first)] == [each["Id"] for each in told[1:]]
        assert [(str(second), "New"), (str(second), "Canceled")] == [
            (each["Id"], each["Status"]) for each in then
        ]
        assert all(isinstance(value, str) for each in told + then for value in each.values())
        assert ("180.00000", "10.00000", "Limit") == (
            then[0]["Price"], then[0]["LeavesQuantity"], then[0]["InitialType"],
        )  # fmt: skip

    listening(act, pending_ms=1000)


def test_orders_that_are_open_are_told_first_however_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that are over only the last so many are."""
    monkeypatch.setattr(entities, "LOOKED_AT_MAX", 2)

    async def act(office: Office, ear: Ear) -> None:
        kept = office.place()
        ended = [office.place() for _ in range(3)]
        for number in ended:
            office.cancel(number)
        ear.send(sub(ear, "Order", str(office.numbers["alice/margin"])))
        told = await ear.heard()

        assert [str(number) for number in (kept, *ended[1:])] == [each["Id"] for each in told[1:]]

    listening(act)


def test_a_fill_reaches_orders_positions_and_balances() -> None:
    """Each in its own frame; another account hears nothing of it."""

    async def act(office: Office, ear: Ear) -> None:
        account = office.numbers["alice/margin"]
        for entity in ("Order", "Position", "AccountBalance"):
            ear.send(sub(ear, entity, account))
        bobs = await Ear.open(office, login("bob"), owner=None)
        await ear.heard()
        await bobs.heard()
        office.place()
        office.place("bob/margin", Side="SellShort")
        told = await ear.heard()
        last = {each["EntityType"]: each for each in told}

        assert [] == await bobs.heard()
        assert ("Filled", "180.00000", "10.00000") == (
            last["Order"]["Status"], last["Order"]["LastPrice"], last["Order"]["LastQuantity"],
        )  # fmt: skip
        assert "10" == last["Position"]["Quantity"]
        items = {
            each["Name"]: each["Value"] for each in json.loads(last["AccountBalance"]["Items"])
        }
        assert f"{items['cash']:.5f}" == last["AccountBalance"]["CashBalance"]

    listening(act)


def test_a_rejected_order_says_why() -> None:
    """The stream has `RejectReason`, where REST has `Description`."""

    async def act(office: Office, ear: Ear) -> None:
        ear.send(sub(ear, "Order", office.numbers["alice/margin"]))
        office.place(Symbol="NONE")
        told = (await ear.heard())[-1]
        assert ("Rejected", office.read(int(told["Id"]))["Description"]) == (
            told["Status"], told["RejectReason"],
        )  # fmt: skip

    listening(act)


def test_quotes_and_candles_follow_the_market() -> None:
    """A quote whenever it changed; a minute's candle while it forms."""

    async def act(office: Office, ear: Ear) -> None:
        one = office.directory.instrument_by_symbol("AAPL")
        assert one is not None
        for entity in ("Quote", "Candle"):
            ear.send(sub(ear, entity, str(one.instrument_id)))
        await ear.heard()
        office.place()
        office.place("bob/margin", Side="SellShort", Quantity=4)
        told = await ear.heard()
        quotes, candles = (
            [each for each in told if each["EntityType"] == entity]
            for entity in ("Quote", "Candle")
        )

        assert ("180.00000", "4", "6") == (
            quotes[-1]["Last"], quotes[-1]["Volume"], quotes[-1]["BidSize"],
        )  # fmt: skip
        assert ("180.00000", "4", "False") == (
            candles[0]["Close"], candles[0]["Volume"], candles[0]["IsCompleted"],
        )  # fmt: skip

    listening(act)


def test_a_users_balance_and_watchlists_are_under_the_users_number() -> None:
    """There are no watchlists, so nothing of them is told."""

    async def act(office: Office, ear: Ear) -> None:
        user = json.loads(office.call("GET /api/v1.0/users/@me/info").body)["UserId"]
        for entity in ("UserBalance", "Watchlist", "WatchlistContent"):
            ear.send(sub(ear, entity, user))
        told = await ear.heard()

        assert ["Ok", "Ok", "Error"] == [each["StatusCode"] for each in told if "Cmd" in each]
        assert [str(user)] == [each["UserId"] for each in told if "UserId" in each]

    listening(act)


@pytest.mark.parametrize(
    ("entity", "keys", "more"),
    [
        ("Order", "bob/margin", {}),
        ("Order", "9999", {}),
        ("Order", "x", {}),
        ("Order", "", {}),
        ("Quote", "9999", {}),
        ("Weather", "1", {}),
        ("Order", "alice/margin", {"SessionId": "6210cb85-0000-4000-8000-0e43669bd6f4"}),
    ],
)
def test_bad_subscriptions_are_answered_with_error(
    entity: str, keys: str, more: dict[str, Any]
) -> None:
    """Another user's account, an unknown key, entity or session; the socket stays open."""

    async def act(office: Office, ear: Ear) -> None:
        ear.send(sub(ear, entity, str(office.numbers.get(keys, keys)), **more))
        [told] = await ear.heard()
        assert ("Subscribe.txt", "Error", entity) == (
            told["Cmd"], told["StatusCode"], told["EntityType"],
        )  # fmt: skip
        assert ear.closed is None

    listening(act)


@pytest.mark.parametrize(
    "form",
    [
        lambda office: {"Keys": office.numbers["alice/margin"]},
        lambda office: {"Keys": f"{office.numbers['alice/margin']};{office.numbers['alice/cash']}"},
        lambda office: {"Keys": str(office.numbers["alice/margin"]), "Credentials": {"a": 1}},
    ],
)
def test_other_forms_of_a_subscription_are_taken(form: Callable[[Office], dict[str, Any]]) -> None:
    """A bare number, several keys, unknown fields; without a client type."""

    async def act(office: Office, ear: Ear) -> None:
        asked = sub(ear, "Order", "") | form(office)
        del asked["HttpClientType"]
        ear.send("Hello Server!")
        ear.send(asked)
        [told] = await ear.heard()
        assert "Ok" == told["StatusCode"]

    listening(act)


def test_the_vendors_printed_form_runs() -> None:
    """`{"Subscribe": {"EntityType", "Keys"}}`."""

    async def act(office: Office, ear: Ear) -> None:
        keys = [str(office.numbers["alice/margin"])]
        ear.send({"Subscribe": {"EntityType": "Order", "Keys": keys}})
        office.place()
        answer, order = await ear.heard()
        assert ("Ok", "Order") == (answer["StatusCode"], order["EntityType"])
        ear.send({"Unsubscribe": {"EntityType": "Order", "Keys": keys}})
        office.place()
        assert ["Unsubscribe.txt"] == [each["Cmd"] for each in await ear.heard()]

    listening(act)


def test_a_pong_is_borne_and_so_is_silence() -> None:
    """Neither goetna's answer nor none of it ends anything."""

    async def act(office: Office, ear: Ear) -> None:
        ear.send({"Cmd": "Pong", "StatusCode": "Ok"})
        ear.send([1])
        assert ([], None) == (await ear.heard(), ear.closed)

    listening(act)
