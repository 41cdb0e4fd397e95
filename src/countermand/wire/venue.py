"""
The `Venue` value and the small Protocols its parts answer to. A venue is a codec: everything here
is a pure function of its arguments, and the server and the client run it in opposite directions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.reports import AccountReport, OrderReport
from countermand.wire.client_end import ClientEnd
from countermand.wire.context import Settings
from countermand.wire.conversation import Flow
from countermand.wire.credential import Credential, Keys, Principal
from countermand.wire.http import Request
from countermand.wire.operation import OFFERED_BY, Capability, Operation
from countermand.wire.proof import Proofs
from countermand.wire.refusals import Refusals
from countermand.wire.route import Routes

C = TypeVar("C", bound=Credential)
S_contra = TypeVar("S_contra", bound=Settings, contravariant=True)


# The spelling of an order's number at a venue without one of its own.
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")

# The number of random bytes that make a new key of any venue, with all its secrets.
FRESH_BYTES = 128


class Auth(Protocol[C, S_contra]):
    """How a venue proves the owner of a key, with its own credentials and settings."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> C:
        """
        Make a credential from a world's `keys` table. Raises ValueError naming the field at fault.
        """

    def publish(self, credential: C, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Return everything that venue's own SDK needs to act as this key."""

    def fresh(
        self, owner: str, account: AccountReport | None, chance: bytes, now_ns: int
    ) -> dict[str, Any]:
        """
        Return the fields of a new key, as `credential` takes them, made of `FRESH_BYTES` random
        bytes.

        It may do everything. `account` is the owner's default one. Raises ValueError where there
        can be no key for it. It may take a while: what it makes can be slow by design.
        """

    def sign(self, request: Request, credential: C, now_ns: int) -> Request:
        """Return the request as its owner would send it at `now_ns`."""

    def principal(self, credential: C) -> Principal:
        """Return the principal of a proven key; our client asks as the same one."""

    def verify(self, request: Request, keys: Keys[C], settings: S_contra, now_ns: int) -> Principal:
        """Return the principal of a request. Raises Unauthorized for one without a proven key."""


class Habits(Struct, frozen=True):
    """
    How a venue's front speaks HTTP, for every request.

    An unknown path is refused for itself; with `auth_first`, where it begins with one of those or
    a key is named all the same, only once the key is proven. `echoes` are request headers, in
    lower case, that every answer repeats. `produces` are the media types of its JSON answers, the
    usual one first. `secrets` are headers and query parameters, in lower case, that no log may
    show. `explain` says of a request that was not proven why, with its arguments those of
    `Auth.verify`. `key_header` names the key, before anything is proven. With `stamped` what proves
    a request bears the time of the client's clock; without, time ends only what the venue issued.
    `signed` returns the bytes that a request's signature is over, whether it fits or not; None
    where nothing is signed.
    """

    auth_first: tuple[bytes, ...] = ()
    echoes: tuple[bytes, ...] = ()
    produces: tuple[bytes, ...] = (b"application/json",)
    secrets: frozenset[bytes] = frozenset()
    explain: Callable[[Request, Keys[Any], Any, int], str] | None = None
    key_header: bytes = b""
    stamped: bool = False
    signed: Callable[[Request, Any], bytes] | None = None


def _number_text(order: OrderReport) -> str:
    return str(order.order_id)


def _parse_number(text: str) -> OrderId | None:
    return OrderId(int(text)) if _NUMBER.fullmatch(text) else None


def _main(nth: int) -> str:
    return "main"


def _is_any(name: str) -> bool:
    return True


class Venue(Struct, frozen=True):
    """
    One dialect. `package` is where its `demo.toml` lies.

    `flows` are the operations that take our client more than one request, `client` is what else
    only our client asks. `prepare` works out what the venue needs once it is served, so that no
    request waits for it.

    `order_text` is what the venue calls an order, `parse_order` the number of the order that a text
    names, None where it is no id: then the order is found by the text as its client's name for it.
    `account_name` is what the nth account of the venue is called when its owner does not say, and
    `is_account_name` says whether one may be called so.
    """

    name: str
    package: str
    routes: Routes
    auth: Auth[Any, Any]
    refusals: Refusals
    settings: type[Settings]
    proofs: Proofs = Proofs()
    flows: dict[Operation, Flow] = {}
    habits: Habits = Habits()
    client: ClientEnd | None = None
    prepare: Callable[[], None] | None = None
    order_text: Callable[[OrderReport], str] = _number_text
    parse_order: Callable[[str], OrderId | None] = _parse_number
    account_name: Callable[[int], str] = _main
    is_account_name: Callable[[str], bool] = _is_any

    @property
    def capabilities(self) -> frozenset[Capability]:
        """The venue's capabilities beyond placing, reading and canceling one order, by its rows."""
        offered = {row.operation for row in self.routes.rows}
        return frozenset(able for able, needs in OFFERED_BY.items() if needs in offered)
