"""
The published intx-sdk-py 0.3.0, unmodified, over a real socket: each call's success and a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from intx_sdk.client_services import IntxServicesClient
from intx_sdk.credentials import Credentials
from intx_sdk.services.assets import GetAssetDetailsRequest, ListAssetsRequest
from intx_sdk.services.feerates import ListFeeRateTiersRequest
from intx_sdk.services.instruments import (
    GetInstrumentDetailsRequest,
    GetQuotePerInstrumentRequest,
    ListInstrumentsRequest,
)
from intx_sdk.services.instruments.get_aggregated_candles import GetAggregatedCandlesRequest
from intx_sdk.services.instruments.get_daily_trading_volumes import GetDailyTradingVolumesRequest
from intx_sdk.services.instruments.get_historical_funding_rates import (
    GetHistoricalFundingRatesRequest,
)
from intx_sdk.services.orders import (
    CancelOrderRequest,
    CancelOrdersRequest,
    CreateOrderRequest,
    GetOrderDetailsRequest,
    ListOpenOrdersRequest,
    ModifyOpenOrderRequest,
)
from intx_sdk.services.portfolios.create_portfolio import CreatePortfolioRequest
from intx_sdk.services.portfolios.get_balance_for_portfolio_asset import (
    GetBalanceForPortfolioAssetRequest,
)
from intx_sdk.services.portfolios.get_portfolio import GetPortfolioRequest
from intx_sdk.services.portfolios.get_portfolio_details import GetPortfolioDetailsRequest
from intx_sdk.services.portfolios.get_portfolio_summary import GetPortfolioSummaryRequest
from intx_sdk.services.portfolios.get_position_for_portfolio_instrument import (
    GetPositionForPortfolioInstrumentRequest,
)
from intx_sdk.services.portfolios.list_fills_by_portfolios import ListFillsByPortfoliosRequest
from intx_sdk.services.portfolios.list_portfolio_balances import ListPortfolioBalancesRequest
from intx_sdk.services.portfolios.list_portfolio_fee_rates import ListPortfolioFeeRatesRequest
from intx_sdk.services.portfolios.list_portfolio_fills import ListPortfolioFillsRequest
from intx_sdk.services.portfolios.list_portfolio_positions import ListPortfolioPositionsRequest
from intx_sdk.services.portfolios.list_portfolios import ListPortfoliosRequest
from intx_sdk.services.portfolios.update_portfolio import UpdatePortfolioRequest
from intx_sdk.utils import PaginationParams
from tests.served import Served

NAME = "coinbase-intx"
NO_PORTFOLIO = "892e8c7c-e979-4cad-b61b-55a197932cf1"
_ids = count(1)


class User:
    """The SDK as one of the demo's users would have it."""

    def __init__(self, venue: dict[str, Any], name: str) -> None:
        account = venue["accounts"][name]
        credentials = Credentials(
            account["access_key"], account["passphrase"], account["signing_key"]
        )
        self.sdk = IntxServicesClient(credentials, base_url=f"{venue['base_url']}/api/v1")
        self.portfolio = account["portfolio_uuid"]

    def place(self, side: str, price: str | None, size: str = "0.01", **more: Any) -> Any:
        """Place an order on ETH-PERP, limit and GTC unless said otherwise."""
        terms = {"type": "LIMIT", "tif": "GTC", "instrument": "ETH-PERP", **more}
        return self.sdk.orders.create_order(
            CreateOrderRequest(
                client_order_id=f"sdk-{next(_ids)}",
                side=side,
                size=size,
                price=price,
                portfolio=self.portfolio,
                **terms,
            )
        )

    def cancel(self, order_id: str, portfolio: str | None = None) -> Any:
        """Cancel an order by its id or client id."""
        return self.sdk.orders.cancel_order(
            CancelOrderRequest(id=order_id, portfolio=portfolio or self.portfolio)
        )

    def get(self, order_id: str) -> Any:
        """Read an order."""
        return self.sdk.orders.get_order_details(
            GetOrderDetailsRequest(order_id=order_id, portfolio=self.portfolio)
        )

    def cancel_all(self, **filters: str) -> list[dict[str, Any]]:
        """Cancel all that matches."""
        request = CancelOrdersRequest(portfolio=self.portfolio, **filters)
        return list(self.sdk.orders.cancel_orders(request).orders)


