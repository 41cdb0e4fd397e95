"""An exchange before anything is sent: its fields, where it trades and as whom."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import countermand.ccxt
import countermand.ccxt.async_support
import countermand.ccxt.sandbox
import countermand.ccxt.sandbox.async_support
from countermand.ccxt.classes import IDS
from countermand.client.accounts import Market
from countermand.venues import VENUES

MODULES = [
    countermand.ccxt,
    countermand.ccxt.async_support,
    countermand.ccxt.sandbox,
    countermand.ccxt.sandbox.async_support,
]
every_id = pytest.mark.parametrize("name", IDS)

MARKETS = (
    Market(
        "BTC-PERP", "perpetual", "BTC", "USDC", *map(Decimal, ("0.1", "0.001", "0.01")), "halted"
    ),
    Market("ADAUSDM", "spot", "ADA", "USDM", *map(Decimal, ("0.1", "0.5", "1")), "trading"),
    Market("ADA-USDM", "spot", "ADA", "USDM", *map(Decimal, ("0.1", "0.5", "1")), "trading"),
    Market("AAPL", "equity", "SHARE", "USD", *map(Decimal, ("0.01", "1", "1")), "trading"),
    Market("cup-final", "binary", "CONTRACT", "USD", *map(Decimal, ("0.01", "1", "1")), "trading"),
)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.mark.parametrize("module", MODULES)
@every_id
def test_classes(module: Any, name: str) -> None:
    """Each venue has one class, found as bots find ccxt's."""
    kind = getattr(module, name)
    exchange = kind({"apiKey": "key", "options": {"account": "second"}, "timeout": 5})

    assert list(IDS) == module.exchanges
    assert kind is getattr(module, name)
    assert (name, VENUES[IDS[name]].name) == (exchange.id, exchange.name)
    assert ("key", 5, {"account": "second"}) == (
        exchange.apiKey,
        exchange.timeout,
        exchange.options,
    )
    assert exchange.enableRateLimit
    assert exchange.rateLimit > 0
    with pytest.raises(AttributeError):
        module.nowhere  # noqa: B018  (the name is looked up)
    with pytest.raises(AttributeError):
        exchange.nothing  # noqa: B018  (likewise)


@every_id
def test_where_it_trades(name: str) -> None:
    """At the venue itself, unless it is told otherwise; then on this machine."""
    exchange = getattr(countermand.ccxt, name)()
    production = exchange.urls["api"]
    assert production.startswith("https://")
    with pytest.raises(countermand.ccxt.AuthenticationError, match="requires"):
        exchange.load_markets()
    assert not exchange.check_required_credentials(error=False)

    exchange.set_sandbox_mode(True)
    assert (exchange.urls["api"], exchange.isSandboxModeEnabled) == ("local", True)
    with pytest.raises(countermand.ccxt.ExchangeNotAvailable, match="no server runs"):
        exchange.load_markets()

    exchange.setSandboxMode(False)
    assert (production, False) == (exchange.urls["api"], exchange.isSandboxModeEnabled)


@every_id
def test_in_practice_no_key_leaves(name: str) -> None:
    """The sandbox ignores a venue's keys and URL, and looks for an exchange on this machine."""
    exchange = getattr(countermand.ccxt.sandbox, name)(
        {"apiKey": "mine", "secret": "mine", "urls": {"api": "https://example.com"}}
    )
    exchange.set_sandbox_mode(False)
    exchange.urls["api"] = "https://example.com"

    assert exchange._credentials() == {}
    with pytest.raises(countermand.ccxt.ExchangeNotAvailable, match="no server runs"):
        exchange.fetch_balance()


@every_id
def test_credentials_by_ccxts_names(name: str) -> None:
    """Each that is required becomes what the venue's own SDK calls it."""
    exchange = getattr(countermand.ccxt, name)()
    needed = [field for field, is_needed in exchange.requiredCredentials.items() if is_needed]
    for field in needed:
        setattr(exchange, field, f"the {field}")

    assert needed
    assert {f"the {field}" for field in needed} == set(exchange._credentials().values())
    assert exchange.checkRequiredCredentials()


