"""
Bodies: what the venue's server makes of a JSON body before a message is read out of it.

The server is ASP.NET with Json.NET: a key is matched in any case, a number may stand in quotes
where an integer is wanted, and a word may be given by its number (`tables` has those known).

Source: ETNA manual: `TimeInforce` when placing and `TimeInForce` elsewhere, `ExecInst` as 0, ids in
        quotes; its screenshots for the numbers of types.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from msgspec import Struct, inspect

from countermand.venues.autoshares import ids
from countermand.wire.route import Form

Read = Callable[[Any], Any]


def form_of(message: type[Struct]) -> Form:
    """Return the form of a body that carries a message; the last of equal keys wins."""
    return Form(body=True, normalize=_object(message), decimal_numbers=True)


@cache
def _object(message: type[Struct]) -> Read:
    info = inspect.type_info(message)
    assert isinstance(info, inspect.StructType)  # noqa: S101  (a message is a struct)
    fields = {one.encode_name.lower(): (one.encode_name, _reader(one.type)) for one in info.fields}

    def read(values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        named = (
            (*fields.get(key.lower(), (key, _as_it_is)), value) for key, value in values.items()
        )
        return {name: reader(value) for name, reader, value in named}

    return read


def _reader(kind: inspect.Type) -> Read:
    match kind:
        case inspect.Metadata(type=inner):
            return _reader(inner)
        case inspect.UnionType(types=(inner, inspect.NoneType())):
            return _reader(inner)
        case inspect.ListType(item_type=inner):
            return _items(_reader(inner))
        case inspect.StructType(cls=message):
            return _object(message)
        case inspect.IntType():
            return _number
        case inspect.StrType():
            return _word
    return _as_it_is


def _items(read: Read) -> Read:
    return lambda value: [read(one) for one in value] if isinstance(value, list) else value


def _number(value: Any) -> Any:
    number = ids.int32(value) if isinstance(value, str) else None
    return value if number is None else number


def _word(value: Any) -> Any:
    return str(value) if type(value) is int else value


def _as_it_is(value: Any) -> Any:
    return value