@pytest.fixture(scope="module")
def venue() -> Iterator[dict[str, Any]]:
    """A fresh exchange for this file."""
    with Served.with_empty_books(NAME) as served:
        yield served.venue(NAME)


@pytest.fixture
def alice(venue: dict[str, Any]) -> Iterator[User]:
    """Alice, with nothing open before and after."""
    user = User(venue, "alice")
    yield user
    user.cancel_all()
    user.sdk.client.http_client.close()


@pytest.fixture
def bob(venue: dict[str, Any]) -> Iterator[User]:
    """Bob, likewise."""
    user = User(venue, "bob")
    yield user
    user.cancel_all()
    user.sdk.client.http_client.close()


def refused(status: int, text: str) -> Any:
    """The SDK has one error: an Exception that quotes the status and the message."""
    return pytest.raises(Exception, match=rf"(?s)status {status}: .*{text}")


def test_place_answers_the_order(alice: User) -> None:
    """A resting order is WORKING, with nothing executed."""
    order = alice.place("SELL", "3300", post_only="true")

    assert ("WORKING", "NEW", "0.01", "0") == (
        order.order_status,
        order.event_type,
        order.leaves_qty,
        order.exec_qty,
    )
    assert order.post_only is True


SLEEPING: dict[str, dict[str, str]] = {
    "STOP": {"stop_price": "2500"},
    "STOP_LIMIT": {"price": "2490", "stop_price": "2500"},
    "TAKE_PROFIT_STOP_LOSS": {"price": "3300", "stop_price": "2500", "stop_limit_price": "2490"},
}


@pytest.mark.parametrize("kind", SLEEPING)
def test_each_type_is_placed_read_and_canceled(alice: User, kind: str) -> None:
    """Each order works, shows its prices, is listed, and ends with the cancel."""
    asked = {"price": None} | SLEEPING[kind]
    placed = alice.place("SELL", type=kind, **asked)
    read = alice.get(placed.order_id)
    page = alice.sdk.orders.list_open_orders(ListOpenOrdersRequest(portfolio=alice.portfolio))

    assert (kind, "WORKING") == (read.type, read.order_status)
    assert asked == {name: getattr(read, name) for name in asked}
    assert [placed.order_id] == [one["order_id"] for one in page.orders["results"]]
    canceled = alice.cancel(placed.order_id)
    assert (kind, "DONE", "CANCELED") == (
        canceled.type, canceled.order_status, canceled.event_type,
    )  # fmt: skip


def test_stop_limit_is_modified(alice: User) -> None:
    """The stop price changes while the order sleeps."""
    placed = alice.place("SELL", **{"type": "STOP_LIMIT", **SLEEPING["STOP_LIMIT"]})
    asked = ModifyOpenOrderRequest(
        id=placed.order_id, portfolio=alice.portfolio, client_order_id="moved", stop_price="2495"
    )
    order = alice.sdk.orders.modify_open_order(asked)

    assert ("2495", "2490", "WORKING") == (order.stop_price, order.price, order.order_status)


def test_bracket_is_modified_and_canceled(alice: User) -> None:
    """The SDK's three fields change at once, the rest stays, and one cancel ends it."""
    asked = SLEEPING["TAKE_PROFIT_STOP_LOSS"]
    placed = alice.place("SELL", **{"type": "TAKE_PROFIT_STOP_LOSS", **asked})
    changes = {"price": "3310", "stop_price": "2495", "size": "0.02"}
    request = ModifyOpenOrderRequest(
        id=placed.order_id, portfolio=alice.portfolio, client_order_id="both", **changes
    )
    order = alice.sdk.orders.modify_open_order(request)

    expected = {"order_id": placed.order_id, "event_type": "REPLACED", **asked, **changes}
    assert expected == {name: getattr(order, name) for name in expected}
    assert "both" == alice.get(placed.order_id).client_order_id
    canceled = alice.cancel("both")
    assert (placed.order_id, "CANCELED") == (canceled.order_id, canceled.event_type)
    assert [] == alice.cancel_all()