def test_keys_that_are_none() -> None:
    """Told before anything is sent, and without them."""
    exchange = countermand.ccxt.coinbase_intx(
        {"apiKey": "key", "secret": "no base64!", "password": "word"}
    )
    with pytest.raises(countermand.ccxt.AuthenticationError) as caught:
        exchange.fetch_balance()
    assert "no base64!" not in str(caught.value)
    exchange.urls["api"] = "ftp://example.com"
    with pytest.raises(countermand.ccxt.BadRequest, match="is no URL"):
        exchange.fetch_balance()


@every_id
def test_has_is_true(name: str) -> None:
    """Each method listed in `has` exists, in both spellings and both shells."""
    exchange = getattr(countermand.ccxt, name)()
    waiting = getattr(countermand.ccxt.async_support, name)()
    for told, is_there in exchange.has.items():
        if told in ("publicAPI", "privateAPI", "sandbox", "CORS", "ws"):
            continue
        if is_there:
            assert getattr(exchange, told).__name__ in dir(exchange)
            assert getattr(waiting, told).__name__ in dir(waiting)


def test_missing_methods() -> None:
    """A missing method raises NotSupported when it is called, as in ccxt."""
    exchange, waiting = countermand.ccxt.loopring(), countermand.ccxt.async_support.loopring()
    for name in ("fetchOHLCV", "fetch_ohlcv", "watch_orders", "createStopOrder", "withdraw_all"):
        with pytest.raises(countermand.ccxt.NotSupported):
            getattr(exchange, name)("LRC/ETH")
        with pytest.raises(countermand.ccxt.NotSupported):
            asyncio.run(getattr(waiting, name)("LRC/ETH"))


def test_symbols() -> None:
    """Both ways; the second of two that would be alike keeps the venue's own."""
    exchange = countermand.ccxt.loopring()
    exchange.take_markets(MARKETS)
    told = {one.symbol: exchange.market(one.symbol) for one in MARKETS}

    assert {
        "BTC-PERP": "BTC/USDC:USDC",
        "ADAUSDM": "ADA/USDM",
        "ADA-USDM": "ADA-USDM",
        "AAPL": "AAPL/USD",
        "cup-final": "cup-final/USD",
    } == {name: market["symbol"] for name, market in told.items()}
    assert all(name == exchange.market_id(one["symbol"]) for name, one in told.items())
    assert ["swap", "spot", "spot", "spot", "prediction"] == [one["type"] for one in told.values()]
    assert [False, True, True, True, True] == [one["active"] for one in told.values()]
    assert {"ADA", "USDM", "AAPL", "cup-final", "USD", "BTC", "USDC"} == set(exchange.currencies)
    with pytest.raises(countermand.ccxt.BadSymbol):
        exchange.market("BTC/EUR")
    with pytest.raises(countermand.ccxt.ArgumentsRequired):
        exchange.market("")


def test_precision() -> None:
    """Amounts are cut, prices rounded; what comes to nothing is refused."""
    exchange = countermand.ccxt.loopring({"number": str})
    with pytest.raises(countermand.ccxt.ExchangeError, match="not loaded"):
        exchange.amount_to_precision("ADA/USDM", 1)
    exchange.take_markets(MARKETS)

    assert exchange.amount_to_precision("ADA/USDM", 1.9) == "1.5"
    assert exchange.price_to_precision("ADA/USDM", 1.25) == "1.3"
    assert exchange.amountToPrecision("ADAUSDM", "2.50") == "2.5"
    assert exchange.priceToPrecision("ADA/USDM", None) is None
    assert exchange.market("ADA/USDM")["precision"] == {"amount": "0.5", "price": "0.1"}
    for amount in (0.4, 0, float("nan")):
        with pytest.raises(countermand.ccxt.InvalidOrder):
            exchange.amount_to_precision("ADA/USDM", amount)
