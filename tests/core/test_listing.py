"""Listing: assets, markets and accounts, each taken or refused."""

from typing import Any

import pytest
from tests.core.build import (
    ALICE,
    BTC,
    MONEY,
    NOBODY,
    SPOT,
    USDC,
    World,
    binary,
    instrument,
    perpetual,
)

from countermand.vocabulary.commands import (
    Command,
    ConfigureAccount,
    DepositFunds,
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
    Event,
    FundsDeposited,
    InstructionRejected,
    InstrumentListed,
    ReferencePriceChanged,
    TradingStateChanged,
)
from countermand.vocabulary.ids import EXTERNAL, FEES, AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import FeeBasis, InstrumentKind, TradingState
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.units import PPB

NEXT = 14  # the number of the first entry after the founding

TAKEN: list[tuple[Command, Event]] = [
    (RegisterAsset("acme", "ETH", 18), AssetRegistered(AssetId(NEXT), "acme", "ETH", 18)),
    (RegisterAsset("other", "USDC", 6), AssetRegistered(AssetId(NEXT), "other", "USDC", 6)),
    (RegisterAsset("acme", "ONE", 0), AssetRegistered(AssetId(NEXT), "acme", "ONE", 0)),
    (
        ListInstrument(instrument(symbol="NEW")),
        InstrumentListed(instrument(symbol="NEW", instrument_id=InstrumentId(NEXT))),
    ),
    (
        ListInstrument(perpetual(symbol="NEW", lot_minor=0)),
        InstrumentListed(perpetual(symbol="NEW", lot_minor=0, instrument_id=InstrumentId(NEXT))),
    ),
    (
        SetTradingState(SPOT, TradingState.HALTED),
        TradingStateChanged(SPOT, TradingState.HALTED),
    ),
    (SetReferencePrice(SPOT, 120), ReferencePriceChanged(SPOT, 120)),
    (
        OpenAccount("acme", "owner", "dave", is_default=True),
        AccountOpened(AccountId(NEXT), "acme", "owner", "dave", is_default=True),
    ),
    (
        OpenAccount("acme", "other", "alice"),
        AccountOpened(AccountId(NEXT), "acme", "other", "alice", is_default=False),
    ),
    (
        ConfigureAccount(ALICE, "al", trading_locked=True),
        AccountConfigured(ALICE, "al", trading_locked=True, reduce_only=False),
    ),
    (
        ConfigureAccount(ALICE, "alice", reduce_only=True),
        AccountConfigured(ALICE, "alice", trading_locked=False, reduce_only=True),
    ),
    (DepositFunds(ALICE, USDC, 1), FundsDeposited(ALICE, USDC, 1)),
]


@pytest.mark.parametrize(("command", "event"), TAKEN)
def test_instruction_is_taken(world: World, command: Command, event: Event) -> None:
    """What is founded takes the entry's number for its id."""
    assert world.run(command) == (event,)


def unsound(**rules: Any) -> ListInstrument:
    """Return a market that makes no sense."""
    return ListInstrument(instrument(symbol="NEW", **rules))


def unsound_outcome(**rules: Any) -> ListInstrument:
    """Return a binary market that makes no sense."""
    return ListInstrument(binary(**rules))


