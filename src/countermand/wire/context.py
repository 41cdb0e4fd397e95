"""
Context: what a codec is told besides the bytes. Explicit, small, and the same for every venue.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from countermand.wire.directory import Directory
from countermand.wire.http import Request
from countermand.wire.operation import Access


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What a world may set about a venue; a venue adds its own switches in a subclass.

    `rate_limit_per_s` counts requests per key; 0 turns the limit off. Signatures are checked on
    `verify_threads` threads of their own, or with 0 where the request is answered. Pages of
    `origins` may read the answers: an origin as browsers send it, one with `*` for its port, or
    `*` for all.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 0
    verify_threads: Annotated[int, Meta(ge=0, le=64)] = 0
    origins: tuple[str, ...] = ()


class Principal(Struct, frozen=True, gc=False):
    """Who a verified request comes from, and what the key allows."""

    owner: str
    key: str
    access: tuple[Access, ...]


class Context(Struct, frozen=True, gc=False):
    """
    What the wire does not carry: who asks, what things are called, when the request came.

    `found` is what the route's `find` query answered, and once the command is done what its `then`
    query did, where it has them; `message` is the request's, for answers that do not say what was
    asked (a page's limits, a quote's instrument); `request` is what came, for answers that link to
    themselves.
    """

    directory: Directory
    settings: Settings
    principal: Principal | None
    now_ns: int
    found: Any = None
    message: Any = None
    request: Request | None = None
