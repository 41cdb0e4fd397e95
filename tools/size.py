"""
Print how large the venues are: `python tools/size.py [CHECKOUT ...]`.

A code line is a line on which a token begins that is no comment and no docstring; blank lines have
none. A row is a call in a file of routes that is given an operation; one that is served at several
paths counts once.
Everything is read from the source, nothing is imported, so that any checkout can be measured.
"""

from __future__ import annotations

import ast
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parents[1]
PACKAGE = Path("src", "countermand")

# What a venue's own mathematics and languages take, told apart from its dialect.
APART = {
    "curve": ("loopring/crypto/babyjubjub", "loopring/crypto/comb", "loopring/crypto/eddsa",
              "loopring/crypto/field"),
    "hash": ("loopring/crypto/matrix", "loopring/crypto/poseidon", "loopring/order_hash"),
    "cbor": ("deltadefi/cbor", "deltadefi/transaction", "deltadefi/cardano/cbor",
             "deltadefi/cardano/transaction"),
    "filter": ("autoshares/filters",),
}  # fmt: skip

NO_CODE = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Size(NamedTuple):
    """What a file or several come to."""

    lines: int = 0
    rows: int = 0
    functions: int = 0
    single: int = 0

    def plus(self, other: Size) -> Size:
        """Return both together."""
        return Size(*(a + b for a, b in zip(self, other, strict=True)))


def size_of(path: Path, operations: frozenset[str]) -> Size:
    """Return the size of a file; `operations` are what marks a call as a row."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    functions = [node for node in nodes if isinstance(node, FUNCTIONS)]
    calls = [node for node in nodes if isinstance(node, ast.Call)] if "routes" in path.stem else []
    rows = sum(_is_row(call, operations) for call in calls)
    single = sum(len(node.body) - (_docstring(node) is not None) == 1 for node in functions)
    return Size(_code_lines(path, nodes), rows, len(functions), single)


def _code_lines(path: Path, nodes: list[ast.AST]) -> int:
    documented = {
        line
        for node in nodes
        if (text := _docstring(node)) is not None
        for line in range(text.lineno, (text.end_lineno or text.lineno) + 1)
    }
    with path.open() as file:
        begun = {
            token.start[0]
            for token in tokenize.generate_tokens(file.readline)
            if token.type not in NO_CODE
        }
    return len(begun - documented)


def _docstring(node: ast.AST) -> ast.Expr | None:
    """Return the statement that is the node's docstring, or None."""
    if not isinstance(node, DOCUMENTED) or ast.get_docstring(node, clean=False) is None:
        return None
    first = node.body[0]
    return first if isinstance(first, ast.Expr) else None


def _is_row(call: ast.Call, operations: frozenset[str]) -> bool:
    # Written as `Operation.GET_ORDER`, or `GET_ORDER` where the names are imported.
    given = [
        argument.attr if isinstance(argument, ast.Attribute) else getattr(argument, "id", "")
        for argument in call.args
    ]
    return not operations.isdisjoint(given)


def operations_of(checkout: Path) -> frozenset[str]:
    """Return the names of the verbs of the service."""
    members = _class_of(checkout, "Operation")
    targets = [target for s in members if isinstance(s, ast.Assign) for target in s.targets]
    return frozenset(target.id for target in targets if isinstance(target, ast.Name))


def fields_of(checkout: Path, name: str) -> int:
    """Return how many fields the class called `name` has."""
    return sum(isinstance(statement, ast.AnnAssign) for statement in _class_of(checkout, name))


def _class_of(checkout: Path, name: str) -> list[ast.stmt]:
    """Return the body of the class of that name in `wire/`, empty when there is none."""
    for path in sorted((checkout / PACKAGE / "wire").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name == name:
                return node.body
    return []


def report(checkout: Path) -> Iterator[str]:
    """Yield the lines of a checkout's report."""
    yield f"{'venue':<16}{'code':>8}{'rows':>6}{'a row':>7}{'functions':>11}{'of one line':>13}"
    venues, operations = checkout / PACKAGE / "venues", operations_of(checkout)
    total, apart = Size(), dict.fromkeys(APART, 0)
    for folder in sorted(path.parent for path in venues.glob("*/__init__.py")):
        sizes = {path: size_of(path, operations) for path in folder.rglob("*.py")}
        venue = Size()
        for path, size in sizes.items():
            venue = venue.plus(size)
            name = path.relative_to(venues).with_suffix("").as_posix()
            for kind, names in APART.items():
                apart[kind] += size.lines if name in names else 0
        yield _line(folder.name, venue)
        total = total.plus(venue)
    yield _line("all", total)
    dialect = total.lines - sum(apart.values())
    told = ", ".join(f"{kind} {lines:,}" for kind, lines in apart.items())
    yield f"of which {told}; without them {dialect:,}, {dialect / max(1, total.rows):.0f} a row"
    yield f"fields: Route {fields_of(checkout, 'Route')}, Venue {fields_of(checkout, 'Venue')}"


def _line(name: str, size: Size) -> str:
    numbers = f"{size.lines:>8,}{size.rows:>6}{size.lines / max(1, size.rows):>7.0f}"
    return f"{name:<16}{numbers}{size.functions:>11,}{size.single:>13}"


def main() -> None:
    """Report on the checkouts named, or on this one."""
    for checkout in [Path(name) for name in sys.argv[1:]] or [HERE]:
        print(checkout.resolve().name)
        print("\n".join(report(checkout)), end="\n\n")


if __name__ == "__main__":
    main()
