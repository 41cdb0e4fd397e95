"""
Call: an act by its name and fields, checked and done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from countermand.control.host import Host
from countermand.control.row import ControlError, ControlRow
from countermand.control.table import BY_NAME

_WHERE = re.compile(r" - at `\$\.?([^`]*)`$")


async def call(host: Host, name: str, fields: Mapping[str, Any]) -> Any:
    """
    Do the act of that name and return its reply.

    Raises: ControlError; KeyError for a name that is in no row.
    """
    row = BY_NAME[name]
    return await row.run(host, message(row, fields))


def message(row: ControlRow, fields: Mapping[str, Any], *, strict: bool = True) -> Any:
    """
    Return what is asked, of its fields; without `strict` numbers may come as text.

    Raises: ControlError for an unknown, missing or mistyped field.
    """
    try:
        return msgspec.convert(fields, row.message, strict=strict)
    except msgspec.ValidationError as error:
        raise malformed(error) from None


def malformed(error: msgspec.ValidationError) -> ControlError:
    """Return the refusal of fields that are not those of a message."""
    text = str(error)
    where = _WHERE.search(text)
    field = f"{where[1]}: " if where and where[1] else ""
    return ControlError(400, "malformed", field + _WHERE.sub("", text).replace("`", ""))
