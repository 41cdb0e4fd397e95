"""Reference: the rows as a page of the docs."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from itertools import groupby
from typing import Any

from msgspec.structs import fields

from countermand.control.row import ControlRow
from countermand.control.shapes import Schema, is_required, shapes
from countermand.control.table import ROWS

_HEAD = """\
# Control

What an operator may do to a running exchange. This page is made of the rows in
`src/countermand/control/`: `make docs` writes it.

Every act is there three times, under one name:

| | |
|---|---|
| HTTP | on the control port, described by `/openapi.json` |
| a shell | `countermand ctl NAME ...`: what is needed are arguments, the rest are options |
| Python | `countermand.control.client.Control(url)`, `AsyncControl`: methods, with underscores |

- **Words.** Venues, assets and instruments by name and symbol; an account is `owner/name`, or
  `owner` for the owner's default one; an order is what its venue or its client calls it. In a path
  a slash is written `%2F`. Prices, quantities and amounts are decimal text, and one off its grid
  is refused.
- **What is kept.** What changes the exchange is journaled, as any order is, and keys are as
  durable. Faults and connections are not kept.
- **Refusals.** `{"error": {"code": "unknown-venue", "text": "no venue is called 'nyse'; ..."}}`.
  400 what makes no sense, 404 what is not there, 409 what the exchange refuses (the code is the
  reason's name), 503 when it takes nothing.
- **Who may.** Bound to loopback, any program of this machine. Beyond loopback the port asks for a
  token, `Authorization: Bearer ...`: that of `--control-token-file`, or of a file that the start
  makes and names. Requests for other host names are refused. So are changes that a page of another
  origin could send: a change has `Content-Type: application/json`, or a method that a browser
  asks for first.

## The exchange and its surroundings

`GET /`, `GET /health` and `GET /metrics` are as they were, and need no token.
"""

_TITLES = {
    "server": "Server",
    "accounts": "Accounts",
    "funds": "Money",
    "keys": "Keys",
    "listing": "Assets and new markets",
    "instruments": "Markets",
    "states": "What a market accepts",
    "prices": "Prices and trades",
    "orders": "Orders",
    "cancels": "Cancels and sessions",
    "fills": "Fills",
    "delays": "How long a venue takes",
    "faults": "Faults",
    "clock": "Clock",
    "generations": "Generations",
    "requests": "Requests",
    "journal": "Journal",
}


def page() -> str:
    """Return the page, in Markdown."""
    parts = [_HEAD]
    for module, rows in groupby(ROWS, key=lambda row: row.run.__module__.rpartition(".")[2]):
        parts.append(f"## {_TITLES.get(module, module.capitalize())}\n")
        parts += [_row(row) for row in rows]
    return "\n".join(parts)


def _row(row: ControlRow) -> str:
    lines = [f"### `{row.name}`\n", f"`{row.method} {row.path}`\n"]
    lines += [f"{_flat(row.run.__doc__)}\n"]
    told = list(_fields(row))
    if told:
        lines += ["| field | is | |", "|---|---|---|", *told, ""]
        lines += [f"{_flat(row.message.__doc__)}\n"]
    if row.is_download:
        return "\n".join([*lines, "Returns a file.\n"])
    reply = _flat(row.reply.__doc__).replace("\n\n", " ")
    lines += [f"Returns `{row.reply.__name__}`: {reply}\n", f"`{_members(row.reply)}`\n"]
    return "\n".join(lines)


def _fields(row: ControlRow) -> Iterator[str]:
    given = shapes(ROWS).fields[row.name]
    for field in fields(row.message):
        need = "needed" if is_required(field) else "optional"
        where = "in the path" if field.name in row.path_fields else need
        schema = given[field.name]
        default = schema.get("default")
        note = where if default in (None, "", {}, []) else f"{where}, by default {_said(default)}"
        yield f"| `{field.name}` | {_type(schema)} | {note} |"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        inner = shapes(ROWS).components[name]
        return _type(inner) if "enum" in inner else f"`{name}`"
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"] if one.get("type") != "null")
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema.get('items', {}))}"
        case "object":
            of = schema.get("additionalProperties")
            return f"text to {_type(of)}" if isinstance(of, dict) and of else "object"
        case "string":
            return "text"
        case None:
            return "anything"
        case plain:
            return str(plain)


def _members(reply: type[Any]) -> str:
    return ", ".join(reply.__struct_fields__)


def _said(default: Any) -> str:
    if isinstance(default, list):
        return ", ".join(f"`{one}`" for one in default)
    return f"`{str(default).lower()}`"


def _flat(text: str | None) -> str:
    paragraphs = cleandoc(text or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
