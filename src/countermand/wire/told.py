"""
Told: a reply in another shape than its message has, read as far as it goes.

A real venue leaves fields out, sends null for nothing, numbers for text and text for numbers, words
and keys that no document names. None of that hinders a reading that does not need the field. One
that does gets what was told, as the message has it, or `NotTold`, never a value made up.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, UNSET, Raw, Struct, UnsetType

from countermand.wire.errors import InvalidField, MissingField

_UNIONS = (Union, UnionType)
_encode = msgspec.json.Encoder(decimal_format="number").encode


class NotTold(MissingField, AttributeError):  # type: ignore[misc]  # both say which by `name`
    """A field that a reading needs and the reply does not tell; `getattr` may stand in for it."""


class Told:
    """A reply's object under the names of its message, each field read when it is asked for."""

    def __init__(self, kind: Any, values: dict[str, Any]) -> None:
        self._kind, self._values = kind, values

    def __getattr__(self, name: str) -> Any:
        field = _fields(self._kind).get(name)
        if field is None:
            raise AttributeError(name)
        value = self._values.get(field.encode_name)
        if value is None:
            return _untold(field)
        read = self.__dict__[name] = as_told(value, field.type, field.encode_name)
        return read


def as_told(value: Any, kind: Any, name: str) -> Any:
    """
    Return a decoded JSON value as one of `kind`, as far as it can be one. Numbers in it are ints
    and Decimals.

    Raises: InvalidField, called `name`, for a value of another shape.
    """
    origin = get_origin(kind)
    if origin is Annotated:
        return as_told(value, get_args(kind)[0], name)
    if origin in _UNIONS:
        return _one_of(value, get_args(kind), name)
    if isinstance(origin or kind, type) and issubclass(origin or kind, Struct):
        return Told(kind, _checked(value, dict, name))
    if origin is list:
        item = get_args(kind)[0]
        return [as_told(one, item, name) for one in _checked(value, list, name)]
    if origin is tuple:
        item = get_args(kind)[0]
        return tuple([as_told(one, item, name) for one in _checked(value, list, name)])
    if origin is dict:
        item = get_args(kind)[1]
        given = _checked(value, dict, name)
        return {key: as_told(one, item, name) for key, one in given.items()}
    return _plain(value, str if origin is Literal else kind, name)


@cache
def _fields(kind: Any) -> dict[str, Any]:
    return {field.name: field for field in msgspec.structs.fields(kind)}


def _untold(field: Any) -> Any:
    if field.default is not NODEFAULT:
        return field.default
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    for nothing, kind in ((None, type(None)), (UNSET, UnsetType)):
        if kind in get_args(field.type):
            return nothing
    raise NotTold(field.encode_name)


def _one_of(value: Any, kinds: tuple[Any, ...], name: str) -> Any:
    fault: InvalidField | None = None
    for kind in kinds:
        if kind not in (type(None), UnsetType):
            try:
                return as_told(value, kind, name)
            except InvalidField as error:
                fault = error
    raise fault or InvalidField(name, f"invalid {name}")


def _plain(value: Any, kind: Any, name: str) -> Any:
    read = _READ.get(kind)
    if read is None:
        return value
    try:
        return read(value)
    except (InvalidOperation, TypeError, ValueError):
        raise InvalidField(name, f"invalid {name}") from None


def _checked(value: Any, kind: type, name: str) -> Any:
    if not isinstance(value, kind):
        raise InvalidField(name, f"invalid {name}")
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool | dict | list):
        raise TypeError
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _flag(value: Any) -> bool:
    text = str(value).lower()
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


def _whole(value: Any) -> int:
    number = Decimal(_text(value))
    if number != int(number):
        raise ValueError
    return int(number)


def _raw(value: Any) -> Raw:
    return Raw(_text(value).encode() if isinstance(value, str | Decimal) else _encode(value))


_READ: dict[Any, Callable[[Any], Any]] = {
    str: _text,
    int: _whole,
    bool: _flag,
    Decimal: lambda value: Decimal(_text(value)),
    Raw: _raw,
}
