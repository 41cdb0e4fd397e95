"""Paging: a part of a list. Pages count from 1."""

from typing import TypeVar

from countermand.venues.deltadefi.messages.orders import ListOfSymbol

T = TypeVar("T")


def cut(items: tuple[T, ...], asked: ListOfSymbol) -> tuple[T, ...]:
    """Return what stands on the page that was asked for."""
    first = (asked.page - 1) * asked.limit
    return items[first : first + asked.limit]


def pages(total: int, asked: ListOfSymbol) -> int:
    """Return how many pages there are; 0 when there are no items."""
    return -(-total // asked.limit)
