"""Listing: what assets, markets and accounts there are, and what they may do."""

from msgspec.structs import replace

from countermand.core.decision import Decision
from countermand.core.state import State
from countermand.vocabulary.commands import (
    ConfigureAccount,
    ListInstrument,
    OpenAccount,
    RegisterAsset,
    SetReferencePrice,
    SetTradingState,
)
from countermand.vocabulary.events import (
    AccountConfigured,
    AccountOpened,
    AssetRegistered,
    InstructionRejected,
    InstrumentListed,
    ReferencePriceChanged,
    TradingStateChanged,
)
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import FeeBasis, Instrument
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.units import PPB

# Finer than any asset there is; amounts stay well within what text and journals carry.
ASSET_SCALE_MAX = 36


def register_asset(state: State, seq: int, ts_ns: int, command: RegisterAsset) -> Decision:
    """Add an asset, unless its venue has one of that symbol."""
    for asset in state.assets.values():
        if (asset.venue, asset.symbol) == (command.venue, command.symbol):
            return Decision([InstructionRejected(RejectReason.DUPLICATE_NAME)])
    if not 0 <= command.scale <= ASSET_SCALE_MAX:
        return Decision([InstructionRejected(RejectReason.INVALID_AMOUNT)])
    return Decision([AssetRegistered(AssetId(seq), command.venue, command.symbol, command.scale)])


def list_instrument(state: State, seq: int, ts_ns: int, command: ListInstrument) -> Decision:
    """Open a market. Refused when the venue has one of that symbol, or for an impossible grid."""
    new = command.instrument
    for market in state.markets.values():
        old = market.instrument
        if (old.venue, old.symbol) == (new.venue, new.symbol):
            return Decision([InstructionRejected(RejectReason.DUPLICATE_NAME)])
    if not _is_sound(state, new):
        return Decision([InstructionRejected(RejectReason.INVALID_AMOUNT)])
    return Decision([InstrumentListed(replace(new, instrument_id=InstrumentId(seq)))])


def _is_sound(state: State, new: Instrument) -> bool:
    pair = {new.base_asset_id, new.quote_asset_id}
    if len(pair) == 1 or not pair <= state.assets.keys():
        return False
    positive = (new.tick_units, new.lot_units, new.notional_minor, new.order_qty_lots_min)
    not_negative = (
        new.order_qty_lots_max,
        new.notional_minor_min,
        new.position_lots_max,
        new.price_band_ppb,
        new.market_band_ppb,
        new.initial_margin_ppb,
        new.reference_price_ticks,
        new.payout_ticks,
        new.low_limit_ticks,
        new.high_limit_ticks,
        new.fee_step_minor,
    )
    # A fee of more than the whole would take from a seller what the match does not bring.
    fees_fit = max(abs(new.maker_fee_ppb), abs(new.taker_fee_ppb)) <= PPB
    lot_counts = new.has_positions or new.lot_minor > 0
    sound = min(positive) > 0 and min(not_negative) >= 0 and fees_fit and lot_counts
    return sound and _pays_soundly(new)


def _pays_soundly(new: Instrument) -> bool:
    # A binary outcome needs a payout to be a part of, and nothing else has one; only a fee that
    # shrinks with what either side of it is worth leaves enough to close a position with. Only what
    # is swapped is received in either asset.
    if new.is_binary:
        inside = max(1, new.low_limit_ticks, new.high_limit_ticks) < new.payout_ticks
        return inside and new.fee_basis is FeeBasis.VARIANCE
    of_swap = new.fee_basis is FeeBasis.NOTIONAL or (
        new.fee_basis is FeeBasis.RECEIVED and not new.has_positions
    )
    return new.payout_ticks == 0 and of_swap


def set_trading_state(state: State, seq: int, ts_ns: int, command: SetTradingState) -> Decision:
    """Change what a market accepts."""
    if command.instrument_id not in state.markets:
        return Decision([InstructionRejected(RejectReason.UNKNOWN_INSTRUMENT)])
    if state.markets[command.instrument_id].settled_px_ticks is not None:
        return Decision([InstructionRejected(RejectReason.MARKET_CLOSED)])
    return Decision([TradingStateChanged(command.instrument_id, command.trading_state)])


def set_reference_price(state: State, seq: int, ts_ns: int, command: SetReferencePrice) -> Decision:
    """Move a market's reference price."""
    if command.instrument_id not in state.markets:
        return Decision([InstructionRejected(RejectReason.UNKNOWN_INSTRUMENT)])
    if command.price_ticks <= 0:
        return Decision([InstructionRejected(RejectReason.PRICE_NOT_POSITIVE)])
    return Decision([ReferencePriceChanged(command.instrument_id, command.price_ticks)])


def open_account(state: State, seq: int, ts_ns: int, command: OpenAccount) -> Decision:
    """Open an account, unless its owner has one of that name."""
    if _name_taken(state, command.venue, command.owner, command.name):
        return Decision([InstructionRejected(RejectReason.DUPLICATE_NAME)])
    opened = AccountOpened(
        AccountId(seq),
        command.venue,
        command.owner,
        command.name,
        is_default=command.is_default,
        may_borrow=command.may_borrow,
    )
    return Decision([opened])


def configure_account(state: State, seq: int, ts_ns: int, command: ConfigureAccount) -> Decision:
    """Rename an account or change what it may do."""
    account = state.accounts.get(command.account_id)
    if account is None or account.account_id < 0:
        return Decision([InstructionRejected(RejectReason.UNKNOWN_ACCOUNT, command.account_id)])
    name = account.name if command.name is None else command.name
    if name != account.name and _name_taken(state, account.venue, account.owner, name):
        return Decision([InstructionRejected(RejectReason.DUPLICATE_NAME, command.account_id)])
    locked, reduce_only = command.trading_locked, command.reduce_only
    configured = AccountConfigured(
        account.account_id,
        name,
        account.trading_locked if locked is None else locked,
        account.reduce_only if reduce_only is None else reduce_only,
    )
    return Decision([configured])


def _name_taken(state: State, venue: str, owner: str, name: str) -> bool:
    return any(
        (account.venue, account.owner, account.name) == (venue, owner, name)
        for account in state.accounts.values()
    )
