"""
Pages: a filter, a sort and a cut through a list of records, with links to the pages beside it.

Source: ETNA manual, "List orders", "Get filtered equities" (links are absolute, no link is empty,
        pages are counted from 0); that a page of more than `PAGE_SIZE_MAX` is cut, and that ties
        stay as the list has them, are our proposals.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import unquote_to_bytes

from msgspec import Meta, Struct

from countermand.venues.autoshares import filters
from countermand.venues.autoshares.about import shown
from countermand.venues.autoshares.filters import Kind
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, NotFound

PAGE_SIZE_DEFAULT = 10
PAGE_SIZE_MAX = 100

INT32_MAX = 2**31 - 1

PageNumber = Annotated[int, Meta(ge=0, le=INT32_MAX)]
PageSize = Annotated[int, Meta(ge=1, le=INT32_MAX)]

Item = TypeVar("Item")


class Page(Struct, Generic[Item], frozen=True, rename="pascal", kw_only=True):
    """Some of what there is, and how much there is in all."""

    result: list[Item]
    next_page_link: str
    previous_page_link: str
    total_count: int


class Column(Struct, Generic[Item], frozen=True):
    """What a list can be filtered and sorted by; `value` is None where an item has none."""

    kind: Kind
    value: Callable[[Item], Any]


class Wanted(Struct, frozen=True):
    """
    Which page is asked for, whatever the request calls it.

    Shape: `number_name` is what the request calls the page's number; `sort_name` the sort's field.
    """

    number: int
    size: int
    filter: str
    sort: str
    desc: bool
    sort_name: str = "sortField"
    size_max: int = PAGE_SIZE_MAX


def choose(
    items: Iterable[Item], wanted: Wanted, columns: Mapping[str, Column[Item]]
) -> list[Item]:
    """
    Return what passes the filter, sorted; what has no value for the sort's field comes first.

    Only the columns that the filter and the sort name are looked at.

    Raises: InvalidField named `filter`, or after the sort, when it names no column.
    """
    kinds = {name: column.kind for name, column in columns.items()}
    conditions = filters.parse(wanted.filter, kinds)
    sort_by = columns[sort_field(wanted, kinds)].value
    used = {name: columns[name].value for name in {one.field for one in conditions}}
    meets = filters.matcher(conditions)
    chosen = [item for item in items if meets({name: value(item) for name, value in used.items()})]
    chosen.sort(key=lambda item: _rank(sort_by(item)), reverse=wanted.desc)
    return chosen


def sort_field(wanted: Wanted, fields: Mapping[str, Kind]) -> str:
    """Return the field to sort by as the table spells it. Raises InvalidField for none."""
    for field in fields:
        if field.lower() == wanted.sort.lower():
            return field
    name = wanted.sort_name
    raise InvalidField(name, f"invalid {name}: must be one of {', '.join(sorted(fields))}")


def cut(chosen: Sequence[Item], wanted: Wanted) -> Sequence[Item]:
    """Return the page of what was chosen."""
    size = size_of(wanted)
    return chosen[wanted.number * size : (wanted.number + 1) * size]


def size_of(wanted: Wanted) -> int:
    """Return how many are on a page."""
    return min(wanted.size, wanted.size_max)


def page(shown_items: list[Item], total: int, wanted: Wanted, ctx: Context) -> Page[Item]:
    """Return the page with its links: the request's own URL with the page's number changed."""
    number, last = wanted.number, (total - 1) // size_of(wanted)
    return Page(
        result=shown_items,
        next_page_link=_link(ctx, number + 1) if number < last else "",
        previous_page_link=_link(ctx, min(number - 1, last)) if number and total else "",
        total_count=total,
    )


def origin(ctx: Context) -> str:
    """Return what absolute URLs of this server begin with: scheme and host, no slash after it."""
    if configured := shown(ctx.settings).public_url:
        return configured.rstrip("/")
    return f"http://{host(ctx)}"


def host(ctx: Context) -> str:
    """Return the host the request was sent to, empty when it does not say."""
    raw = None if ctx.request is None else ctx.request.header(b"host")
    return (raw or b"").decode("latin-1")


def url(ctx: Context) -> str:
    """Return the URL of the request, without its query."""
    path = b"" if ctx.request is None else ctx.request.path
    return origin(ctx) + path.decode("latin-1")


def not_found(ctx: Context) -> NotFound:
    """Return what is said of a path that is none, and of one that lacks a required parameter."""
    query = b"" if ctx.request is None else ctx.request.query
    target = url(ctx) + ("?" + query.decode("latin-1") if query else "")
    return NotFound(f"No HTTP resource was found that matches the request URI '{target}'.")


def _link(ctx: Context, number: int) -> str:
    raw = b"" if ctx.request is None else ctx.request.query
    pairs = [pair for pair in raw.decode("latin-1").split("&") if pair]
    kept = [pair for pair in pairs if not _is_page_number(pair)]
    return f"{url(ctx)}?" + "&".join([f"pageNumber={number}", *kept])


def _is_page_number(pair: str) -> bool:
    return unquote_to_bytes(pair.partition("=")[0]) == b"pageNumber"


def _rank(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)
