"""
Faults of a world file: every kind, in every venue's world, is one line that says where it is.
"""

from __future__ import annotations

import asyncio
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest

from countermand.app import App, Config
from countermand.venues import VENUES
from countermand.world import WorldError
from countermand.world.lines import line_of


class Fault(NamedTuple):
    """
    One kind: what is replaced in a demo world, and what is said then.

    `@` is the venue's name, `*` what the demo calls a thing; the line that is named bears `HERE`.
    """

    old: str
    new: str
    said: str


HERE = "  # here"

FAULTS = {
    "no grammar": Fault(r"^symbol = (.*)", rf"symbol == \1{HERE}", "Invalid value"),
    "an unknown field of a venue": Fault(
        r"\A", f"@.colour = 1{HERE}\n", "@: colour: there is no such field"
    ),
    "an unknown field of a user": Fault(
        r"^\[\[@.users\]\]\n",
        rf'\g<0>colour = "red"{HERE}\n',
        "@: user alice: colour: there is no such field",
    ),
    "an unknown setting": Fault(
        r"^\[@.settings\]\n",
        rf"\g<0>colour = 1{HERE}\n",
        "@: settings: colour: there is no such field",
    ),
    "a missing field": Fault(
        r"^(\[\[@.assets\]\])(\nsymbol = .*\n)scale = .*\n",
        rf"\1{HERE}\2",
        "@: asset *: scale is missing",
    ),
    "a wrong type": Fault(
        r"^scale = .*",
        f'scale = "8"{HERE}',
        "@: asset *: scale: expected a whole number, got text",
    ),
    "a wrong type in a table": Fault(
        r'^balances = \{ (\w+) = "\d+"(.*)',
        rf"balances = {{ \1 = 5\2{HERE}",
        "@: user alice: account *: balances: *: expected text, got a whole number",
    ),
    "a text for a list": Fault(
        r"^default = true",
        f'orders = "none"{HERE}',
        "@: user alice: account *: orders: expected a list, got text",
    ),
    "an unknown field of an order": Fault(
        r"^default = true",
        f"orders = [ {{ colour = 1 }} ]{HERE}",
        "@: user alice: account *: order 1: colour: there is no such field",
    ),
    "an order of a user with keys": Fault(
        r"^default = true",
        'orders = [ { instrument = "X", side = "buy", price = "1", quantity = "1" } ]' + HERE,
        "@: user alice: account *: orders: only a user without keys can have orders",
    ),
    "a scale beyond all": Fault(
        r"^scale = .*",
        f"scale = 99{HERE}",
        "@: asset *: scale: it is not between 0 and 36",
    ),
    "a bad decimal": Fault(
        r"^tick_size = .*",
        f'tick_size = "abc"{HERE}',
        "@: instrument *: tick_size: 'abc' is not a number",
    ),
    "a number off its grid": Fault(
        r"^reference_price = .*",
        f'reference_price = "0.123456789012345678901"{HERE}',
        "@: instrument *: reference_price: '0.123456789012345678901' must be a multiple of 0.",
    ),
    "an unknown word": Fault(
        r"^kind = .*", f'kind = "future"{HERE}', "@: instrument *: kind: 'future' is not one of"
    ),
    "an unknown asset": Fault(
        r"^quote = .*", f'quote = "NOPE"{HERE}', "@: instrument *: quote: no asset is called NOPE"
    ),
    "a second asset of a name": Fault(
        r"^(\[\[@.assets\]\])(\nsymbol = .*\nscale = .*\n)",
        rf"\g<0>\1{HERE}\2",
        "@: asset *: name is taken",
    ),
    "a second user of a name": Fault(
        r'^name = "bob"',
        f'name = "alice"{HERE}',
        "@: user alice: another user has this name",
    ),
    "two default accounts": Fault(
        r"^(\[\[@.users.accounts\]\]\n)(name = .*\ndefault = true)",
        rf'\1name = "spare"\ndefault = true\n\1\2{HERE}',
        "@: user alice: account *: another account is the default one",
    ),
    "a second account of a name": Fault(
        r"^(\[\[@.users.accounts\]\])(\nname = .*\n)",
        rf"\g<0>\1{HERE}\2",
        "@: user alice: account *: name is taken",
    ),
    "funds of an unknown asset": Fault(
        r"^balances = \{ \w+ (.*)",
        rf"balances = {{ NOPE \1{HERE}",
        "@: user alice: account *: balance of NOPE: no asset is called NOPE",
    ),
    "funds that are none": Fault(
        r'^balances = \{ (\w+) = "(.*)',
        rf'balances = {{ \1 = "-\2{HERE}',
        "@: user alice: account *: balance of *: amount not allowed",
    ),
    "a key that lacks a field": Fault(
        r"^(\[\[@.users.keys\]\])\n\w+ = .*", rf"\1{HERE}", "@: user alice: key 1: *: must be "
    ),
    "a key of the wrong shape": Fault(
        r"^(\[\[@.users.keys\]\]\n\w+ = ).*",
        rf"\g<1>7{HERE}",
        "@: user alice: key 1: *: must be ",
    ),
    "an unknown field of a key": Fault(
        r"^\[\[@.users.keys\]\]\n",
        rf"\g<0>colour = 1{HERE}\n",
        "@: user alice: key 1: colour: not a field of a key",
    ),
    "an access there is none of": Fault(
        r'^access = \["view"\]',
        f'access = ["all"]{HERE}',
        "@: user alice: key 2: access: must be a list of view and trade",
    ),
}


