"""
Fields: from what a row's message is made of to the arguments and options of a command, and back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from inspect import Parameter
from typing import Annotated, Any, get_args, get_origin

import msgspec
import typer
from msgspec import NODEFAULT, UNSET, Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from countermand.control.row import ControlRow
from countermand.control.shapes import is_required


class Argument(Struct, frozen=True):
    """One field as a word of the command line: `kind` says how its words are read."""

    name: str
    kind: str
    parameter: Parameter


def arguments(row: ControlRow) -> list[Argument]:
    """Return the words of a row's command: those of the path first, then what it needs."""
    known = {field.name: field for field in fields(row.message)}
    inner = [field for field in known.values() if field.name not in row.path_fields]
    needed = [*row.path_fields, *(field.name for field in inner if is_required(field))]
    return [
        *(_argument(known[name], is_needed=True) for name in needed),
        *(_argument(field, is_needed=False) for field in inner if not is_required(field)),
    ]


def given(read: Iterable[Argument], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that the words of a command give. Raises: ValueError in one line."""
    told = {}
    for one in read:
        word = words[one.name]
        if word is None or word == []:
            continue
        told[one.name] = _READ[one.kind](one.name, word)
    return told


def _argument(field: FieldInfo, *, is_needed: bool) -> Argument:
    kind, annotation, note = _kind(field.type)
    if is_needed:
        metavar = field.name.upper()
        about: Any = typer.Argument(help=note, show_default=False, metavar=metavar)
        default: Any = Parameter.empty
    else:
        about, default = typer.Option(help=_default(field, note), show_default=False), None
        annotation = annotation if kind == "many" else annotation | None
        if kind in ("many", "pairs"):
            annotation = annotation if kind == "many" else list[str] | None
    parameter = Parameter(
        field.name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[annotation, about]
    )
    return Argument(field.name, kind, parameter)


def _kind(given_type: Any) -> tuple[str, Any, str]:
    # How a field is read, what the command line takes for it, and what there is to say of that.
    bare = _bare(given_type)
    origin = get_origin(bare) or bare
    if origin is dict:
        is_text = get_args(bare)[1] is str
        return ("pairs", str, "NAME=VALUE; may be repeated.") if is_text else ("json", str, "JSON.")
    if origin in (tuple, list):
        return "many", list[str], f"{_choices(get_args(bare)[0])}; may be repeated."
    if isinstance(origin, type) and issubclass(origin, Enum):
        return "one", origin, _choices(origin)
    if origin in (bool, int, float):
        return "one", origin, ""
    return "one", str, ""


def _bare(given_type: Any) -> Any:
    # The type of a field, without None and Unset and without its bounds.
    if get_origin(given_type) is Annotated:
        return _bare(get_args(given_type)[0])
    members = [one for one in get_args(given_type) if one not in (type(None), UnsetType)]
    is_union = get_origin(given_type) is not None and type(None) in get_args(given_type)
    is_union = is_union or UnsetType in get_args(given_type)
    return _bare(members[0]) if is_union else given_type


def _choices(of: Any) -> str:
    is_enum = isinstance(of, type) and issubclass(of, Enum)
    return ", ".join(str(one.value) for one in of) if is_enum else of.__name__


def _default(field: FieldInfo, note: str) -> str:
    default = field.default
    if default in (NODEFAULT, UNSET, None, "", (), []):
        return note
    said = msgspec.to_builtins(default)
    text = ", ".join(map(str, said)) if isinstance(said, list | tuple) else str(said).lower()
    return f"{note}{'.' if note and note[-1] != '.' else ''} Default: {text}.".strip()


def _read_one(name: str, word: Any) -> Any:
    return word.value if isinstance(word, Enum) else word


def _read_many(name: str, words: list[str]) -> list[str]:
    return list(words)


def _read_pairs(name: str, words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if wrong := [key for key, sign, value in pairs if not (key and sign and value)]:
        raise ValueError(f"--{name}: {wrong[0]!r} is not NAME=VALUE")
    return {key: value for key, _, value in pairs}


def _read_json(name: str, word: str) -> Any:
    try:
        return msgspec.json.decode(word)
    except msgspec.DecodeError as error:
        raise ValueError(f"--{name}: not JSON: {error}") from None


_READ: dict[str, Callable[[str, Any], Any]] = {
    "one": _read_one,
    "many": _read_many,
    "pairs": _read_pairs,
    "json": _read_json,
}
