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
    SetDelays,
    SettleInstrument,
)
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import (
    FeeBasis,
    Instrument,
    InstrumentKind,
    TriggerBasis,
)
from countermand.vocabulary.order import ExecInst, OrderTerms, OrdType, Side, TimeInForce
from countermand.wire import numbers
from countermand.world.place import Place
from countermand.world.spec import (
    AccountSpec,
    AssetSpec,
    DelaysSpec,
    InstrumentSpec,
    OrderSpec,
    UserSpec,
    VenueWorld,
)

# A step of more digits than this after its point is a mistake, not a market.
SCALE_MAX = 36

NS_PER_MS = 1_000_000

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
    return [command for command, _ in founding(venue, world, first_seq)]


def founding(venue: str, world: VenueWorld, first_seq: int) -> list[tuple[Command, Place]]:
    """
    Return the commands as `found` does, each with the part of the world that it is of.

    Raises: as `found`.
    """
    made = _Founding(venue, first_seq)
    for at, asset in enumerate(world.assets):
        made.add_asset(asset, made.root.inner(f"asset {asset.symbol}", "assets", at))
    for at, spec in enumerate(world.instruments):
        made.add_market(spec, made.root.inner(f"instrument {spec.symbol}", "instruments", at))
    for at, user in enumerate(world.users):
        made.add_user(user, made.root.inner(f"user {user.name}", "users", at))
    made.add_delays(world.delays, made.root.inner("delays"))
    return made.commands + made.resting


def listed(venue: str, spec: InstrumentSpec, assets: Assets) -> Instrument:
    """
    Return one market as it is listed; its id comes with the entry.

    Raises: WorldError when a number is off its grid or a name is unknown.
    """
    return _Listing(venue, spec, assets, Place(f"instrument {spec.symbol}", ())).instrument()


class _Founding:
    """The commands so far, and the names that those to come may use."""

    def __init__(self, venue: str, first_seq: int) -> None:
        self.root = Place(venue, (venue,))
        self.commands: list[tuple[Command, Place]] = []
        self.resting: list[tuple[Command, Place]] = []
        self._venue, self._first_seq = venue, first_seq
        self._assets: dict[str, tuple[AssetId, int]] = {}
        self._markets: dict[str, Instrument] = {}
        self._users: set[str] = set()

    @property
    def _next_seq(self) -> int:
        return self._first_seq + len(self.commands)

    def add_asset(self, asset: AssetSpec, place: Place) -> None:
        """Register an asset. Raises: WorldError."""
        if not 0 <= asset.scale <= SCALE_MAX:
            raise place.inner("scale").refuse(f"it is not between 0 and {SCALE_MAX}")
        self._assets[asset.symbol] = (AssetId(self._next_seq), asset.scale)
        self.commands.append((RegisterAsset(self._venue, asset.symbol, asset.scale), place))

    def add_market(self, spec: InstrumentSpec, place: Place) -> None:
        """List a market, and settle one that starts out settled. Raises: WorldError."""
        listing = _Listing(self._venue, spec, self._assets, place)
        instrument, instrument_id = listing.instrument(), InstrumentId(self._next_seq)
        self._markets[spec.symbol] = replace(instrument, instrument_id=instrument_id)
        self.commands.append((ListInstrument(instrument), place))
        if spec.settlement is not None:
            settle = SettleInstrument(instrument_id, listing.settlement_px_ticks())
            self.commands.append((settle, place.inner("settlement")))

    def add_delays(self, delays: DelaysSpec, place: Place) -> None:
        """Say how long the venue takes, after all that is founded. Raises: WorldError."""
        times = {name: getattr(delays, name) for name in delays.__struct_fields__}
        for name, time in times.items():
            if time < 0:
                raise place.inner(name).refuse("it is below 0")
        if any(times.values()):
            told = SetDelays(self._venue, *(time * NS_PER_MS for time in times.values()))
            self.resting.append((told, place))

    def add_user(self, user: UserSpec, place: Place) -> None:
        """Open a user's accounts, put the money in, and keep the orders. Raises: WorldError."""
        if user.name in self._users:
            raise Place(place.name, (*place.path, "name")).refuse("another user has this name")
        self._users.add(user.name)
        has_default = False
        for at, account in enumerate(user.accounts):
            inner = place.inner(f"account {account.name}", "accounts", at)
            if account.default and has_default:
                at_default = Place(inner.name, (*inner.path, "default"))
                raise at_default.refuse("another account is the default one")
            has_default = has_default or account.default
            self._add_account(user, account, inner)

    def _add_account(self, user: UserSpec, account: AccountSpec, place: Place) -> None:
        account_id = AccountId(self._next_seq)
        opening = (self._venue, user.name, account.name, account.default, account.margin)
        self.commands.append((OpenAccount(*opening), place))
        self.commands += _deposits(account_id, account, self._assets, place)
        if user.keys and account.orders:
            raise place.inner("orders").refuse("only a user without keys can have orders")
        for at, spec in enumerate(account.orders):
            inner = place.inner(f"order {at + 1}", "orders", at)
            self.resting.append((_resting(account_id, spec, self._markets, inner), inner))