def test_twap_is_placed_and_canceled(alice: User) -> None:
    """The order shows its strategy."""
    end = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    terms = {"tif": "GTT", "expire_time": end, "algo_strategy": "TWAP", "size": "0.1"}
    placed = alice.place("SELL", "3300", **terms)

    assert "TWAP" == placed.algo_strategy
    assert "CANCELED" == alice.cancel(placed.order_id).event_type


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ({"price": "3300.123456"}, "price"),
        ({"price": "3300", "size": "0"}, "quantity must be positive"),
        ({"price": "3300", "size": "1_000"}, "invalid size: must be a plain number"),
        ({"price": "3300", "size": "\u0661"}, "invalid size: must be a plain number"),
        ({"price": " 3300"}, "invalid price: must be a plain number"),
        ({"price": None}, "price is a required field"),
        ({"price": "3300", "instrument": "NO-PERP"}, "instrument"),
        ({"price": None, "type": "MARKET", "tif": "GTC"}, "market orders must be IoC"),
        ({"price": "3300", "type": "STOP_LIMIT"}, "stop_price is a required field"),
    ],
    ids=[
        "off-tick",
        "no-size",
        "underscore",
        "other-digits",
        "blank",
        "no-price",
        "no-instrument",
        "market-gtc",
        "no-stop-price",
    ],
)
def test_place_is_refused(alice: User, terms: dict[str, Any], text: str) -> None:
    """Bad terms are a 400 that names what is wrong, and nothing is placed."""
    with refused(400, text):
        alice.place("SELL", **terms)

    assert [] == alice.cancel_all()


def test_get_reads_back_what_was_placed(alice: User) -> None:
    """An order is the same when read as when placed."""
    placed = alice.place("BUY", "2700")

    assert asdict(placed) == asdict(alice.get(placed.order_id))


def test_get_is_refused_for_an_unknown_order(alice: User) -> None:
    """There is no such order."""
    with refused(404, "order not found"):
        alice.get("zzzzzzzz-1-0")


def test_list_shows_open_orders_only(alice: User) -> None:
    """A canceled order leaves the list."""
    kept, gone = alice.place("BUY", "2700"), alice.place("BUY", "2701")
    alice.cancel(gone.order_id)

    listed = alice.sdk.orders.list_open_orders(
        ListOpenOrdersRequest(portfolio=alice.portfolio, instrument="ETH-PERP", side="BUY")
    )

    assert [kept.order_id] == [order["order_id"] for order in listed.orders["results"]]


def test_list_is_refused_for_an_unknown_portfolio(alice: User) -> None:
    """No user has that portfolio."""
    with refused(404, "portfolio"):
        alice.sdk.orders.list_open_orders(ListOpenOrdersRequest(portfolio=NO_PORTFOLIO))


def test_modify_keeps_the_order_and_takes_the_new_id(alice: User) -> None:
    """The order id stays, the client id and the price are new."""
    order = alice.place("BUY", "2700")

    modified = alice.sdk.orders.modify_open_order(
        ModifyOpenOrderRequest(
            id=order.order_id, client_order_id="sdk-new-1", portfolio=alice.portfolio, price="2650"
        )
    )

    assert (order.order_id, "sdk-new-1", "2650", "REPLACED") == (
        modified.order_id,
        modified.client_order_id,
        modified.price,
        modified.event_type,
    )


def test_modify_is_refused_for_a_closed_order(alice: User) -> None:
    """A closed order cannot be changed."""
    order = alice.place("BUY", "2700")
    alice.cancel(order.order_id)

    with refused(400, "order is already canceled"):
        alice.sdk.orders.modify_open_order(
            ModifyOpenOrderRequest(
                id=order.order_id,
                client_order_id="sdk-new-2",
                portfolio=alice.portfolio,
                price="2650",
            )
        )


