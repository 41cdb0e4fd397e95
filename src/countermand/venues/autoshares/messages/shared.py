"""
Parts that the messages of this venue share: dates, counts and pages.

Source: ETNA manual, "List orders", "Get filtered equities".
"""

from typing import Annotated, ClassVar, Generic, TypeVar

from msgspec import Meta, Struct

from countermand.venues.autoshares.ids import INT32_MAX

# "No date", as this venue writes it.
NO_DATE = "0001-01-01T00:00:00Z"

PAGE_SIZE_DEFAULT = 10
PAGE_SIZE_MAX = 100

Count = Annotated[int, Meta(ge=0, le=INT32_MAX)]
PageSize = Annotated[int, Meta(ge=1, le=INT32_MAX)]

Item = TypeVar("Item")


class Paged(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """
    The query of a list; pages are counted from 0.

    Shape:  a page of more than `SIZE_MAX` is cut; `SORT` is what the query calls `sort_field`.
    """

    SIZE_MAX: ClassVar[int] = PAGE_SIZE_MAX
    SORT: ClassVar[str] = "sortField"

    page_number: Count = 0
    page_size: PageSize = PAGE_SIZE_DEFAULT
    filter: str = ""
    sort_field: str = "Id"
    desc: bool = False

    @property
    def size(self) -> int:
        """How many are on a page."""
        return min(self.page_size, self.SIZE_MAX)


class Page(Struct, Generic[Item], frozen=True, rename="pascal", kw_only=True):
    """Some of what there is, and how much there is in all."""

    result: list[Item]
    next_page_link: str
    previous_page_link: str
    total_count: int
