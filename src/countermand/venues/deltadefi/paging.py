"""Paging: a part of a list. Pages count from 1."""

from typing import Any, TypeVar

from msgspec.structs import replace

from countermand.venues.deltadefi.messages.orders import ListOfSymbol

T = TypeVar("T")


def cut(items: tuple[T, ...], asked: ListOfSymbol) -> tuple[T, ...]:
    """Return what stands on the page that was asked for."""
    first = (asked.page - 1) * asked.limit
    return items[first : first + asked.limit]


def follow(asked: ListOfSymbol, page: Any) -> ListOfSymbol | None:
    """Return the request for what follows a page, None where it was the last."""
    if asked.page >= page.total_page or not page.data:
        return None
    return replace(asked, page=asked.page + 1)


def pages(total: int, asked: ListOfSymbol) -> int:
    """Return how many pages there are; 0 when there are no items."""
    return -(-total // asked.limit)
