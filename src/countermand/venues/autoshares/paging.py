"""
Pages: a filter, a sort and a cut through a list of records, with links to the pages beside it.

Source: ETNA manual, "List orders", "Get filtered equities" (links are absolute, no link is empty,
        pages are counted from 0); that a page of more than `PAGE_SIZE_MAX` is cut, and that ties
        stay as the list has them, are our proposals.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from countermand.venues.autoshares import errors, filters
from countermand.venues.autoshares.dates import date_ns
from countermand.venues.autoshares.filters import Filter, Kind
from countermand.venues.autoshares.messages.shared import Page, Paged
from countermand.venues.autoshares.settings import Ctx
from countermand.wire.errors import InvalidField

# Records that a filter or a sort looks at, the newest: more would keep all others waiting.
LOOKED_AT_MAX = 5_000

Item = TypeVar("Item")
Message = TypeVar("Message", bound=Struct)
Shown = TypeVar("Shown")


def follow(asked: Any, page: Page[Any]) -> Any:
    """Return the request for what follows a page, None where it was the last."""
    if not getattr(page, "next_page_link", "") or not page.result:
        return None
    return replace(asked, page_number=asked.page_number + 1)


class Column(Struct, Generic[Item], frozen=True):
    """A field that a list can be filtered and sorted by; `value` is None where an item has none."""

    kind: Kind
    value: Callable[[Item, Ctx], Any]


Columns = Mapping[str, Column[Item]]

_KINDS = {str: Kind.TEXT, bool: Kind.FLAG}


def columns_of(message: type[Message], names: str) -> Columns[Message]:
    """Return columns that hold what a message shows under these names; a date is a moment."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(message)}
    return {name: _column(fields[name]) for name in names.split()}


def _column(field: msgspec.structs.FieldInfo) -> Column[Any]:
    get = attrgetter(field.name)
    if field.encode_name.endswith("Date"):
        return Column(Kind.MOMENT, lambda item, _: date_ns(get(item)) or None)
    return Column(_KINDS.get(field.type, Kind.NUMBER), lambda item, _: get(item))


def page_of(
    items: Iterable[Item],
    asked: Paged,
    columns: Columns[Item],
    show: Callable[[Item, Ctx], Shown],
    ctx: Ctx,
) -> Page[Shown]:
    """Return the page that was asked for. Raises as `choose` does."""
    chosen = choose(items, asked, columns, ctx)
    return page([show(item, ctx) for item in cut(chosen, asked)], len(chosen), asked, ctx)


def choose(items: Iterable[Item], asked: Paged, columns: Columns[Item], ctx: Ctx) -> list[Item]:
    """
    Return what passes the filter, sorted; what has no value for the sort's field comes first.

    Raises: InvalidField named `filter`, or after the sort, when it names no column.
    """
    kinds = kinds_of(columns)
    conditions, sort = filters.parse(asked.filter, kinds), sort_field(asked, kinds)
    chosen = passing(items, conditions, columns, ctx)
    chosen.sort(key=rank(columns[sort], ctx), reverse=asked.desc)
    return chosen


def kinds_of(columns: Columns[Item]) -> dict[str, Kind]:
    """Return what the columns hold."""
    return {name: column.kind for name, column in columns.items()}


def passing(
    items: Iterable[Item], conditions: Filter, columns: Columns[Item], ctx: Ctx
) -> list[Item]:
    """Return the items that meet every condition. Only columns that are named are looked at."""
    used = {one.field: columns[one.field].value for one in conditions}
    meets = filters.matcher(conditions)
    return [
        item for item in items if meets({name: value(item, ctx) for name, value in used.items()})
    ]


def rank(column: Column[Item], ctx: Ctx) -> Callable[[Item], tuple[bool, Any]]:
    """Return the key to sort by a column: what has no value comes first."""

    def key(item: Item) -> tuple[bool, Any]:
        value = column.value(item, ctx)
        return value is not None, 0 if value is None else value

    return key


def sort_field(asked: Paged, fields: Mapping[str, Kind]) -> str:
    """Return the field to sort by as the table spells it. Raises InvalidField for none."""
    for field in fields:
        if field.lower() == asked.sort_field.lower():
            return field
    name = asked.SORT
    raise InvalidField(name, f"invalid {name}: must be one of {', '.join(sorted(fields))}")


def cut(chosen: Sequence[Item], asked: Paged) -> Sequence[Item]:
    """Return the page of what was chosen."""
    return chosen[asked.page_number * asked.size : (asked.page_number + 1) * asked.size]


def page(shown: list[Shown], total: int, asked: Paged, ctx: Ctx) -> Page[Shown]:
    """Return the page with its links: the request's own URL with the page's number changed."""
    number, last = asked.page_number, (total - 1) // asked.size
    return Page(
        result=shown,
        next_page_link=_link(ctx, number + 1) if number < last else "",
        previous_page_link=_link(ctx, min(number - 1, last)) if number and total else "",
        total_count=total,
    )


def _link(ctx: Ctx, number: int) -> str:
    pairs = [pair for pair in ctx.request.query.decode("latin-1").split("&") if pair]
    kept = [pair for pair in pairs if not _is_page_number(pair)]
    here = errors.url(ctx.request, ctx.settings)
    return f"{here}?" + "&".join([f"pageNumber={number}", *kept])


def _is_page_number(pair: str) -> bool:
    return unquote_to_bytes(pair.partition("=")[0]) == b"pageNumber"
