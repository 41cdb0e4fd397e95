"""Paging: a part of a list, with what was asked for repeated beside it."""

from typing import Any

from msgspec.structs import replace

from countermand.venues.coinbase_intx.messages.shared import Paged, Pagination
from countermand.wire import times
from countermand.wire.fields import instant

_LIMIT_MAX = 100


def until_ns(asked: Paged) -> int | None:
    """Return the moment after which nothing is shown. Raises InvalidField."""
    text = asked.ref_datetime
    return None if text is None else instant("ref_datetime", text)


def header(asked: Paged) -> Pagination:
    """Return which part of the list was asked for; the exchange has cut it."""
    return Pagination(asked.result_limit, asked.result_offset, asked.ref_datetime)


def follow(asked: Any, page: Any) -> Any:
    """Return the request for what follows a page, None where it was the last."""
    if len(page.results) < asked.result_limit:
        return None
    return replace(asked, result_offset=asked.result_offset + asked.result_limit)


def ask(until_ns: int | None, offset: int, limit: int | None) -> dict[str, Any]:
    """Return the fields that ask for a page, for a hundred where all are wanted."""
    return {
        "ref_datetime": None if until_ns is None else times.iso_floor_ms(until_ns),
        "result_offset": offset,
        "result_limit": _LIMIT_MAX if limit is None else limit,
    }
