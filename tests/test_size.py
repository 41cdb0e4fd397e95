"""The size report counts what it says it counts."""

from pathlib import Path

from tools import size

SOURCE = '''"""A docstring
of two lines."""

# A comment.
def one(a, b):
    """Another."""
    return a  # said beside it


ROWS = (
    row(
        Operation.GET_ORDER,
        "GET /orders",
        """text
that is no docstring"""
    ),
    row(CANCEL_ORDER, "DELETE /orders"),
    other("GET /orders"),
)
'''


def test_code_lines_are_those_on_which_code_begins(tmp_path: Path) -> None:
    """Docstrings, comments and the later lines of a text do not count."""
    path = tmp_path / "routes.py"
    path.write_text(SOURCE)

    counted = size.size_of(path, frozenset({"GET_ORDER", "CANCEL_ORDER"}))

    assert size.Size(lines=11, rows=2, functions=1, single=1) == counted


def test_this_checkout_has_rows_and_fields() -> None:
    """Every venue's rows are found, and the fields of what they are made of."""
    lines = list(size.report(size.HERE))

    assert all(int(line.split()[2]) > 0 for line in lines[1:7])
    assert size.fields_of(size.HERE, "Route") > 0
    assert size.fields_of(size.HERE, "Venue") > 0
