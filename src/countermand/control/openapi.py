"""
OpenAPI: the rows as a document of OpenAPI 3.1.

Source: OpenAPI Specification 3.1.1.
"""

from __future__ import annotations

from functools import cache
from inspect import cleandoc
from typing import Any

from msgspec.structs import fields

from countermand import __version__
from countermand.control.row import ControlRow
from countermand.control.shapes import Schema, is_required, shapes
from countermand.control.table import ROWS

_JSON = "application/json"

_REFUSAL: Schema = {
    "type": "object",
    "description": "Why an act was refused: a word for programs and one line for people.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "text": {"type": "string"}},
            "required": ["code", "text"],
        }
    },
    "required": ["error"],
}

_ABOUT = (
    "What an operator may do to a running exchange. What changes the exchange is journaled; what "
    "changes the wire is not. A change is `application/json`. Prices, quantities and amounts are "
    "decimal text."
)


@cache
def document() -> dict[str, Any]:
    """Return the document of all rows."""
    paths: dict[str, dict[str, Any]] = {}
    for row in ROWS:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    return {
        "openapi": "3.1.1",
        "info": {"title": "Countermand control", "version": __version__, "description": _ABOUT},
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": shapes(ROWS).components | {"Refusal": _REFUSAL},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Needed where the port is bound beyond loopback.",
                }
            },
        },
    }


def _operation(row: ControlRow) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": row.name,
        "tags": [row.run.__module__.rpartition(".")[2]],
        "summary": row.summary,
        "description": "\n\n".join(cleandoc(said.__doc__ or "") for said in (row.run, row.message)),
        "parameters": list(_parameters(row)),
        "responses": {
            "200": {
                "description": "Done.",
                "content": _reply(row),
            },
            "default": {
                "description": "Refused.",
                "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Refusal"}}},
            },
        },
    }
    if row.has_body:
        told["requestBody"] = {"required": True, "content": {_JSON: {"schema": _body(row)}}}
    return told


def _reply(row: ControlRow) -> dict[str, Any]:
    if row.is_download:
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {_JSON: {"schema": shapes(ROWS).replies[row.name]}}


def _parameters(row: ControlRow) -> list[dict[str, Any]]:
    given = shapes(ROWS).fields[row.name]
    told = [
        {"name": name, "in": "path", "required": True, "schema": given[name]}
        for name in row.path_fields
    ]
    if row.has_body:
        return told
    return told + [
        {
            "name": field.name,
            "in": "query",
            "required": is_required(field),
            "schema": given[field.name],
        }
        for field in fields(row.message)
        if field.name not in row.path_fields
    ]


def _body(row: ControlRow) -> Schema:
    given = shapes(ROWS).fields[row.name]
    inner = [field for field in fields(row.message) if field.name not in row.path_fields]
    return {
        "type": "object",
        "properties": {field.name: given[field.name] for field in inner},
        "required": [field.name for field in inner if is_required(field)],
        "additionalProperties": False,
    }