@pytest.mark.parametrize("by", ["order_id", "client_order_id"])
def test_cancel_takes_either_id(alice: User, by: str) -> None:
    """The answer is the order, done, with what it had left."""
    order = alice.place("BUY", "2700")

    canceled = alice.cancel(getattr(order, by))

    assert ("CANCELED", "DONE", "0.01", "client cancel") == (
        canceled.event_type,
        canceled.order_status,
        canceled.leaves_qty,
        canceled.text,
    )


def test_cancel_of_a_partly_filled_order_keeps_its_fills(alice: User, bob: User) -> None:
    """The executed quantity stays executed."""
    order = alice.place("SELL", "3000", size="0.05")
    bob.place("BUY", "3000", size="0.02", tif="IOC")

    canceled = alice.cancel(order.order_id)

    assert ("CANCELED", "0.02", "0.03", "3000") == (
        canceled.event_type,
        canceled.exec_qty,
        canceled.leaves_qty,
        canceled.avg_price,
    )


def test_cancel_is_refused(alice: User, bob: User) -> None:
    """
    An unknown order, another user's, a filled one, a canceled one, one without portfolio: each says
    why.
    """
    order = alice.place("BUY", "2700")
    alice.cancel(order.order_id)
    filled = alice.place("SELL", "3000", size="0.01")
    bob.place("BUY", "3000", size="0.01", tif="IOC")

    with refused(404, "order not found"):
        alice.cancel("never-was")
    with refused(404, "order not found"):
        bob.cancel(order.order_id)
    with refused(400, "canceled"):
        alice.cancel(order.order_id)
    with refused(400, "filled"):
        alice.cancel(filled.order_id)
    with refused(400, "portfolio"):
        alice.cancel(order.order_id, portfolio="not a portfolio")


def test_cancel_all_answers_the_canceled_orders(alice: User) -> None:
    """The canceled orders are listed in order of submission, narrowed by the filters."""
    buys = [alice.place("BUY", price) for price in ("2700", "2710")]
    sell = alice.place("SELL", "3300")

    assert [o.order_id for o in buys] == [o["order_id"] for o in alice.cancel_all(side="BUY")]
    assert [sell.order_id] == [o["order_id"] for o in alice.cancel_all(instrument="ETH-PERP")]
    assert [] == alice.cancel_all()


def test_cancel_all_is_refused_for_a_side_that_is_none(alice: User) -> None:
    """The SDK's own enum member arrives as `OrderSide.BUY`: refused, and nothing is canceled."""
    order = alice.place("BUY", "2700")

    with refused(400, "side"):
        alice.cancel_all(side="OrderSide.BUY")

    assert "WORKING" == alice.get(order.order_id).order_status


def test_portfolios_are_listed_read_made_and_renamed(alice: User) -> None:
    """The whole life of a portfolio."""
    portfolios = alice.sdk.portfolios
    listed = portfolios.list_portfolios(ListPortfoliosRequest()).portfolios
    made = portfolios.create_portfolio(CreatePortfolioRequest(name="spare")).portfolio
    renamed = portfolios.update_portfolio(
        UpdatePortfolioRequest(portfolio=made.portfolio_uuid, name="spare 2")
    ).portfolio
    read = portfolios.get_portfolio(GetPortfolioRequest(portfolio=made.portfolio_id)).portfolio

    assert alice.portfolio in [portfolio.portfolio_uuid for portfolio in listed]
    assert "spare 2" == renamed.name == read.name


def test_portfolio_is_refused_to_strangers(alice: User, bob: User) -> None:
    """A portfolio that is not on this key is forbidden, one that is nowhere is not found."""
    with refused(403, "portfolio"):
        bob.sdk.portfolios.get_portfolio(GetPortfolioRequest(portfolio=alice.portfolio))
    with refused(404, "portfolio"):
        bob.sdk.portfolios.get_portfolio(GetPortfolioRequest(portfolio=NO_PORTFOLIO))