def refusal(file: Path) -> str:
    """Return what a start says of a world file."""

    async def start() -> str:
        app = App(Config(None, port=0, world=file), on_fatal=lambda: None)
        with pytest.raises(WorldError) as raised:
            await app.start()
        return str(raised.value)

    return asyncio.run(start())


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("name", VENUES)
def test_a_fault_is_one_line(tmp_path: Path, name: str, kind: str) -> None:
    """The line has the file, the line number, the venue and the entry."""
    demo = files(VENUES[name].package).joinpath("demo.toml").read_text()
    old, new, said = (text.replace("@", name) for text in FAULTS[kind])
    made = re.sub(old, new, demo, count=1, flags=re.MULTILINE)
    file = tmp_path / "world.toml"
    file.write_text(made)
    [line] = [at for at, text in enumerate(made.splitlines(), 1) if text.endswith(HERE)]

    told = refusal(file)

    pattern = f"{re.escape(f'{file}:{line}: {said}')}.*".replace(r"\*", r"\S+")
    assert re.fullmatch(pattern, told), told


def test_a_file_without_a_venues_entries(tmp_path: Path) -> None:
    """A file without a venue's entries, and one where a venue is no table."""
    file = tmp_path / "world.toml"
    file.write_text("[deltadefi]\nassets = []\nusers = []\n")
    assert f"{file}:1: deltadefi: instruments is missing" == refusal(file)
    file.write_text("\ndeltadefi = 3\n")
    assert f"{file}:2: deltadefi: expected a table, got a whole number" == refusal(file)


def test_a_key_is_not_told_in_full(tmp_path: Path) -> None:
    """A fault of a secret names the field and not what is in it."""
    file = tmp_path / "world.toml"
    demo = files(VENUES["coinbase-intx"].package).joinpath("demo.toml").read_text()
    file.write_text(demo.replace('secret = "Y291', 'secret = "!!Y291', 1))

    said = refusal(file)

    assert said.endswith("coinbase-intx: user alice: key 1: secret: must be base64")


TEXT = '''# a comment with = and [ in it
title = "# no comment" # one
"odd key".inner = 'x]' # another
[a.b]
n = 1
text = """
two # lines
\\"""" # and a quote
when = 1979-05-27 07:32:00
list = [ # of
  1, [2,
  3], { x = "}", y.z = 4 },
]
[[a.rows]]
x = 1
[[a.rows]]
[a.rows.more]
x = 2
[[a.rows.deep]]
x = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("odd key", "inner"), 3),
        (("a", "b"), 4),
        (("a", "b", "text"), 6),
        (("a", "b", "when"), 9),
        (("a", "b", "list"), 10),
        (("a", "b", "list", 0), 11),
        (("a", "b", "list", 1, 1), 12),
        (("a", "b", "list", 2, "x"), 12),
        (("a", "b", "list", 2, "y", "z"), 12),
        (("a", "rows", 0, "x"), 15),
        (("a", "rows", 1, "more", "x"), 18),
        (("a", "rows", 1, "deep", 0, "x"), 20),
        (("a", "rows", 1, "deep", 0, "gone"), 19),
        (("gone",), 1),
    ],
)
def test_a_line_is_found(path: tuple[str | int, ...], line: int) -> None:
    """Each form of a value or a table has its line; a missing one has its table's."""
    assert tomllib.loads(TEXT)
    assert line == line_of(TEXT, path)
    assert line == line_of(TEXT.replace("\n", "\r\n"), path)
