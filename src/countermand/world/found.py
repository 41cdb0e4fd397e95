"""
Found: from a world to the commands that bring it about.

Ids are sequence numbers, so the commands of one world, entered as one group, can name what the ones
before them create.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from msgspec.structs import replace

from countermand.vocabulary.commands import (
    Command,
    DepositFunds,
    ListInstrument,
    NewOrder,
    OpenAccount,
    RegisterAsset,
    SettleInstrument,
)
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import FeeBasis, Instrument, InstrumentKind
from countermand.vocabulary.order import ExecInst, OrderTerms, OrdType, Side, TimeInForce
from countermand.wire import numbers
from countermand.world.spec import (
    AccountSpec,
    InstrumentSpec,
    OrderSpec,
    VenueWorld,
    WorldError,
)

# A step of more digits than this after its point is a mistake, not a market.
SCALE_MAX = 36

# A step as units and scale: 0.25 is 25 units at scale 2.
Grid = tuple[int, int]

Word = TypeVar("Word", bound=Enum)

# By symbol: the id an asset of the world will have, and to how many digits it is kept.
Assets = Mapping[str, tuple[AssetId, int]]


def found(venue: str, world: VenueWorld, first_seq: int) -> list[Command]:
    """
    Return the commands that found a venue's world as the entries from `first_seq` on.

    Raises: WorldError when a number is off its grid or a name is unknown.
    """
    commands: list[Command] = []
    resting: list[Command] = []
    markets: dict[str, Instrument] = {}
    assets: dict[str, tuple[AssetId, int]] = {}
    for asset in world.assets:
        if not 0 <= asset.scale <= SCALE_MAX:
            text = f"asset {asset.symbol}: scale is not between 0 and {SCALE_MAX}"
            raise WorldError(f"{venue}: {text}")
        assets[asset.symbol] = (AssetId(first_seq + len(commands)), asset.scale)
        commands.append(RegisterAsset(venue, asset.symbol, asset.scale))
    for spec in world.instruments:
        listing = _Listing(venue, spec, assets)
        instrument = listing.instrument()
        instrument_id = InstrumentId(first_seq + len(commands))
        markets[spec.symbol] = replace(instrument, instrument_id=instrument_id)
        commands.append(ListInstrument(instrument))
        if spec.settlement is not None:
            commands.append(SettleInstrument(instrument_id, listing.settlement_px_ticks()))
    for user in world.users:
        if sum(account.default for account in user.accounts) > 1:
            raise WorldError(f"{venue}: user {user.name} has more than one default account")
        for account in user.accounts:
            account_id = AccountId(first_seq + len(commands))
            opening = (venue, user.name, account.name, account.default, account.margin)
            commands.append(OpenAccount(*opening))
            where = f"{venue}: account {user.name}/{account.name}"
            commands += _deposits(account_id, account, assets, where)
            if user.keys and account.orders:
                raise WorldError(f"{where}: only a user without keys can have orders")
            resting += [_resting(account_id, one, markets, where) for one in account.orders]
    return commands + resting


def described(command: Command) -> str:
    """Return what a founding command is about, for people."""
    match command:
        case RegisterAsset(symbol=symbol):
            return f"asset {symbol}"
        case ListInstrument(instrument=instrument):
            return f"instrument {instrument.symbol}"
        case SettleInstrument():
            return "settlement"
        case OpenAccount(owner=owner, name=name):
            return f"account {owner}/{name}"
        case NewOrder(terms=terms):
            return f"order to {terms.side.name.lower()}"
        case _:
            return "balance"


def _deposits(
    account_id: AccountId, account: AccountSpec, assets: Assets, where: str
) -> Iterator[Command]:
    for symbol, text in account.balances.items():
        if symbol not in assets:
            raise WorldError(f"{where}: no asset is called {symbol}")
        asset_id, scale = assets[symbol]
        if amount := _steps(text, (1, scale), f"{where}: balance of {symbol}"):
            yield DepositFunds(account_id, asset_id, amount)


def _resting(
    account_id: AccountId, spec: OrderSpec, markets: Mapping[str, Instrument], where: str
) -> NewOrder:
    if (market := markets.get(spec.instrument)) is None:
        raise WorldError(f"{where}: no instrument is called {spec.instrument}")
    if (side := Side.__members__.get(spec.side.upper())) is None:
        raise WorldError(f"{where}: side {spec.side!r} is not one of buy, sell")
    about = f"{where}: order in {spec.instrument}"
    ticks, lots = (
        _steps(text, grid, f"{about}: {name}")
        for name, text, grid in (
            ("price", spec.price, (market.tick_units, market.price_scale)),
            ("quantity", spec.quantity, (market.lot_units, market.qty_scale)),
        )
    )
    # One that would trade at once is refused.
    terms = OrderTerms(
        side, OrdType.LIMIT, TimeInForce.GTC, lots, ticks, exec_inst=int(ExecInst.POST_ONLY)
    )
    return NewOrder(account_id, market.instrument_id, "", terms)


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
        spec, kind = self.spec, self._word("kind", InstrumentKind)
        tick = tick_units, price_scale = _grid(spec.tick_size, f"{self.where}: tick_size")
        lot = lot_units, qty_scale = _grid(spec.lot_size, f"{self.where}: lot_size")
        notional = _rescaled(tick_units * lot_units, price_scale + qty_scale, self.quote_scale)
        lot_minor = _rescaled(lot_units, qty_scale, self.base_scale)
        if not notional or (not lot_minor and kind is InstrumentKind.SPOT):
            raise WorldError(f"{self.where}: a lot at a tick is finer than its assets are kept")
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
            order_qty_lots_min=max(1, self._number("min_quantity", lot)),
            order_qty_lots_max=self._number("max_quantity", lot),
            notional_minor_min=self._number("min_notional", (1, self.quote_scale)),
            position_lots_max=self._number("position_limit", lot),
            price_band_ppb=self._ppb("price_band"),
            market_band_ppb=self._ppb("market_band"),
            maker_fee_ppb=self._ppb("maker_fee_rate"),
            taker_fee_ppb=self._ppb("taker_fee_rate"),
            initial_margin_ppb=self._ppb("initial_margin_rate"),
            reference_price_ticks=self._number("reference_price", tick),
            payout_ticks=self._number("payout", tick),
            low_limit_ticks=self._number("price_min", tick),
            high_limit_ticks=self._number("price_max", tick),
            fee_basis=self._word("fee_basis", FeeBasis),
            fee_step_minor=self._number("fee_step", (1, self.quote_scale)),
        )

    def settlement_px_ticks(self) -> int:
        """Return the price the market starts out settled at."""
        return self._number("settlement", _grid(self.spec.tick_size, f"{self.where}: tick_size"))

    def _word(self, name: str, words: type[Word]) -> Word:
        given = getattr(self.spec, name)
        try:
            return words[given.upper()]
        except KeyError:
            known = ", ".join(word.name.lower() for word in words)
            raise WorldError(f"{self.where}: {name} {given!r} is not one of {known}") from None

    def _number(self, name: str, grid: Grid) -> int:
        return _steps(getattr(self.spec, name), grid, f"{self.where}: {name}")

    def _ppb(self, name: str) -> int:
        return self._number(name, (1, numbers.PPB_SCALE))


def _decimal(text: str, where: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise WorldError(f"{where}: {text!r} is not a number") from None


def _grid(text: str, where: str) -> Grid:
    number = _decimal(text, where)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or not 0 <= -exponent <= SCALE_MAX or number <= 0:
        raise WorldError(f"{where}: {text!r} is not a positive step")
    return numbers.scaled(number, -exponent), -exponent


def _steps(text: str, grid: Grid, where: str) -> int:
    units, scale = grid
    try:
        steps, beyond = divmod(numbers.scaled(_decimal(text, where), scale), units)
    except numbers.NotOnGrid as error:
        raise WorldError(f"{where}: {text!r} {error}") from None
    if beyond:
        step = numbers.unscaled(units, scale)
        raise WorldError(f"{where}: {text!r} must be a multiple of {step}")
    return steps


def _rescaled(units: int, scale: int, to_scale: int) -> int:
    # `units / 10**scale` in units of `10**-to_scale`, or 0 when that is not whole.
    whole, beyond = divmod(units * int(10**to_scale), int(10**scale))
    return 0 if beyond else whole
