"""Pages: which part of a list was asked for, and how many parts there are."""

from typing import TypeVar

from countermand.wire.context import Context

Item = TypeVar("Item")


def sliced(items: tuple[Item, ...], ctx: Context) -> tuple[Item, ...]:
    """Return what of a list stands on the page that was asked for; pages count from 1."""
    page, limit = ctx.message.page, ctx.message.limit
    return items[(page - 1) * limit : page * limit]


def pages(total: int, ctx: Context) -> int:
    """Return how many pages there are; none of nothing."""
    limit: int = ctx.message.limit
    return -(-total // limit)
