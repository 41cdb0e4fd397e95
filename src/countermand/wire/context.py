"""
Context: what a codec is told besides the message. Explicit, small, and the same for every venue.
"""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

from countermand.wire.credential import Principal
from countermand.wire.directory import Directory
from countermand.wire.http import Request
from countermand.wire.ids import ReadId, ours
from countermand.wire.operation import Operation


class Allowance(Struct, frozen=True):
    """
    How many requests of one key are answered in a span; 0 is as many as there are.

    What has the same `name` is counted together.
    """

    name: str
    limit: int
    span_s: int = 1


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What a world may set about a venue; a venue adds its own switches in a subclass.

    `rate_limit_per_s` counts requests per key; 0 turns the limit off. Cancels beyond it have a
    reserve: `cancel_reserve_per_s`, or left out as many again. Signatures are checked on
    `verify_threads` threads of their own, or with 0 where the request is answered. Pages of
    `origins` may read the answers: an origin as browsers send it, one with `*` for its port, or
    `*` for all. An account may have `open_orders_max` orders open, with 0 as many as the exchange
    takes. A stream may follow `subscriptions_max` things. Without `cancels_first` commands go in
    plain order of arrival.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 0
    verify_threads: Annotated[int, Meta(ge=0, le=64)] = 0
    origins: tuple[str, ...] = ()
    cancels_first: bool = True
    cancel_reserve_per_s: Annotated[int, Meta(ge=0)] | None = None
    open_orders_max: Annotated[int, Meta(ge=0)] = 0
    subscriptions_max: Annotated[int, Meta(ge=1)] = 2_000

    def allowance(self, operation: Operation | None) -> Allowance:
        """Return what an operation is counted against; None is a path that nothing answers."""
        return Allowance("", self.rate_limit_per_s)


S = TypeVar("S", bound=Settings)
P = TypeVar("P", bound=Principal)

# Our client's requests are not links to themselves.
_NO_REQUEST = Request("", b"")


class Context(Struct, Generic[S, P], frozen=True, gc=False):
    """
    A request's context beside the wire: the principal, the names, the time, the settings.

    `request` is what came, for answers that link to themselves or look at a header. `read_id` reads
    the ids of a venue: a server knows its own, a client anyone's. A venue names its own types once:
    `Ctx = Context[MySettings, Principal]`.
    """

    directory: Directory
    settings: S
    principal: P
    now_ns: int
    request: Request = _NO_REQUEST
    read_id: ReadId = ours
