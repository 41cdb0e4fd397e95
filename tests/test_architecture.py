"""
The rules of the house, read off the code: who may import whom, and what the core may not touch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "countermand"
FILES = sorted(SRC.rglob("*.py"))

# What each room may import of ours; a trailing dot means everything below.
MAY_IMPORT = {
    "vocabulary": {"vocabulary."},
    "core": {"core.", "vocabulary."},
    "engine": {"engine.", "core.", "vocabulary.", "durable"},
    "wire": {"wire.", "vocabulary."},
    "venues": {"wire.", "vocabulary."},
    # An operator's acts: a client of the control port is made of them, so they know no engine.
    "faults": {"faults.", "wire.", "vocabulary."},
    "control": {"control.", "durable", "faults.", "wire.", "world.", "vocabulary."},
    "server": {
        "server.",
        "engine.",
        "control.",
        "faults.",
        "wire.",
        "venues",
        "durable",
        "vocabulary.",
    },
    "client": {"client.", "announce", "wire.", "venues", "vocabulary."},
    # Another client's face for ours: it knows what a client knows.
    "ccxt": {"ccxt.", "client.", "venues", "wire.", "vocabulary."},
    "world": {"world.", "wire.", "durable", "vocabulary."},
    "logs": set(),
    "announce": set(),
    "durable": set(),
    "app": {
        "app.",
        "core.",
        "vocabulary.",
        "engine.",
        "wire.",
        "venues",
        "server.",
        "control.",
        "client.",
        "world.",
        "durable",
        "logs",
    },
    # It runs an exchange as `app` does, and tells of it as `cli` does.
    "testing": {
        "testing.",
        "app.",
        "server.",
        "control.",
        "faults.",
        "engine.",
        "core.",
        "world.",
        "venues",
        "wire.",
        "vocabulary.",
        "cli.people",
        "cli.telling",
    },
    "cli": {
        "cli.",
        "announce",
        "durable",
        "venues",
        "control.",
        "app",
        "world.",
        "logs",
        "client.",
        "wire.",
        "engine.",
        "vocabulary.",
    },
    "__init__": {"client.", "venues", "wire."},
    "__main__": {"cli"},
}

# The exchange is a value machine, and its words are values.
PURE = [path for path in FILES if path.relative_to(SRC).parts[0] in ("core", "vocabulary")]

# The core is pure: beside itself it may import these, and nothing that has a clock, chance or a
# door.
CORE_LIBRARIES = {
    "array",
    "msgspec", "sortedcontainers", "enum", "typing", "collections", "bisect", "heapq", "hashlib",
    "itertools", "__future__",
}  # fmt: skip

# A venue is a codec, and wire is what codecs share: neither has a clock, chance or a door.
CODEC_BANS = {
    "time",
    "random",
    "secrets",
    "os",
    "socket",
    "asyncio",
    "uuid",
    "io",
    "pathlib",
    "sys",
}

VENUE_NAMES = ("deltadefi", "autoshares", "coinbase", "loopring", "polymarket")


def room(path: Path) -> str:
    """The first folder or module below the package."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    """
    Every module that is imported, `from x import y` as x or, where y is a module of ours, x.y.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                inner = SRC.parent / (node.module or "").replace(".", "/")
                is_module = (inner / f"{alias.name}.py").exists() or (inner / alias.name).is_dir()
                yield f"{node.module}.{alias.name}" if is_module else node.module or ""


def allowed(name: str, rules: set[str]) -> bool:
    """Whether one of the rules covers the module, given below the package."""
    return any(
        name == rule or (rule.endswith(".") and f"{name}.".startswith(rule)) for rule in rules
    )


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_imports_point_one_way(path: Path) -> None:
    """Each room imports only from the rooms it may know."""
    here, own = room(path), path.relative_to(SRC).parts
    rules = set(MAY_IMPORT[here])
    if here == "venues" and len(own) > 2:
        rules.add(f"venues.{own[1]}.")
    elif here == "venues":
        rules.add("venues.")
    for name in imports(ast.parse(path.read_text())):
        package, _, rest = name.partition(".")
        if package == "countermand":
            assert not rest or allowed(rest, rules), f"{path.relative_to(SRC)} imports {name}"
        elif here in ("core", "vocabulary"):
            assert package in CORE_LIBRARIES, f"{path.relative_to(SRC)} imports {name}"
        elif here in ("venues", "wire"):
            assert package not in CODEC_BANS, f"{path.relative_to(SRC)} imports {name}"


@pytest.mark.parametrize("path", PURE, ids=lambda p: p.name)
def test_the_core_is_pure(path: Path) -> None:
    """No floats, no true division, no hash order, no loop over what is plainly a set."""
    for node in ast.walk(ast.parse(path.read_text())):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
        assert not (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)), (
            where
        )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("hash", "id", "open", "print", "float"), where
        loops = (node.iter,) if isinstance(node, ast.For | ast.comprehension) else ()
        assert not any(isinstance(loop, ast.Set | ast.SetComp) for loop in loops), where


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_only_a_venue_names_itself(path: Path) -> None:
    """A venue's name stands in its own folder and in the registry, nowhere else."""
    parts = path.relative_to(SRC).parts
    if parts == ("venues", "__init__.py"):
        return
    own = parts[1].split("_")[0] if parts[0] == "venues" else ""
    text = path.read_text().lower()
    named = [name for name in VENUE_NAMES if name in text and name != own]
    assert [] == named, f"{path.relative_to(SRC)} names {named}"


@pytest.mark.parametrize("name", ["core", "engine"])
def test_a_room_lists_its_files(name: str) -> None:
    """Each file is in the list that the room begins with, and nothing else is."""
    there = {path.name for path in (SRC / name).glob("*.py")} - {"__init__.py"}
    listed = ast.get_docstring(ast.parse((SRC / name / "__init__.py").read_text())) or ""
    assert there == set(re.findall(r"\w+\.py", listed))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_files_and_functions_stay_small(path: Path) -> None:
    """A file is read in a sitting, a function in a glance."""
    text = path.read_text()
    assert len(text.splitlines()) <= 500, f"{path.name} wants another room"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert lines <= 60, f"{path.name}:{node.name} is {lines} lines"
