"""Key fields: reading what a world's `keys` table says of a key. Errors name the field at fault."""

from collections.abc import Collection, Mapping
from typing import Any

from countermand.wire.operation import Access


def refuse_unknown(fields: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse a table that has other fields than those known. Raises ValueError."""
    if unknown := set(fields) - set(known):
        raise ValueError(f"{min(unknown)}: not a field of a key")


def ascii_text(fields: Mapping[str, Any], name: str) -> str:
    """Return a text that may stand in a header. Raises ValueError; an empty one is none."""
    value = fields.get(name)
    if not isinstance(value, str) or not value or not (value.isascii() and value.isprintable()):
        raise ValueError(f"{name}: must be ASCII text")
    return value


def access(fields: Mapping[str, Any]) -> tuple[Access, ...]:
    """Return what the key allows, by default everything. Raises ValueError."""
    try:
        return tuple(Access(word) for word in fields.get("access", ("view", "trade")))
    except (TypeError, ValueError):
        raise ValueError("access: must be a list of view and trade") from None
