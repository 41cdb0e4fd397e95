"""Pages: a part of a list, with what was asked for repeated beside it."""

from typing import Protocol

from countermand.venues.coinbase_intx.messages.orders import Pagination
from countermand.venues.coinbase_intx.translate import resolve
from countermand.vocabulary.queries import ListFills, ListOpenOrders
from countermand.wire import times
from countermand.wire.errors import NotExpressible

RESULT_LIMIT_MAX = 100


class Asked(Protocol):
    """What every paged request carries."""

    @property
    def result_limit(self) -> int:
        """How many at most."""

    @property
    def result_offset(self) -> int:
        """How many to leave out first."""

    @property
    def ref_datetime(self) -> str | None:
        """Nothing later than this, so that a list stays still while it is paged through."""


def until_ns(asked: Asked) -> int | None:
    """Return the moment after which nothing is shown. Raises InvalidField."""
    if asked.ref_datetime is None:
        return None
    return resolve.instant("ref_datetime", asked.ref_datetime)


def header(asked: Asked) -> Pagination:
    """Return which part of the list was asked for; the exchange has cut it."""
    return Pagination(asked.result_limit, asked.result_offset, asked.ref_datetime)


def limit_to_wire(query: ListOpenOrders | ListFills) -> int:
    """Return how many to ask for, a hundred when all are wanted. Raises NotExpressible."""
    if query.limit is None:
        return RESULT_LIMIT_MAX
    if not 1 <= query.limit <= RESULT_LIMIT_MAX:
        raise NotExpressible("a page of one to a hundred")
    return query.limit


def until_to_wire(query: ListOpenOrders | ListFills) -> str | None:
    """Return the moment after which nothing is wanted. Raises NotExpressible."""
    if query.until_ns is None:
        return None
    if query.until_ns % times.MS:
        raise NotExpressible("a moment in whole milliseconds")
    return times.iso_floor_ms(query.until_ns)
