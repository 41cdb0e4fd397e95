"""
Tidying: a body's keys in the one spelling its message has, for this venue reads them in any case.

Source: ETNA manual: `TimeInforce` when placing, `TimeInForce` elsewhere; the server is ASP.NET with
        Json.NET, which matches keys so.
"""

from collections.abc import Callable
from typing import Any

import msgspec

Values = dict[str, Any]


def any_case(message: type[msgspec.Struct]) -> Callable[[Values], Values]:
    """Return what puts a body's keys into the spelling of a message; the last of equals wins."""
    names = {f.encode_name.lower(): f.encode_name for f in msgspec.structs.fields(message)}

    def tidy(values: Values) -> Values:
        return {names.get(key.lower(), key): value for key, value in values.items()}

    return tidy
