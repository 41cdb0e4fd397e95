"""Parts that messages of several subjects share."""

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

OrderSide = Literal["BUY", "SELL"]
InstrumentType = Literal["SPOT", "PERP", "PERPETUAL_FUTURE"]

# Fields that always say the same have it for their default; this one is a JSON number.
ZERO = Raw(b"0")

# The official Python SDK types these flags as text.
Flag = bool | Literal["true", "false"]


class Paged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    A request for a part of a list: at most `result_limit` after the first `result_offset`.

    Nothing later than `ref_datetime` is shown, so that a list stays still while it is paged
    through.
    """

    ref_datetime: str | None = None
    result_limit: Annotated[int, Meta(ge=1, le=100)] = 25
    result_offset: Annotated[int, Meta(ge=0, le=10**9)] = 0


class Pagination(Struct, frozen=True, omit_defaults=True):
    """Which part of a list this is, as it was asked for."""

    result_limit: int
    result_offset: int
    ref_datetime: str | None = None
