"""Listing: the assets and markets of a venue, and new ones."""

from __future__ import annotations

from msgspec import Struct

from countermand import world
from countermand.control import names
from countermand.control.acts import act
from countermand.control.host import Host
from countermand.control.instruments import OfVenue, Quoted, quoted
from countermand.control.row import PREFIX, Asked, ControlRow
from countermand.vocabulary.commands import ListInstrument, RegisterAsset, SettleInstrument
from countermand.world.spec import InstrumentSpec


class NewAsset(Asked, frozen=True):
    """An asset; balances are kept to `scale` digits after the point."""

    venue: str
    symbol: str
    scale: int


class NewInstrument(InstrumentSpec, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A market, as the file of a world has it.

    Units: decimal text; sizes in the base asset, prices in the quote asset, rates and bands as
    fractions; a limit of 0 is none. `kind` is "spot", "perpetual", "binary" or "equity".
    """

    venue: str


class Asset(Struct, frozen=True):
    """An asset of a venue."""

    asset: str
    scale: int


class Assets(Struct, frozen=True):
    """The assets of a venue."""

    assets: tuple[Asset, ...]


async def list_assets(host: Host, asked: OfVenue) -> Assets:
    """Return the venue's assets."""
    at = names.served(host, asked.venue)
    return Assets(tuple(Asset(one.symbol, one.scale) for one in at.directory.assets.values()))


async def add_asset(host: Host, asked: NewAsset) -> Asset:
    """Register an asset and return it."""
    at = names.served(host, asked.venue)
    symbol = names.new_name(asked.symbol, "symbol")
    await act(host, RegisterAsset(at.venue.name, symbol, asked.scale))
    return Asset(symbol, asked.scale)


async def list_instrument(host: Host, asked: NewInstrument) -> Quoted:
    """List a market and return it; one with a `settlement` is paid out at once."""
    at = names.served(host, asked.venue)
    names.new_name(asked.symbol, "symbol")
    told = {name: getattr(asked, name) for name in InstrumentSpec.__struct_fields__}
    known = {one.symbol: (one.asset_id, one.scale) for one in at.directory.assets.values()}
    try:
        listed = world.listed(at.venue.name, InstrumentSpec(**told), known)
    except world.WorldError as error:
        raise names.invalid("instrument", str(error).removeprefix("instrument ")) from None
    settled = None if asked.settlement is None else names.price(listed, asked.settlement)
    await act(host, ListInstrument(listed))
    on = names.instrument(at, asked.symbol)
    if settled is not None:
        await act(host, SettleInstrument(on.instrument_id, settled))
    return quoted(host, at, on)


_VENUE = f"{PREFIX}/venues/{{venue}}"

ROWS = (
    ControlRow(
        name="assets",
        method="GET",
        path=f"{_VENUE}/assets",
        message=OfVenue,
        reply=Assets,
        run=list_assets,
        summary="List the assets of a venue",
    ),
    ControlRow(
        name="add-asset",
        method="POST",
        path=f"{_VENUE}/assets",
        message=NewAsset,
        reply=Asset,
        run=add_asset,
        summary="Register an asset",
    ),
    ControlRow(
        name="list-instrument",
        method="POST",
        path=f"{_VENUE}/instruments",
        message=NewInstrument,
        reply=Quoted,
        run=list_instrument,
        summary="List a market",
    ),
)
