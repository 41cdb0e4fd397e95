"""
A market unlike the demo's: its base is kept to three digits, and its prices move with a reference.

Source: worked out by hand from the market's terms below.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.deltadefi.booth import Booth

from countermand.vocabulary.commands import (
    DepositFunds,
    ListInstrument,
    RegisterAsset,
    SetReferencePrice,
)
from countermand.vocabulary.ids import AssetId

COIN = "COINUSDM"


@pytest.fixture
def booth() -> Booth:
    """
    A booth with a further market, and a thousand of its coins for each user.

    Units: ticks of 0.01 USDM, lots of 0.1 coins; a fifth of the reference price of 10 either way.
    """
    made = Booth()
    engine = made.desk.engine
    engine.enter(RegisterAsset("deltadefi", "COIN", 3))
    coin = AssetId(engine.exchange.seq)
    terms = replace(
        made.instrument(),
        symbol=COIN,
        base_asset_id=coin,
        price_scale=2,
        qty_scale=1,
        notional_minor=1_000,
        lot_minor=100,
        order_qty_lots_min=1,
        low_limit_ticks=0,
        high_limit_ticks=0,
        reference_price_ticks=1_000,
        price_band_ppb=200_000_000,
    )
    engine.enter(ListInstrument(terms))
    for owner in ("alice", "bob"):
        account_id = made.desk.accounts(owner)[0].account_id
        engine.enter(DepositFunds(account_id, coin, 1_000_000))
    return made


def limit(side: str, base: str, price: str) -> dict[str, Any]:
    """Return the form of a limit order."""
    form = {"symbol": COIN, "side": side, "type": "limit"}
    return form | {"base_quantity": base, "price": price}


def told(order: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """Return what an order says under some names."""
    return tuple(order[name] for name in names)


HELD = ("locked_base_qty", "locked_quote_qty", "ob_open_order_base_qty")
PAID = ("executed_base_qty", "executed_quote_qty", "commission_unit", "commission")


def test_each_amount_is_in_the_units_of_its_asset(booth: Booth) -> None:
    """Holds and commissions of a seller who is partly filled, and of the buyer."""
    sold = booth.place(limit("sell", "12.3", "10"))
    assert ("12.3", "0", "12.3") == told(sold, *HELD)
    bought = booth.place(limit("buy", "4.1", "10.5"), "bob")

    assert ("4.1", "41", "COIN", "0.004") == told(bought, *PAID)
    left = booth.shown(sold["id"])
    assert ("8.2", "0", "8.2") == told(left, *HELD)
    assert ("4.1", "41", "USDM", "0.041") == told(left, *PAID)
    assert ("COIN", "0.004") == told(
        bought["order_execution_records"][0], "commission_unit", "commission"
    )
    assert ("987.7", "8.2") == booth.balances()["COIN"]
    assert ("10000040.959", "0") == booth.balances()["USDM"]
    assert ("1004.096", "0") == booth.balances("bob")["COIN"]
    assert ("9999959", "0") == booth.balances("bob")["USDM"]


@pytest.mark.parametrize(
    ("reference_ticks", "code", "text"),
    [
        (800, 4111, "Price exceeds maximum allowed limit for this market"),
        (1_300, 4112, "Price below minimum allowed limit for this market"),
    ],
)
def test_order_that_the_band_has_left_behind(
    booth: Booth, reference_ticks: int, code: int, text: str
) -> None:
    """
    The order was built within the band; at its submission the refusal names the side it is out on.
    """
    built = booth.build(limit("buy", "5", "10"))
    instrument_id = booth.instrument(COIN).instrument_id
    booth.desk.engine.enter(SetReferencePrice(instrument_id, reference_ticks))

    assert (400, {"error": text, "code": code}) == booth.submit(built)
    assert "failed" == booth.shown(built["order_id"])["status"]


@pytest.mark.parametrize(("side", "limit_price"), [("buy", "12"), ("sell", "8")])
def test_slippage_ends_at_the_band(booth: Booth, side: str, limit_price: str) -> None:
    """A fifth from the reference price, however far it may slip."""
    booth.place(limit("sell" if side == "buy" else "buy", "5", "10"), "bob")
    form = {"symbol": COIN, "side": side, "type": "market", "base_quantity": "5"}
    order = booth.place(form | {"max_slippage_basis_point": 10_000})

    assert ("closed", limit_price) == told(order, "status", "market_order_limit_price")
