"""The page and the document are made of the rows, and are of these rows."""

from __future__ import annotations

from pathlib import Path

import msgspec

from countermand.control.openapi import document
from countermand.control.reference import page
from countermand.control.table import ROWS

PAGE = Path(__file__).parents[2] / "docs" / "control.md"


def test_the_page_is_of_these_rows() -> None:
    """Nothing was changed since it was written."""
    assert page() == PAGE.read_text(), "run `make docs`"


def test_the_document_names_every_act_and_every_schema() -> None:
    """Each reference leads to a schema of the document."""
    told = document()
    text = msgspec.json.encode(told).decode()
    names = [one["operationId"] for path in told["paths"].values() for one in path.values()]
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert sorted(row.name for row in ROWS) == sorted(names)
    assert referred <= set(told["components"]["schemas"])


def test_every_row_says_what_it_does() -> None:
    """Each row has a summary, a request and a reply for people to read."""
    for row in ROWS:
        assert row.summary
        assert row.run.__doc__
        assert row.message.__doc__
        assert row.reply.__doc__
