"""Pages: a part of a list, with what was asked for repeated beside it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from countermand.venues.coinbase_intx.messages.orders import Pagination
from countermand.venues.coinbase_intx.translate import resolve

Item = TypeVar("Item")


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


def check(asked: Asked) -> None:
    """Refuse a page that cannot be cut. Raises InvalidField."""
    if asked.ref_datetime is not None:
        resolve.instant("ref_datetime", asked.ref_datetime)


def until(asked: Asked, items: Iterable[Item], ts_ns: Callable[[Item], int]) -> Iterable[Item]:
    """Return the items that had happened by `ref_datetime`, or all."""
    if asked.ref_datetime is None:
        return items
    latest = resolve.instant("ref_datetime", asked.ref_datetime)
    return [item for item in items if ts_ns(item) <= latest]


def cut(asked: Asked, items: Sequence[Item]) -> tuple[Pagination, Sequence[Item]]:
    """Return the page's header and its items."""
    limit, offset = asked.result_limit, asked.result_offset
    header = Pagination(limit, offset, asked.ref_datetime)
    return header, items[offset : offset + limit]
