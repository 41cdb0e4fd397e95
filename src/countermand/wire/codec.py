"""
Codec: message classes to bytes and back, strictly.

A request's fields travel as path parameters and, as the row says, in a JSON body or in the query;
the message is the same struct either way. Where the row puts them in the query a body is ignored:
it may be there because it was signed. Where the message forbids unknown fields, every field of such
a body must be in the query with the same value.
"""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, get_args, get_origin
from urllib.parse import quote, unquote_to_bytes

import msgspec
from msgspec import UNSET, Struct

from countermand.wire.errors import (
    InvalidField,
    Malformed,
    MissingField,
    UnknownField,
)
from countermand.wire.http import Request, Response
from countermand.wire.route import Params, Route
from countermand.wire.told import as_told

_MISSING = re.compile(r"missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"contains unknown field `([^`]+)`")
# The form of a number in quotes. Python's own reading is more generous: it takes underscores,
# blanks and the digits of every script, and a bot that sends those has a bug that must not trade.
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WHERE = re.compile(r"at `\$\.([^`]+)`")

_JSON = (b"content-type", b"application/json")


def _number(text: str) -> Decimal:
    # A number in a body stays the text it was, so that no digit passes through a float.
    try:
        return Decimal(text)
    except InvalidOperation:
        # Its exponent is out of range; the field's own bounds refuse it.
        return Decimal("Infinity")


_UNTYPED = msgspec.json.Decoder(float_hook=_number)

# No message of any dialect is nested half as deep, so that code that walks one may recurse.
DEPTH_MAX = 32

encode = msgspec.json.Encoder(decimal_format="number").encode


class _Fields(Struct, frozen=True):
    """The fields of one message, and which of them are decimal numbers."""

    names: frozenset[str]
    repeatable: frozenset[str]
    numbers: tuple[str, ...]
    strict: bool


def decode_request(route: Route, request: Request, params: Params) -> Any:
    """
    Return the row's message out of a request.

    Shape:  path parameters win over what bears their name elsewhere; keys that are no fields are
            ignored, unless the message forbids them.
    Raises: Malformed for a body that is no JSON object or nested too deeply and for bad UTF-8,
            MissingField, InvalidField, UnknownField with the field's wire name.
    """
    if not route.form.body:
        values = _query_values(route, request.query, params)
        if request.body and _fields(route.op.message).strict:
            _check_echo(_fields(route.op.message), values, request.body)
        return _convert(values, route.op.message, strict=False)
    values = _body_values(route, request.body)
    for name in _fields(route.op.message).numbers:
        if name in values and not _is_plain(values[name]):
            raise InvalidField(name, f"invalid {name}: must be a plain number")
    return _convert(values | params, route.op.message, strict=True)


def _body_values(route: Route, body: bytes) -> dict[str, Any]:
    if route.form.normalize is not None and not body:
        return {}
    values = _untyped(body)
    if not isinstance(values, dict):
        raise Malformed("body must be a JSON object")
    if route.form.unique:
        _check_unique(values, body)
    return values if route.form.normalize is None else route.form.normalize(values)


def _check_unique(values: dict[str, Any], body: bytes) -> None:
    # A name given twice is lost by now. A name has a colon, so that a body with as many colons as
    # names, as most are, is not read again.
    if body.count(b":") != _names(values):
        json.loads(body, object_pairs_hook=_once, parse_int=str, parse_float=str)


def _names(values: Any) -> int:
    own = len(values) if isinstance(values, dict) else 0
    return own + sum(map(_names, _inside(values)))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for name, value in pairs:
        if name in seen:
            raise InvalidField(name, f"{name} is given more than once")
        seen[name] = value
    return seen


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return _PLAIN.fullmatch(value) is not None
    return not isinstance(value, Decimal) or value.is_finite()


def encode_request(route: Route, message: Any) -> Request:
    """Return the request that carries a message: the mirror of `decode_request`, unsigned."""
    values = msgspec.to_builtins(message, builtin_types=(Decimal,))
    values = {name: value for name, value in values.items() if value is not None}
    if not (route.form.body and route.form.decimal_numbers):
        values = {name: _plain(value) for name, value in values.items()}
    params = {name: str(values.pop(name)) for name in route.param_names}
    path = route.build(params)
    if route.form.body:
        return Request(route.method, path, b"", (_JSON,), encode(values))
    return Request(route.method, path, _query(values))


def decode_reply(route: Route, response: Response) -> Any:
    """
    Return the row's reply out of a response; a row without one does not look at the body.

    Shape:  one in another shape than the message has is read as far as it goes: see `told`.
    Raises: Malformed when it is none.
    """
    kind = route.op.reply
    if kind is None:
        return None
    try:
        return _decoder(kind).decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return as_told(_untyped(response.body), kind, "body")


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


@cache
def _fields(kind: type[Struct]) -> _Fields:
    fields = msgspec.structs.fields(kind)
    return _Fields(
        frozenset(f.encode_name for f in fields),
        frozenset(f.encode_name for f in fields if get_origin(f.type) is list),
        tuple(f.encode_name for f in fields if Decimal in (f.type, *get_args(f.type))),
        kind.__struct_config__.forbid_unknown_fields,
    )


def _query_values(route: Route, query: bytes, params: Params) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if query:
        fields = _fields(route.op.message)
        pairs = query.split(b"&")
        for pair in dict.fromkeys(pairs) if route.form.repeats else pairs:
            raw, _, text = pair.partition(b"=")
            if (name := _text(raw)) in fields.names:
                _add(values, fields, name, _text(text))
            elif fields.strict and pair:
                raise UnknownField(name)
    values.update(params)
    return values


def _check_echo(fields: _Fields, values: dict[str, Any], body: bytes) -> None:
    # This body is not read, so a filter in it would be lost, and the request would do too much.
    echo = _untyped(body)
    if not isinstance(echo, dict):
        raise Malformed("body must be a JSON object")
    for name, value in echo.items():
        if name not in fields.names:
            raise UnknownField(name)
        if name not in values or _echoed(value) != values[name]:
            raise InvalidField(name, f"{name} in the body is not what the query says")


def _echoed(value: Any) -> Any:
    if isinstance(value, list):
        return [_echoed(item) for item in value]
    return _spelled(value) if isinstance(value, str | int | Decimal) else None


def _add(values: dict[str, Any], fields: _Fields, name: str, text: str) -> None:
    if name in fields.repeatable:
        values.setdefault(name, []).append(text)
    elif name in values:
        raise InvalidField(name, f"{name} is given more than once")
    else:
        values[name] = text


def _text(raw: bytes) -> str:
    try:
        if b"%" in raw or b"+" in raw:
            return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
        return raw.decode()
    except UnicodeDecodeError:
        raise Malformed("query is not valid UTF-8") from None


def _convert(values: dict[str, Any], kind: Any, *, strict: bool) -> Any:
    # In a query everything is text, so "25" may be a number there.
    try:
        return msgspec.convert(values, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise _refusal(error) from None


def _untyped(body: bytes) -> Any:
    values = _parse(_UNTYPED, body)
    # Hardly any body opens as many brackets, so that hardly any is looked through.
    if body.count(b"{") + body.count(b"[") > DEPTH_MAX and _is_deep(values):
        raise Malformed("body is nested too deeply")
    return values


def _is_deep(values: Any) -> bool:
    level = [values]
    for _ in range(DEPTH_MAX):
        level = [inner for outer in level for inner in _inside(outer)]
    return any(isinstance(value, dict | list) for value in level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _parse(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _refusal(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("body is not valid JSON") from None


def _refusal(error: msgspec.ValidationError) -> Malformed:
    # The fault is only in the error's text; its shape is pinned by tests/wire/test_codec.py.
    text = str(error)
    if missing := _MISSING.search(text):
        return MissingField(missing[1])
    if unknown := _UNKNOWN.search(text):
        return UnknownField(unknown[1])
    if where := _WHERE.search(text):
        return InvalidField(where[1], f"invalid {where[1]}")
    return Malformed("body must be a JSON object")


def _plain(value: Any) -> Any:
    # Decimals travel as plain text, never with an exponent.
    return f"{value:f}" if isinstance(value, Decimal) else value


def _query(values: Mapping[str, Any]) -> bytes:
    pairs = [
        f"{name}={quote(_spelled(item), safe='')}"
        for name, value in values.items()
        if value is not UNSET
        for item in (value if isinstance(value, list) else [value])
    ]
    return "&".join(pairs).encode()


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
