"""
Found: from a world to the commands that bring it about.

Ids are sequence numbers, so the commands of one world, entered as one group, can name what the ones
before them create.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from countermand.core.commands import (
    Command,
    DepositFunds,
    ListInstrument,
    OpenAccount,
    RegisterAsset,
)
from countermand.core.ids import AccountId, AssetId, InstrumentId
from countermand.core.instrument import Instrument, InstrumentKind
from countermand.core.units import PPB
from countermand.world.spec import AccountSpec, InstrumentSpec, VenueWorld, WorldError

# A number that needs more digits than this on one side of its point is a mistake, not a market.
DIGITS_MAX = 24

# By symbol: the id an asset of the world will have, and to how many digits it is kept.
Assets = Mapping[str, tuple[AssetId, int]]


def found(venue: str, world: VenueWorld, first_seq: int) -> list[Command]:
    """
    Return the commands that found a venue's world as the entries from `first_seq` on.

    Raises: WorldError when a number is off its grid or a name is unknown.
    """
    commands: list[Command] = []
    assets: dict[str, tuple[AssetId, int]] = {}
    for asset in world.assets:
        assets[asset.symbol] = (AssetId(first_seq + len(commands)), asset.scale)
        commands.append(RegisterAsset(venue, asset.symbol, asset.scale))
    commands += [
        ListInstrument(_Listing(venue, spec, assets).instrument()) for spec in world.instruments
    ]
    for user in world.users:
        for account in user.accounts:
            account_id = AccountId(first_seq + len(commands))
            commands.append(OpenAccount(venue, user.name, account.name, account.default))
            where = f"{venue}: account {user.name}/{account.name}"
            commands += _deposits(account_id, account, assets, where)
    return commands


def _deposits(
    account_id: AccountId, account: AccountSpec, assets: Assets, where: str
) -> Iterator[Command]:
    for symbol, text in account.balances.items():
        if symbol not in assets:
            raise WorldError(f"{where}: no asset is called {symbol}")
        asset_id, scale = assets[symbol]
        step = Decimal(1).scaleb(-scale)
        if amount := _steps(text, step, f"{where}: balance of {symbol}"):
            yield DepositFunds(account_id, asset_id, amount)


class _Listing:
    """One market on its way from text to integers."""

    def __init__(self, venue: str, spec: InstrumentSpec, assets: Assets) -> None:
        self.venue, self.spec = venue, spec
        self.where = f"{venue}: instrument {spec.symbol}"
        for symbol in (spec.base, spec.quote):
            if symbol not in assets:
                raise WorldError(f"{self.where}: no asset is called {symbol}")
        self.base_id, self.base_scale = assets[spec.base]
        self.quote_id, self.quote_scale = assets[spec.quote]

    def instrument(self) -> Instrument:
        """Return the market; its id comes with the entry."""
        spec, kind = self.spec, self._kind()
        tick_units, price_scale = _grid(spec.tick_size, f"{self.where}: tick_size")
        lot_units, qty_scale = _grid(spec.lot_size, f"{self.where}: lot_size")
        notional = _rescaled(tick_units * lot_units, price_scale + qty_scale, self.quote_scale)
        lot_minor = _rescaled(lot_units, qty_scale, self.base_scale)
        if not notional or (not lot_minor and kind is InstrumentKind.SPOT):
            raise WorldError(f"{self.where}: a lot at a tick is finer than its assets are kept")
        quote_step = Decimal(1).scaleb(-self.quote_scale)
        return Instrument(
            instrument_id=InstrumentId(0),
            venue=self.venue,
            symbol=spec.symbol,
            kind=kind,
            base_asset_id=self.base_id,
            quote_asset_id=self.quote_id,
            tick_units=tick_units,
            price_scale=price_scale,
            lot_units=lot_units,
            qty_scale=qty_scale,
            notional_minor=notional,
            lot_minor=lot_minor,
            order_qty_lots_min=max(1, self._lots("min_quantity")),
            order_qty_lots_max=self._lots("max_quantity"),
            notional_minor_min=self._number("min_notional", quote_step),
            position_lots_max=self._lots("position_limit"),
            price_band_ppb=self._ppb("price_band"),
            market_band_ppb=self._ppb("market_band"),
            maker_fee_ppb=self._ppb("maker_fee_rate"),
            taker_fee_ppb=self._ppb("taker_fee_rate"),
            initial_margin_ppb=self._ppb("initial_margin_rate"),
            reference_price_ticks=self._number("reference_price", Decimal(spec.tick_size)),
        )

    def _kind(self) -> InstrumentKind:
        try:
            return InstrumentKind[self.spec.kind.upper()]
        except KeyError:
            kinds = ", ".join(kind.name.lower() for kind in InstrumentKind)
            text = f"{self.where}: kind {self.spec.kind!r} is not one of {kinds}"
            raise WorldError(text) from None

    def _number(self, name: str, step: Decimal) -> int:
        return _steps(getattr(self.spec, name), step, f"{self.where}: {name}")

    def _lots(self, name: str) -> int:
        return self._number(name, Decimal(self.spec.lot_size))

    def _ppb(self, name: str) -> int:
        return self._number(name, Decimal(1) / PPB)


def _decimal(text: str, where: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise WorldError(f"{where}: {text!r} is not a number") from None
    if not number.is_finite() or not -DIGITS_MAX <= number.adjusted() <= DIGITS_MAX:
        raise WorldError(f"{where}: {text!r} is not a plain number")
    return number


def _grid(text: str, where: str) -> tuple[int, int]:
    # A step as (units, scale): 0.25 is 25 units at scale 2.
    number = _decimal(text, where)
    if number <= 0:
        raise WorldError(f"{where}: {text!r} is not positive")
    scale = max(0, -int(number.as_tuple().exponent))
    return int(number.scaleb(scale)), scale


def _steps(text: str, step: Decimal, where: str) -> int:
    steps = _decimal(text, where) / step
    if steps != steps.to_integral_value():
        raise WorldError(f"{where}: {text!r} is not a multiple of {step:f}")
    return int(steps)


def _rescaled(units: int, scale: int, to_scale: int) -> int:
    # `units / 10**scale` in units of `10**-to_scale`, or 0 when that is not whole.
    if to_scale >= scale:
        return units * int(10 ** (to_scale - scale))
    quotient, remainder = divmod(units, int(10 ** (scale - to_scale)))
    return 0 if remainder else quotient
