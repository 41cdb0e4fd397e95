"""
The `Venue` value and the small Protocols its parts answer to. A venue is a codec: everything here
is a pure function of its arguments, and the server and the client run it in opposite directions.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from countermand.vocabulary.reports import AccountReport
from countermand.wire.context import Context, Principal, Settings
from countermand.wire.errors import WireError
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access, Capability, Operation
from countermand.wire.route import Routes


class Credential(Struct, frozen=True):
    """
    A key and whose it is; a venue adds its secrets in a subclass. Never printed, never journaled.
    """

    owner: str
    key: str
    access: tuple[Access, ...]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(owner={self.owner!r}, key={self.key!r}, ...)"


class IssueKey(Struct, frozen=True):
    """
    A change of keys instead of a command: `owner` gets a new one, and those of `revokes` end.

    `make` turns random bytes, `RANDOM_BYTES` of them, into the fields of the key as a world has
    them. The reply is made of the new credential, which is durable by then. A key that takes the
    place of another, `replaces`, is made of that one as it is when its turn has come, which is
    `make`'s second argument; when it has ended meanwhile the change is refused as unauthorized with
    the text `ended`, so that of two that ask at once one gets a key, and none that has ended comes
    back.
    """

    owner: str
    make: Callable[[bytes, Credential | None], dict[str, Any]]
    revokes: tuple[str, ...] = ()
    replaces: str = ""
    ended: str = "the key has ended"


class RevokeKeys(Struct, frozen=True):
    """A change of keys instead of a command: these end, durably; the reply is made of None."""

    keys: tuple[str, ...]


RANDOM_BYTES = 64


class Step(Struct, frozen=True):
    """One request of a flow: the row it goes to, by its operation, and what it says."""

    operation: Operation
    message: Any


# An operation that takes several requests, as our client makes them: called with what is asked, the
# key and the context, it yields steps, is sent the reply message of each, and returns the report.
# It does no I/O and so runs anywhere.
Flow = Callable[[Any, Credential | None, Context], Generator[Step, Any, Any]]


class Keys(Protocol):
    """Where the server keeps credentials."""

    def find(self, key: str) -> Credential | None:
        """Return the credential of `key`, or None."""

    def __iter__(self) -> Iterator[Credential]:
        """Yield every credential there is."""


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

    With `auth_first` a path nobody knows is refused for a missing signature before it is for
    itself. `echoes` are request headers, in lower case, that every answer repeats. `flows` are the
    operations that take our client more than one request. `amend` is what settings change about
    a refusal that was rendered, `worded` what the request adds to one before. `prepare` works out
    what the venue needs once it is served, so that no request waits for it, and nobody who does not
    serve it. `produces` are the media types of its JSON answers, the usual one first.
    `secrets` are headers and query parameters, in lower case, that no log may show. `explain` says
    of a request that was not proven why, with its arguments those of `Auth.verify`.
    """

    name: str
    package: str
    routes: Routes
    auth: Auth
    errors: Errors
    settings: type[Settings]
    capabilities: frozenset[Capability]
    auth_first: bool = False
    echoes: tuple[bytes, ...] = ()
    flows: dict[Operation, Flow] = {}
    amend: Callable[[Response, Settings], Response] | None = None
    worded: Callable[[WireError, Request], WireError] | None = None
    prepare: Callable[[], None] | None = None
    produces: tuple[bytes, ...] = (b"application/json",)
    secrets: frozenset[bytes] = frozenset()
    explain: Callable[[Request, Keys, Any, int], str] | None = None
