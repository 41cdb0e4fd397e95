"""
Normalize: bodies that this venue takes besides the form it documents.

Source: requests of third-party clients that the live venue accepts: unknown fields, snake_case
        names, integers for enums, numbers in quotes. It reads bodies as protobuf JSON does.
"""

import re
from typing import Any

import msgspec

from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.messages.shared import Amount
from countermand.venues.polymarket_us.tables import NUMBERED
from countermand.wire.fields import invalid

_PLAIN = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBERS = frozenset({"quantity"})
_FORMS = (
    orders.CreateOrder,
    orders.PreviewOrder,
    orders.ClosePosition,
    orders.ModifyOrder,
    orders.CancelOrder,
    orders.CancelAllOrders,
    orders.CreateOrders,
    orders.SlippageTolerance,
    Amount,
)
_KNOWN = frozenset(field.encode_name for form in _FORMS for field in msgspec.structs.fields(form))
_INTEGERS = frozenset({"maxBlockTime", "bips", "ticks"})


def normalize_frame(message: str | bytes) -> dict[str, Any]:
    """
    Return a client's frame in the documented form: the overview page shows another.

    Raises: ValueError for what is not a JSON object.
    """
    values = msgspec.json.decode(message)
    if not isinstance(values, dict):
        raise ValueError("must be a JSON object")  # noqa: TRY004  (what came is a bad value)
    return {
        name: {_camel(key): part for key, part in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in values.items()
    }


def normalize(values: dict[str, Any]) -> dict[str, Any]:
    """
    Return the values of a body in the documented form; names that no request has are dropped.

    Raises: InvalidField for a name in both spellings, and for a number that is not plain.
    """
    normal: dict[str, Any] = {}
    for given, value in values.items():
        name = _camel(given)
        if name not in _KNOWN:
            continue
        if name in normal:
            raise invalid(name, "given more than once")
        normal[name] = _value(name, value)
    return normal


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return normalize(value)
    if isinstance(value, list):
        return [normalize(item) if isinstance(item, dict) else item for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return NUMBERED.get(name, {}).get(value, value)
    if isinstance(value, str):
        return _unquoted(name, value)
    return value


def _unquoted(name: str, text: str) -> Any:
    if name in _INTEGERS and _WHOLE.fullmatch(text):
        return int(text)
    if name in _NUMBERS and not _PLAIN.fullmatch(text):
        raise invalid(name, "must be a plain number")
    return text


def _camel(name: str) -> str:
    if "_" not in name:
        return name
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)
