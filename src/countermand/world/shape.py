"""
Shape: from tables as TOML has them to the structs of a world, and in people's words what does not
fit.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from countermand.world.place import Path, Place

T = TypeVar("T")

# The noun for a list's entry, and the field that tells entries apart.
_NOUNS = {
    "assets": ("asset", "symbol"),
    "instruments": ("instrument", "symbol"),
    "users": ("user", "name"),
    "accounts": ("account", "name"),
    "keys": ("key", ""),
    "orders": ("order", ""),
}

_MESSAGE = re.compile(r"(?P<fault>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
# `[...]` stands for some key of a table.
_STEP = re.compile(r"\.(?P<field>[^.\[]+)|\[(?P<index>[0-9]+)\]|\[\.\.\.\]")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_MISSING = re.compile(r"Object missing required field `(.*)`")
_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}


def shaped(raw: Any, kind: type[T], name: str, at: Path) -> T:
    """
    Return tables as a struct. `name` is what an error calls them, `at` their path in the file.

    Raises: WorldError for the first field that does not fit.
    """
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        message = _MESSAGE.fullmatch(str(error))
        assert message is not None  # noqa: S101 -- it matches every text
        path = _path(raw, kind, message["path"] or "")
        path, fault = _told(path, message["fault"])
    raise Place(": ".join([name, *_names(raw, path)]), (*at, *path)).refuse(fault)


def _told(path: Path, fault: str) -> tuple[Path, str]:
    if unknown := _UNKNOWN.fullmatch(fault):
        return (*path, unknown[1]), "there is no such field"
    if missing := _MISSING.fullmatch(fault):
        return path, f"{missing[1]} is missing"
    words = re.sub(r"`(\w+)`", lambda kind: _TYPES.get(kind[1], kind[0]), fault)
    return path, words[:1].lower() + words[1:]


def _path(raw: Any, kind: type, text: str) -> Path:
    path: Path = ()
    value = raw
    for step in _STEP.finditer(text):
        key: str | int
        if step["field"] is not None:
            key = step["field"]
        elif step["index"] is not None:
            key = int(step["index"])
        else:
            key = next(key for key in value if not _fits(_with_only(raw, path, key), kind))
        path, value = (*path, key), value[key]
    return path


def _fits(raw: Any, kind: type) -> bool:
    try:
        msgspec.convert(raw, kind)
    except msgspec.ValidationError:
        return False
    return True


def _with_only(value: Any, path: Path, key: str) -> Any:
    # The same tables, with one key where the path leads.
    if not path:
        return {key: value[key]}
    changed = value.copy()
    changed[path[0]] = _with_only(value[path[0]], path[1:], key)
    return changed


def _names(raw: Any, path: Path) -> list[str]:
    names: list[str] = []
    value, steps = raw, list(path)
    while steps:
        step = steps.pop(0)
        value = value[step]
        noun, field = _NOUNS.get(str(step), ("", ""))
        if noun and steps and isinstance(value, list):
            index = int(steps.pop(0))
            value = value[index]
            told = value.get(field) if isinstance(value, dict) else None
            names.append(f"{noun} {told if isinstance(told, str) else index + 1}")
        else:
            names.append(str(step) if isinstance(step, str) else str(step + 1))
    return names