def _deposits(
    account_id: AccountId, account: AccountSpec, assets: Assets, place: Place
) -> Iterator[tuple[Command, Place]]:
    for symbol, text in account.balances.items():
        inner = place.inner(f"balance of {symbol}", "balances", symbol)
        if symbol not in assets:
            raise inner.refuse(f"no asset is called {symbol}")
        asset_id, scale = assets[symbol]
        if amount := _steps(text, (1, scale), inner):
            yield DepositFunds(account_id, asset_id, amount), inner


def _resting(
    account_id: AccountId, spec: OrderSpec, markets: Mapping[str, Instrument], place: Place
) -> NewOrder:
    if (market := markets.get(spec.instrument)) is None:
        raise place.inner("instrument").refuse(f"no instrument is called {spec.instrument}")
    if (side := Side.__members__.get(spec.side.upper())) is None:
        raise place.inner("side").refuse(f"{spec.side!r} is not one of buy, sell")
    ticks, lots = (
        _steps(text, grid, place.inner(name))
        for name, text, grid in (
            ("price", spec.price, (market.tick_units, market.price_scale)),
            ("quantity", spec.quantity, (market.lot_units, market.qty_scale)),
        )
    )
    # An order that would trade at once is refused.
    terms = OrderTerms(
        side, OrdType.LIMIT, TimeInForce.GTC, lots, ticks, exec_inst=int(ExecInst.POST_ONLY)
    )
    return NewOrder(account_id, market.instrument_id, "", terms)


class _Listing:
    """One market on its way from text to integers."""

    def __init__(self, venue: str, spec: InstrumentSpec, assets: Assets, place: Place) -> None:
        self.venue, self.spec, self.place = venue, spec, place
        for name, symbol in (("base", spec.base), ("quote", spec.quote)):
            if symbol not in assets:
                raise place.inner(name).refuse(f"no asset is called {symbol}")
        self.base_id, self.base_scale = assets[spec.base]
        self.quote_id, self.quote_scale = assets[spec.quote]

    def instrument(self) -> Instrument:
        """Return the market; its id comes with the entry."""
        spec, kind = self.spec, self._word("kind", InstrumentKind)
        tick = tick_units, price_scale = _grid(spec.tick_size, self.place.inner("tick_size"))
        lot = lot_units, qty_scale = _grid(spec.lot_size, self.place.inner("lot_size"))
        notional, lot_minor = self._minor(tick, lot, kind)
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
            trigger_basis=self._word("trigger_basis", TriggerBasis),
            refuses_met_trigger=spec.refuses_met_trigger,
        )

    def _minor(self, tick: Grid, lot: Grid, kind: InstrumentKind) -> tuple[int, int]:
        """Return what a lot at a tick is of the quote asset, and what a lot is of the base."""
        (tick_units, price_scale), (lot_units, qty_scale) = tick, lot
        notional = _rescaled(tick_units * lot_units, price_scale + qty_scale, self.quote_scale)
        lot_minor = _rescaled(lot_units, qty_scale, self.base_scale)
        if not notional or (not lot_minor and kind is InstrumentKind.SPOT):
            raise self.place.refuse("a lot at a tick is finer than its assets are kept")
        return notional, lot_minor

    def settlement_px_ticks(self) -> int:
        """Return the price the market starts out settled at."""
        grid = _grid(self.spec.tick_size, self.place.inner("tick_size"))
        return self._number("settlement", grid)

    def _word(self, name: str, words: type[Word]) -> Word:
        given = getattr(self.spec, name)
        try:
            return words[given.upper()]
        except KeyError:
            known = ", ".join(word.name.lower() for word in words)
            raise self.place.inner(name).refuse(f"{given!r} is not one of {known}") from None

    def _number(self, name: str, grid: Grid) -> int:
        return _steps(getattr(self.spec, name), grid, self.place.inner(name))

    def _ppb(self, name: str) -> int:
        return self._number(name, (1, numbers.PPB_SCALE))


def _decimal(text: str, place: Place) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise place.refuse(f"{text!r} is not a number") from None


def _grid(text: str, place: Place) -> Grid:
    number = _decimal(text, place)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or not 0 <= -exponent <= SCALE_MAX or number <= 0:
        raise place.refuse(f"{text!r} is not a positive step")
    try:
        return numbers.scaled(number, -exponent), -exponent
    except numbers.NotOnGrid as error:
        raise place.refuse(f"{text!r} {error}") from None


def _steps(text: str, grid: Grid, place: Place) -> int:
    units, scale = grid
    try:
        steps, beyond = divmod(numbers.scaled(_decimal(text, place), scale), units)
    except numbers.NotOnGrid as error:
        raise place.refuse(f"{text!r} {error}") from None
    if beyond:
        step = numbers.unscaled(units, scale)
        raise place.refuse(f"{text!r} must be a multiple of {step}")
    return steps


def _rescaled(units: int, scale: int, to_scale: int) -> int:
    # `units / 10**scale` in units of `10**-to_scale`, or 0 when that is not whole.
    whole, beyond = divmod(units * int(10**to_scale), int(10**scale))
    return 0 if beyond else whole
