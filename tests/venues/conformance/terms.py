"""Orders, reports and fills by the names of their fields and their terms alike."""

from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from countermand.vocabulary.order import OrderTerms

T = TypeVar("T", bound=Struct)


def field(value: Any, name: str) -> Any:
    """Return a field, of the value or of its terms. Raises AttributeError when neither has it."""
    return getattr(value, name) if hasattr(value, name) else getattr(value.terms, name)


def changed(value: T, **changes: Any) -> T:
    """Return the value with other fields, those of its terms where they are its terms'."""
    own = {name: change for name, change in changes.items() if hasattr(value, name)}
    terms = {name: change for name, change in changes.items() if name not in own}
    if terms:
        stated: OrderTerms = value.terms  # type: ignore[attr-defined]  # who has such names has it
        own["terms"] = replace(stated, **terms)
    return replace(value, **own)
