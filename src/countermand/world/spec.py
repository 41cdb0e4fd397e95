"""
World: the assets, markets, accounts, money and keys an exchange starts with.

A world is written in TOML, one top-level table per venue; the built-in demo world is the
`demo.toml` in each venue's folder and documents the format. What is founded (assets, markets,
accounts, money) becomes commands and lives in the journal; settings and keys do not, and may change
between starts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from countermand.wire.venue import Venue
from countermand.world.lines import line_of
from countermand.world.place import WorldError
from countermand.world.shape import shaped

# Where the library that reads TOML says that its grammar is broken.
_SYNTAX_AT = re.compile(r"(.*) \(at line (\d+), column \d+\)")


class AssetSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """An asset; balances are kept to `scale` digits after the point."""

    symbol: str
    scale: int


class InstrumentSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """
    A market.

    Units: decimal text; sizes in the base asset, prices in the quote asset, rates and bands as
    fractions. A limit of 0 is none. `fee_basis` is "notional", "received" or "variance"; a binary
    market has a `payout`, and with a `settlement` it starts out settled at that price.
    Stops look at the `trigger_basis`, "last_trade" or "reference"; one that is met when it comes
    wakes at once, or is refused with `refuses_met_trigger`.
    """

    symbol: str
    kind: str
    base: str
    quote: str
    tick_size: str
    lot_size: str
    reference_price: str
    min_quantity: str = "0"
    max_quantity: str = "0"
    min_notional: str = "0"
    position_limit: str = "0"
    price_band: str = "0"
    market_band: str = "0"
    maker_fee_rate: str = "0"
    taker_fee_rate: str = "0"
    initial_margin_rate: str = "1"
    fee_basis: str = "notional"
    fee_step: str = "0"
    trigger_basis: str = "last_trade"
    refuses_met_trigger: bool = False
    payout: str = "0"
    price_min: str = "0"
    price_max: str = "0"
    settlement: str | None = None


class OrderSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A limit order that rests from the start; `side` is "buy" or "sell". Units: decimal text."""

    instrument: str
    side: str
    price: str
    quantity: str


class AccountSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """
    An account and the money in it, decimal text by asset symbol.

    One with `margin` may borrow: it holds shares on margin and may sell them short. Only an account
    without keys can have `orders`: they came over no venue's wire, so no venue can show them whole.
    """

    name: str
    default: bool = False
    margin: bool = False
    balances: dict[str, str] = field(default_factory=dict)
    orders: list[OrderSpec] = field(default_factory=list)


class UserSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A user with accounts and keys; what a key holds is the venue's business."""

    name: str
    accounts: list[AccountSpec]
    keys: list[dict[str, Any]] = field(default_factory=list)


class DelaysSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """
    How long the venue takes to apply what it has taken; what it founds comes at once.

    Units: milliseconds, 0 for at once.
    """

    new_ms: int = 0
    cancel_ms: int = 0
    replace_ms: int = 0


class VenueWorld(Struct, frozen=True, forbid_unknown_fields=True):
    """One venue's part of a world."""

    assets: list[AssetSpec]
    instruments: list[InstrumentSpec]
    users: list[UserSpec]
    settings: dict[str, Any] = field(default_factory=dict)
    delays: DelaysSpec = DelaysSpec()

    def founded(self) -> object:
        """Return what of it goes into the journal; this must not change under an existing one."""
        accounts = [(user.name, user.accounts) for user in self.users]
        return (self.assets, self.instruments, accounts, self.delays)


World = dict[str, VenueWorld]


def demo(venues: Iterable[Venue]) -> World:
    """Return the built-in world of the given venues."""
    world: World = {}
    for venue in venues:
        world |= parse(files(venue.package).joinpath("demo.toml").read_bytes(), "demo.toml")
    return world


def read(path: Path) -> World:
    """Return the world in a file. Raises WorldError when it cannot be read or understood."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WorldError(f"{path}: {error.strerror}") from None
    return parse(data, str(path))


def parse(data: bytes, where: str) -> World:
    """Return the world in a text. Raises WorldError naming `where`, the line and what is wrong."""
    try:
        tables = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        at = _SYNTAX_AT.fullmatch(str(error))
        raise WorldError(f"{where}:{at[2]}: {at[1]}" if at else f"{where}: {error}") from None
    try:
        return {name: shaped(part, VenueWorld, name, (name,)) for name, part in tables.items()}
    except WorldError as error:
        raise _with_line(error, data, where) from None


def located(error: WorldError, file: Path | None) -> WorldError:
    """Return the error with the file and the line it is about, if a file was given at all."""
    if file is None or not error.at:
        return error
    try:
        return _with_line(error, file.read_bytes(), str(file))
    except OSError:
        return error


def _with_line(error: WorldError, data: bytes, where: str) -> WorldError:
    line = line_of(data.decode(errors="replace"), error.at)
    return WorldError(f"{where}:{line}: {error}")