def test_balances_show_what_orders_hold(alice: User) -> None:
    """A spot buy holds its notional and its fee, and a cancel frees it."""
    portfolios = alice.sdk.portfolios
    request = GetBalanceForPortfolioAssetRequest(portfolio=alice.portfolio, asset="USDC")
    before = portfolios.get_balance_for_portfolio_asset(request).balance
    order = alice.place("BUY", "2700", instrument="ETH-USDC")
    during = portfolios.get_balance_for_portfolio_asset(request).balance
    alice.cancel(order.order_id)
    after = portfolios.get_balance_for_portfolio_asset(request).balance
    listed = portfolios.list_portfolio_balances(
        ListPortfolioBalancesRequest(portfolio=alice.portfolio)
    ).balances

    assert float(during.hold) - float(before.hold) >= 27
    assert before == after
    assert after in listed


def test_balances_are_refused_for_an_unknown_asset(alice: User) -> None:
    """The refusal says that there is no such asset."""
    with refused(404, "asset"):
        alice.sdk.portfolios.get_balance_for_portfolio_asset(
            GetBalanceForPortfolioAssetRequest(portfolio=alice.portfolio, asset="NOPE")
        )


def test_positions_and_fills_tell_the_same_story(alice: User, bob: User) -> None:
    """A trade moves both positions and leaves a fill on both sides."""
    before = _net_size(alice)
    order = alice.place("SELL", "3000", size="0.04")
    bob.place("BUY", "3000", size="0.04", tif="IOC")

    fills = alice.sdk.portfolios.list_portfolio_fills(
        ListPortfolioFillsRequest(portfolio=alice.portfolio, order_id=order.order_id)
    ).fills_result.results
    both = alice.sdk.portfolios.list_fills_by_portfolios(
        ListFillsByPortfoliosRequest(portfolios=alice.portfolio, order_id=order.order_id)
    ).fills_result.results

    assert [("0.04", "3000", "SELL")] == [
        (fill["fill_qty"], fill["fill_price"], fill["side"]) for fill in fills
    ]
    assert fills == both
    assert before - 0.04 == pytest.approx(_net_size(alice))


def _net_size(user: User) -> float:
    positions = user.sdk.portfolios.list_portfolio_positions(
        ListPortfolioPositionsRequest(portfolio=user.portfolio)
    ).positions
    return sum(float(p.net_size) for p in positions if p.symbol == "ETH-PERP")


def test_position_of_one_instrument(alice: User, bob: User) -> None:
    """An unknown instrument is not found."""
    alice.place("SELL", "3000")
    bob.place("BUY", "3000", tif="IOC")
    portfolios = alice.sdk.portfolios

    position = portfolios.get_position_for_portfolio_instrument(
        GetPositionForPortfolioInstrumentRequest(portfolio=alice.portfolio, instrument="ETH-PERP")
    ).position

    assert "ETH-PERP" == position.symbol
    with refused(404, "instrument"):
        portfolios.get_position_for_portfolio_instrument(
            GetPositionForPortfolioInstrumentRequest(portfolio=alice.portfolio, instrument="NOPE")
        )


def test_fills_are_refused_beyond_the_page_limit(alice: User) -> None:
    """The refusal names the limit."""
    with refused(400, "invalid result_limit"):
        alice.sdk.portfolios.list_portfolio_fills(
            ListPortfolioFillsRequest(
                portfolio=alice.portfolio, pagination=PaginationParams(result_limit="101")
            )
        )


