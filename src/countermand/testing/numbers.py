"""Numbers: prices and quantities as a test writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

Number: TypeAlias = str | int | Decimal


def text_of(number: Number) -> str:
    """Return a number as decimal text. Raises: TypeError for a float, which is no exact number."""
    if isinstance(number, bool) or not isinstance(number, str | int | Decimal):
        kind = type(number).__name__
        raise TypeError(f"{number!r} is a {kind}: write it as text, an int or a Decimal")
    return number if isinstance(number, str) else format(number, "f")