REFUSED: list[tuple[Command, RejectReason]] = [
    (RegisterAsset("acme", "USDC", 6), RejectReason.DUPLICATE_NAME),
    (RegisterAsset("acme", "ETH", -1), RejectReason.INVALID_AMOUNT),
    (RegisterAsset("acme", "ETH", 37), RejectReason.INVALID_AMOUNT),
    (ListInstrument(instrument()), RejectReason.DUPLICATE_NAME),
    (unsound(base_asset_id=AssetId(999)), RejectReason.INVALID_AMOUNT),
    (unsound(quote_asset_id=AssetId(999)), RejectReason.INVALID_AMOUNT),
    (unsound(tick_units=0), RejectReason.INVALID_AMOUNT),
    (unsound(lot_units=0), RejectReason.INVALID_AMOUNT),
    (unsound(notional_minor=0), RejectReason.INVALID_AMOUNT),
    (unsound(lot_minor=0), RejectReason.INVALID_AMOUNT),
    (unsound(order_qty_lots_min=0), RejectReason.INVALID_AMOUNT),
    (unsound(initial_margin_ppb=-1), RejectReason.INVALID_AMOUNT),
    (unsound(price_band_ppb=-1), RejectReason.INVALID_AMOUNT),
    (unsound(position_lots_max=-1), RejectReason.INVALID_AMOUNT),
    (unsound(taker_fee_ppb=PPB + 1), RejectReason.INVALID_AMOUNT),
    (unsound(maker_fee_ppb=-PPB - 1), RejectReason.INVALID_AMOUNT),
    (unsound(base_asset_id=USDC), RejectReason.INVALID_AMOUNT),
    (unsound(payout_ticks=100), RejectReason.INVALID_AMOUNT),
    (unsound(fee_step_minor=-1), RejectReason.INVALID_AMOUNT),
    (unsound(fee_basis=FeeBasis.VARIANCE), RejectReason.INVALID_AMOUNT),
    (
        unsound(kind=InstrumentKind.PERPETUAL, fee_basis=FeeBasis.RECEIVED),
        RejectReason.INVALID_AMOUNT,
    ),
    (unsound_outcome(payout_ticks=0), RejectReason.INVALID_AMOUNT),
    # No price lies between nothing and one tick.
    (unsound_outcome(payout_ticks=1), RejectReason.INVALID_AMOUNT),
    (unsound_outcome(low_limit_ticks=100), RejectReason.INVALID_AMOUNT),
    (unsound_outcome(high_limit_ticks=100), RejectReason.INVALID_AMOUNT),
    (unsound_outcome(fee_basis=FeeBasis.RECEIVED), RejectReason.INVALID_AMOUNT),
    (unsound_outcome(fee_basis=FeeBasis.NOTIONAL), RejectReason.INVALID_AMOUNT),
    (SetTradingState(InstrumentId(999), TradingState.HALTED), RejectReason.UNKNOWN_INSTRUMENT),
    (SetReferencePrice(InstrumentId(999), 1), RejectReason.UNKNOWN_INSTRUMENT),
    (SetReferencePrice(SPOT, 0), RejectReason.PRICE_NOT_POSITIVE),
    (OpenAccount("acme", "owner", "alice"), RejectReason.DUPLICATE_NAME),
    (ConfigureAccount(NOBODY), RejectReason.UNKNOWN_ACCOUNT),
    (ConfigureAccount(FEES, trading_locked=True), RejectReason.UNKNOWN_ACCOUNT),
    (ConfigureAccount(ALICE, "bob"), RejectReason.DUPLICATE_NAME),
    (DepositFunds(NOBODY, USDC, 1), RejectReason.UNKNOWN_ACCOUNT),
    (DepositFunds(EXTERNAL, USDC, 1), RejectReason.UNKNOWN_ACCOUNT),
    (DepositFunds(ALICE, USDC, 0), RejectReason.INVALID_AMOUNT),
    (DepositFunds(ALICE, USDC, -1), RejectReason.INVALID_AMOUNT),
    (DepositFunds(ALICE, AssetId(999), 1), RejectReason.INVALID_AMOUNT),
]


@pytest.mark.parametrize(("command", "reason"), REFUSED)
def test_instruction_is_refused_and_changes_nothing(
    world: World, command: Command, reason: RejectReason
) -> None:
    """A refusal leaves what is known as it was."""
    before = world.exchange.query(GetReferenceData())

    account_id = getattr(command, "account_id", AccountId(0))
    assert world.run(command) == (InstructionRejected(reason, account_id),)
    assert world.exchange.query(GetReferenceData()) == before
    assert world.money(ALICE) == (MONEY, 0)


def test_reference_data_names_everything_of_a_venue(world: World) -> None:
    """Assets, instruments and accounts in order of founding; the house is not among them."""
    world.run(RegisterAsset("other", "GOLD", 2), OpenAccount("other", "owner", "alice"))
    ours = world.exchange.query(GetReferenceData("acme"))
    every = world.exchange.query(GetReferenceData())

    assert [asset.asset_id for asset in ours.assets] == [USDC, BTC]
    assert [market.symbol for market in ours.instruments] == ["BTC-USDC", "BTC-PERP"]
    assert [account.name for account in ours.accounts] == ["alice", "bob", "carol"]
    assert [account.venue for account in every.accounts] == ["acme"] * 3 + ["other"]
