"""
Shapes: what the fields of a row are, as JSON Schema, for everything that is made of the rows.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import NODEFAULT, UNSET, Struct, json
from msgspec.structs import FieldInfo, fields

from countermand.control.row import ControlRow

# How schemas refer to one another.
_REFERENCE = "#/components/schemas/{name}"

Schema = dict[str, Any]


class Shapes(Struct, frozen=True):
    """
    The schemas of some rows. `components` are those that others refer to; `replies` and `fields`
    are by row, the latter by field.
    """

    components: dict[str, Schema]
    replies: dict[str, Schema]
    fields: dict[str, dict[str, Schema]]


@cache
def shapes(rows: tuple[ControlRow, ...]) -> Shapes:
    """Return the schemas of all that rows ask and tell."""
    asked = {row.name: fields(row.message) for row in rows}
    types: list[Any] = [None if row.is_download else row.reply for row in rows]
    types += [field.type for row in rows for field in asked[row.name]]
    schemas, components = json.schema_components(types, ref_template=_REFERENCE)
    told = iter(schemas)
    replies = {row.name: next(told) for row in rows}
    inner = {
        name: {field.name: _with_default(next(told), field) for field in given}
        for name, given in asked.items()
    }
    return Shapes(components, replies, inner)


def is_required(field: FieldInfo) -> bool:
    """Return whether a field must be given."""
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def _with_default(schema: Schema, field: FieldInfo) -> Schema:
    if is_required(field) or field.default is UNSET:
        return schema
    default = field.default
    if default is NODEFAULT:
        default = field.default_factory()
    return schema if default is None else schema | {"default": _plain(default)}


def _plain(value: Any) -> Any:
    return json.decode(json.encode(value))
