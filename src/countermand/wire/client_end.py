"""
The client's end: what only our client asks of a venue, as data and pure functions.

A server is told its world. A client learns it over the venue's own API, in the name of its key.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from msgspec import Struct

from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport, ReferenceData
from countermand.wire.context import Allowance, Settings
from countermand.wire.conversation import AnyContext, Step
from countermand.wire.credential import Credential
from countermand.wire.listening import ListenToBook, ListenToOrders
from countermand.wire.operation import Operation
from countermand.wire.order_kinds import OrderKind


class Learned(Struct, frozen=True):
    """
    What a client learned from a venue: its assets and instruments, the accounts of the key, and
    those of its settings that the client's codecs need.
    """

    data: ReferenceData
    settings: Settings


class Prompt(Struct, frozen=True):
    """Ask the person behind the key for what only they have, a code say. Answered with text."""

    text: str


class Limit(Struct, frozen=True):
    """A documented limit on the requests of one key, and what is counted in it; None: all."""

    allowance: Allowance
    operations: frozenset[Operation] | None = None


# Both are called with the key and a context whose directory may be empty. A refusal that is met on
# the way is thrown in.
Learn = Callable[[Credential, AnyContext], Generator[Step, Any, Learned]]
LogIn = Callable[[Credential, AnyContext], Generator[Step | Prompt, Any, Credential]]
TellTime = Callable[[AnyContext], Generator[Step, Any, int]]
# Called with a symbol, and a context that has learned.
LearnMarket = Callable[[str, Credential | None, AnyContext], Generator[Step, Any, ReferenceData]]


def _as_it_is(credential: Credential, base_url: str) -> Credential:
    return credential


class ClientEnd(Struct, frozen=True):
    """
    The client's part of one venue.

    Shape:  `learn` asks for names and accounts, of markets for as many as a venue tells at once;
            `learn_market` asks for one of them by its symbol. `find` makes the query for the order
            that people call by a text: its id at the venue, else the name its owner gave it;
            `spell` is the venue's own text for an order that was reported. `key_fields` turns what
            the venue's SDKs take (`Auth.publish`) into the fields of a key. `log_in` gets a
            credential that signs, where one must log in; it is run again when that is refused.
            `homes` are base URLs by name, `public_homes` those of rows that anyone may use, where
            they have a host of their own; `limits` what is documented, `unproven` what no real
            venue has confirmed, a line each. `session_s` is how long a login is documented to last,
            0 for as long as the key. `tell_time` asks for the venue's time; where there is none the
            `Date` of its answers tells it. `addressed` is the credential as it signs for a base
            URL. What the venue does with every order, and has no words for, is `given`: fields of
            an order or of its terms; `replacing` likewise of a replacement. `config` says what of
            the credentials bots have a name for: `apiKey`, `secret`, `password`; all are needed.
            `kinds` are those of its orders, beyond market and limit, that our client can ask for;
            `lacks` says of an operation that it does not call why, and what to ask instead.
            `order_life_s_max` is how far ahead an order may name its end, 0 without a limit.
    Units:  seconds; `tell_time` returns nanoseconds since the Unix epoch.
    """

    learn: Learn
    find: Callable[[str, AnyContext], GetOrder]
    spell: Callable[[OrderReport, AnyContext], str]
    key_fields: Callable[[Mapping[str, Any]], dict[str, Any]]
    learn_market: LearnMarket | None = None
    log_in: LogIn | None = None
    homes: dict[str, str] = {}
    public_homes: dict[str, str] = {}
    limits: tuple[Limit, ...] = ()
    session_s: int = 0
    tell_time: TellTime | None = None
    unproven: tuple[str, ...] = ()
    addressed: Callable[[Credential, str], Credential] = _as_it_is
    listen: ListenToOrders | None = None
    listen_book: ListenToBook | None = None
    stream_homes: dict[str, str] = {}
    given: dict[str, Any] = {}
    replacing: dict[str, Any] = {}
    config: dict[str, str] = {}
    kinds: frozenset[OrderKind] = frozenset()
    lacks: dict[Operation, str] = {}
    order_life_s_max: int = 0
