"""
Messages of the sockets, and of the keys that open them.

Source: DEX API v3, "WebSocket"; hummingbot's connector, loopring-mm-bot, the web UI and npm SDK
        3.9.22, whose forms of a subscription are all taken.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from countermand.venues.loopring.messages.shared import Message


class WsKey(Message, frozen=True):
    """`GET /v3/ws/key`."""

    key: str


class ResultInfo(Struct, frozen=True):
    """The result of a request that went well."""

    code: int = 0
    message: str = "SUCCESS"


class OldWsKey(Message, frozen=True):
    """`GET /v2/ws/key`, in the envelope of that version."""

    data: str
    result_info: ResultInfo = ResultInfo()


class Open(Message, frozen=True):
    """`GET /v3/ws`: the key goes with the offer."""

    ws_api_key: str = ""


class Asked(Message, frozen=True):
    """A client's message; the web UI sends `unsubscribeAll` as text."""

    op: str = ""
    sequence: int | str | UnsetType = UNSET
    api_key: str | None = None
    unsubscribe_all: bool | str | None = None
    topics: list[dict[str, Any]] = []


class Fault(Struct, frozen=True):
    """Why a request failed."""

    code: int
    message: str


class Result(Struct, frozen=True, omit_defaults=True):
    """How a request went: `OK`, in capitals as a published client compares it, or `failed`."""

    status: str
    error: Fault | None = None


class Answer(Message, frozen=True, kw_only=True):
    """The answer to a request, with what was asked; control and data are told apart by `op`."""

    op: str
    sequence: int | str | UnsetType = UNSET
    topics: list[dict[str, Any]]
    result: Result


class Notification(Message, frozen=True, kw_only=True):
    """
    What a topic tells. Units: `ts` milliseconds since the Unix epoch. A book has its versions.
    """

    topic: dict[str, Any]
    ts: int
    start_version: int | UnsetType = UNSET
    end_version: int | UnsetType = UNSET
    data: Any


class OrderData(Message, frozen=True):
    """An order after something has happened to it; amounts in the tokens' smallest units."""

    hash: str
    client_order_id: str
    size: str
    volume: str
    price: str
    filled_size: str
    filled_volume: str
    filled_fee: str
    status: str
    created_at: str
    valid_since: str
    valid_until: str
    update_at: str
    side: str
    market: str


class AccountData(Message, frozen=True):
    """A token of the account."""

    account_id: int
    token_id: int
    total_amount: str
    amount_locked: str


class AccountDataV3(Message, frozen=True):
    """The same, for a topic that says `v3`."""

    account_id: int
    token_id: int
    total: str
    locked: str


class BookData(Message, frozen=True):
    """Slots of a book: price, base size, quote volume, count; all text."""

    bids: list[tuple[str, str, str, str]]
    asks: list[tuple[str, str, str, str]]