def test_summary_detail_and_fee_rates_decode(alice: User) -> None:
    """The SDK's strict classes take every field."""
    portfolios = alice.sdk.portfolios

    summary = portfolios.get_portfolio_summary(
        GetPortfolioSummaryRequest(portfolio=alice.portfolio)
    ).portfolio_summary
    detail = portfolios.get_portfolio_details(
        GetPortfolioDetailsRequest(portfolio=alice.portfolio)
    ).portfolio_detail
    rates = portfolios.list_portfolio_fee_rates(ListPortfolioFeeRatesRequest()).fee_rates
    tiers = alice.sdk.feerates.list_fee_rate_tiers(ListFeeRateTiersRequest()).fee_tiers

    assert float(summary.balance) > 0
    assert detail.summary["collateral"] == summary.collateral
    assert {"PERPETUAL_FUTURE", "SPOT"} == {rate.instrument_type for rate in rates}
    assert {"PERPETUAL_FUTURE", "SPOT"} == {tier["instrument_type"] for tier in tiers}


def test_instruments_and_quotes_decode(alice: User) -> None:
    """The list, one of it, and its quote."""
    instruments = alice.sdk.instruments

    listed = instruments.list_instruments(ListInstrumentsRequest())
    one = instruments.get_instrument_details(GetInstrumentDetailsRequest(instrument="ETH-PERP"))
    alice.place("BUY", "2700")
    quote = instruments.get_quote_per_instrument(
        GetQuotePerInstrumentRequest(instrument="ETH-PERP")
    )

    assert "ETH-PERP" in [_symbol(instrument) for instrument in listed.instruments]
    assert ("PERP", "TRADING") == (one.type, one.trading_state)
    assert "2700" == quote.best_bid_price


def _symbol(instrument: Any) -> str:
    return str(instrument["symbol"] if isinstance(instrument, dict) else instrument.symbol)


def test_instruments_and_assets_are_refused_when_unknown(alice: User) -> None:
    """Neither has one called so."""
    with refused(404, "instrument"):
        alice.sdk.instruments.get_instrument_details(
            GetInstrumentDetailsRequest(instrument="NO-PERP")
        )
    with refused(404, "instrument"):
        alice.sdk.instruments.get_quote_per_instrument(
            GetQuotePerInstrumentRequest(instrument="NO-PERP")
        )
    with refused(404, "asset"):
        alice.sdk.assets.get_asset_details(GetAssetDetailsRequest(asset="NOPE"))


def test_assets_decode(alice: User) -> None:
    """The list and one of it."""
    listed = alice.sdk.assets.list_assets(ListAssetsRequest()).assets
    one = alice.sdk.assets.get_asset_details(GetAssetDetailsRequest(asset="USDC")).asset

    assert one in listed


def test_a_wrong_key_is_refused(venue: dict[str, Any], alice: User) -> None:
    """A signature made with another secret proves nothing."""
    account = venue["accounts"]["alice"]
    stranger = IntxServicesClient(
        Credentials(account["access_key"], account["passphrase"], "c29tZXRoaW5nIGVsc2U="),
        base_url=f"{venue['base_url']}/api/v1",
    )

    with refused(401, "invalid signature"):
        stranger.portfolios.list_portfolios(ListPortfoliosRequest())
    stranger.client.http_client.close()


def test_history_of_a_market(alice: User, bob: User) -> None:
    """Candles, daily volumes, and empty lists of funding and transfers."""
    price = "2801"
    alice.place("SELL", price, "0.3")
    bob.place("BUY", price, "0.3")
    instruments = alice.sdk.instruments
    candles = instruments.get_aggregated_candles(
        GetAggregatedCandlesRequest(
            instrument="ETH-PERP", granularity="ONE_DAY", start="2020-01-01T00:00:00Z"
        )
    )
    volumes = instruments.get_daily_trading_volumes(
        GetDailyTradingVolumesRequest(instruments="ETH-PERP,BTC-PERP")
    )
    funding = instruments.get_historical_funding_rates(
        GetHistoricalFundingRatesRequest(instrument="ETH-PERP")
    )

    [candle] = candles.aggregations
    assert float(candle["volume"]) >= 0.3
    [today] = volumes.results
    assert candle["start"] == today["timestamp"]
    assert ("ETH-PERP", candle["volume"]) == (
        today["instruments"][0]["symbol"], today["instruments"][0]["volume"],
    )  # fmt: skip
    assert [] == funding.results
