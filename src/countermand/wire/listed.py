"""
Listed: refusals with the statuses that the page of one request lists, and no others.

The page of an operation may list fewer statuses than a venue's general pages and its own clients
know. A venue is served as its clients know it; where a world asks for the page's reading, a refusal
is marked, and the rows that are for marked ones come before the others.
"""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from countermand.wire.errors import WireError
from countermand.wire.refusals import Row


def marked(error: WireError, *, as_listed: bool) -> WireError:
    """Return a refusal that is told, or not, as the page of its request lists refusals."""
    error.as_listed = as_listed
    return error


def as_listed(row: Row) -> Row:
    """Return the row for a marked refusal."""
    return replace(row, given={**row.given, "as_listed": True})


def restated(rows: Iterable[Row], statuses: Mapping[int, int]) -> list[Row]:
    """Return rows for marked refusals: those of a status that is not listed, with one that is."""
    return [
        as_listed(replace(row, status=statuses[row.status]))
        for row in rows
        if row.status in statuses
    ]
