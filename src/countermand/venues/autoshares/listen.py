"""
Listening: our client's end of the streamer: orders of the account, quotes as books of one level.

Source: as in `streams.py`; where the streamer is, the venue is asked.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec

from countermand.venues.autoshares import dates, frames
from countermand.venues.autoshares.credential import AutosharesCredential
from countermand.venues.autoshares.messages import orders as o
from countermand.venues.autoshares.messages import session as s
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.show import read_order
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import DepthReport
from countermand.wire import asks, numbers, times
from countermand.wire.conversation import Step
from countermand.wire.credential import Credential
from countermand.wire.errors import NotExpressible
from countermand.wire.http import Request
from countermand.wire.listening import AnswerWith, BookHeard, Denied, Heard, Listening, OrderHeard
from countermand.wire.operation import Operation
from countermand.wire.stream import Message

_PONG = '{"Cmd": "Pong", "StatusCode": "Ok"}'


def listen(
    markets: Sequence[Instrument], credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """
    Open the streamer for the orders of the account; those of markets not named are passed over.

    Raises: NotExpressible without an account.
    """
    if (owned := asks.default_account(ctx)) is None:
        raise NotExpressible("orders without an account")
    streamers: s.Streamers = yield Step(Operation.GET_STATUS, s.GetStreamers())
    named = frozenset(one.symbol for one in markets)
    hear = partial(_hear, "Order", str(owned.account_id), partial(_hear_order, named))
    url = streamers.data_addresses[0].url if streamers.data_addresses else ""
    return (yield from _open(url, hear, credential))


def listen_book(
    market: Instrument, credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """Open the streamer for a security's quote, which is a book of one level."""
    streamers: s.Streamers = yield Step(Operation.GET_STATUS, s.GetStreamers())
    hear = partial(_hear, "Quote", str(market.instrument_id), partial(_hear_quote, market))
    url = streamers.quote_addresses[0].url if streamers.quote_addresses else ""
    return (yield from _open(url, hear, credential))


def _open(url: str, hear: Any, credential: Credential) -> Generator[Step, Any, Listening]:
    assert isinstance(credential, AutosharesCredential)  # noqa: S101  (of the venue's own)
    held = credential.held
    user = {"User": held.login, "Password": held.password}
    if not held.login:
        session: s.Session = yield Step(Operation.GET_STREAM_KEY, s.RecoverSession())
        user = {"User": f"{session.id}:{session.id}", "Password": session.id}
    query = urlencode(user | {"HttpClientType": "WebSocket"})
    request = Request("GET", b"/CreateSession.txt", query.encode())
    return Listening(request, hear, base_url=url)


def _hear(entity: str, key: str, read: Any, message: Message, ctx: Ctx) -> Iterator[Heard]:
    frame = msgspec.json.decode(message)
    match frame.get("Cmd"):
        case "CreateSession.txt" if frame.get("StatusCode") != "Ok":
            yield Denied("the streamer does not know this login")
        case "CreateSession.txt":
            yield AnswerWith(_subscription(entity, key, frame.get("SessionId", "")))
        case "Subscribe.txt" if frame.get("StatusCode") != "Ok":
            yield Denied(f"the streamer does not tell {entity} {key}")
        case "Ping":
            yield AnswerWith(_PONG)
    if (frame.get("EntityType") == entity and "Id" in frame) or "Bid" in frame:
        yield from read(frame, ctx)


def _subscription(entity: str, key: str, session_id: str) -> str:
    return frames.text(
        {"Cmd": "Subscribe.txt", "SessionId": session_id, "Keys": key, "EntityType": entity,
         "HttpClientType": "WebSocket"}
    )  # fmt: skip


def _hear_order(named: frozenset[str], frame: Mapping[str, str], ctx: Ctx) -> Iterator[Heard]:
    if not named or frame["Symbol"] in named:
        yield OrderHeard(read_order(_as_shown(frame), None, ctx))


def _hear_quote(one: Instrument, frame: Mapping[str, str], ctx: Ctx) -> Iterator[Heard]:
    sides = [
        ((numbers.price_ticks(one, price), numbers.qty_lots(one, Decimal(frame[f"{side}Size"]))),)
        if (price := Decimal(frame[side] or 0))
        else ()
        for side in ("Bid", "Ask")
    ]
    yield BookHeard(DepthReport(one.instrument_id, *sides))


def _as_shown(frame: Mapping[str, str]) -> o.Order:
    # The order as REST shows it; what a frame leaves out is of no matter here.
    def number(name: str) -> Decimal:
        return Decimal(frame.get(name) or 0)

    changed = dates.date_text(int(frame["Date"]) * times.MS)
    return o.Order(
        id=int(frame["Id"]), security_id=int(frame["SecurityId"]), symbol=frame["Symbol"],
        quantity=number("Quantity"), price=number("Price"), stop_price=number("StopPrice"),
        client_id="", executed_quantity=number("ExecutedQuantity"),
        last_price=number("LastPrice"), last_quantity=number("LastQuantity"),
        leaves_quantity=number("LeavesQuantity"), average_price=number("AveragePrice"),
        side=frame["Side"], date=changed, transaction_date=changed, sett_date=changed,
        status=frame["Status"], execution_status=frame["Status"], type=frame["Type"],
        request_status="", target="", time_in_force=frame["TimeInForce"], exec_inst="None",
        exec_inst_num=0, expire_date=dates.date_text(int(frame["ExpireDate"]) * times.MS),
        description=frame.get("RejectReason", ""), account_id=int(frame["AccountId"]), user_id=0,
        request_id=0, state_id=0, parent_id=int(frame["ParentId"]), legs=[],
        trailing_stop_amount_type=frame.get("TrailingStopAmountType", ""),
        trailing_stop_amount=number("TrailingStopAmount"),
        trailing_limit_amount_type=frame.get("TrailingLimitAmountType", ""),
        trailing_limit_amount=number("TrailingLimitAmount"),
        create_date=dates.date_text(int(frame["CreateDate"]) * times.MS),
        initial_type=frame["InitialType"], is_external=False, execution_instructions={},
        trans_type="", validations_to_bypass=0, parent_request_id=0, settlement_date=changed,
    )  # fmt: skip
