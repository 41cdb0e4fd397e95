"""
The `Venue` value and the small Protocols its parts answer to. A venue is a codec: everything here
is a pure function of its arguments, and the server and the client run it in opposite directions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol

from msgspec import Meta, Struct

from countermand.core.reports import AccountReport
from countermand.wire.directory import Directory
from countermand.wire.errors import WireError
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access, Capability
from countermand.wire.route import Routes


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What a world may set about a venue; a venue adds its own switches in a subclass.

    `rate_limit_per_s` counts requests per key; 0 turns the limit off.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 0


class Credential(Struct, frozen=True):
    """
    A key and whose it is; a venue adds its secrets in a subclass. Never printed, never journaled.
    """

    owner: str
    key: str
    access: tuple[Access, ...]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(owner={self.owner!r}, key={self.key!r}, ...)"


class Principal(Struct, frozen=True, gc=False):
    """Who a verified request comes from, and what the key allows."""

    owner: str
    key: str
    access: tuple[Access, ...]


class Context(Struct, frozen=True, gc=False):
    """
    What the wire does not carry: who asks, what things are called, when the request came.

    `found` is what the route's `find` query answered, when it has one; `message` is the request's,
    for answers that do not say what was asked (a page's limits, a quote's instrument).
    """

    directory: Directory
    settings: Settings
    principal: Principal | None
    now_ns: int
    found: Any = None
    message: Any = None


class Keys(Protocol):
    """Where the server keeps credentials."""

    def find(self, key: str) -> Credential | None:
        """Return the credential of `key`, or None."""


class Auth(Protocol):
    """How a venue proves who asks."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> Credential:
        """
        Make a credential from a world's `keys` table. Raises ValueError naming the field at fault.
        """

    def publish(self, credential: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Return everything that venue's own SDK needs to act as this key."""

    def sign(self, request: Request, credential: Credential, now_ns: int) -> Request:
        """Return the request as its owner would send it at `now_ns`."""

    def verify(self, request: Request, keys: Keys, settings: Settings, now_ns: int) -> Principal:
        """Return who asks. Raises Unauthorized when that is not proven."""


class Errors(Protocol):
    """How a venue says no, and how its no is understood."""

    def render(self, error: WireError) -> Response:
        """Return the venue's own answer for `error`."""

    def interpret(self, response: Response) -> WireError:
        """Return what a response that is no success says; the declared inverse of `render`."""


class Venue(Struct, frozen=True):
    """
    One dialect. `package` is where its `demo.toml` lies; nothing else outside the folder names it.
    """

    name: str
    package: str
    routes: Routes
    auth: Auth
    errors: Errors
    settings: type[Settings]
    capabilities: frozenset[Capability]
