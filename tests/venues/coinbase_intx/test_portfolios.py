"""Portfolios: their names, summaries and positions."""

from __future__ import annotations

from decimal import Decimal

from tests.venues.coinbase_intx.shop import Shop

from countermand.vocabulary.commands import (
    WithdrawFunds,
)


def test_portfolios_are_opened_and_renamed(shop: Shop) -> None:
    """200, not 201; a name is unique, and only the name can be changed."""
    status, made = shop.send("POST", "/portfolios", {"name": "third"})
    assert (status, made["name"], made["is_default"]) == (200, "third", False)
    assert shop.send("POST", "/portfolios", {"name": "third"})[1]["error"] == "DUPLICATE_NAME"
    assert (
        shop.send("POST", "/portfolios", {"name": " "})[1]["message"] == "name is a required field"
    )

    path = f"/portfolios/{made['portfolio_id']}"
    assert shop.send("PUT", path, {"name": "3rd"})[1]["name"] == "3rd"
    assert shop.send("PUT", path, {})[1]["message"] == "name is a required field"
    assert shop.send("PATCH", path, {"portfolio_name": "three"})[1]["name"] == "three"
    assert shop.send("PATCH", path, {"auto_margin_enabled": True})[1]["name"] == "three"
    assert shop.send("PATCH", path, {"auto_margin_enabled": "false"})[0] == 400
    assert [p["name"] for p in shop.send("GET", "/portfolios")[1]] == ["main", "second", "three"]


def test_no_more_than_twenty_portfolios(shop: Shop) -> None:
    """Per user."""
    answers = [shop.send("POST", "/portfolios", {"name": f"p{n}"})[0] for n in range(19)]

    assert answers == [200] * 18 + [400]


def test_name_of_a_portfolio_has_a_length(shop: Shop) -> None:
    """A hundred characters; one more is refused by the field's name."""
    longest, longer = "n" * 100, "n" * 101

    assert shop.send("POST", "/portfolios", {"name": longest})[1]["name"] == longest
    status, refused = shop.send("POST", "/portfolios", {"name": longer})
    assert (status, refused["message"]) == (400, "invalid name: no more than 100 characters")


def summed(shop: Shop, *names: str) -> tuple[str, ...]:
    """Return figures of alice's summary."""
    summary = shop.send("GET", f"/portfolios/{shop.main}/summary")[1]
    return tuple(summary[name] for name in names)


def test_summary_counts_open_orders(shop: Shop) -> None:
    """2 at 1500 rest beside a position of 144,000: 147,000 are open, at a margin of a tenth."""
    shop.placed(shop.bob, size="48", price="3000")
    shop.placed(side="BUY", size="48", price="3000", client_order_id="long")
    before = summed(shop, "balance", "position_notional", "open_position_notional", "buying_power")
    shop.placed(side="BUY", size="2", price="1500", client_order_id="rests")
    after = summed(shop, "balance", "position_notional", "open_position_notional", "buying_power")
    collateral = Decimal(before[0])

    assert before[1:3] == ("144000", "144000")
    assert after[:3] == (before[0], "144000", "147000")
    assert Decimal(before[3]) == collateral - 14_400
    assert Decimal(after[3]) == collateral - 14_700


def test_order_that_can_only_close_opens_nothing(shop: Shop) -> None:
    """The larger of what all buys and all sells would leave counts, as margin is asked."""
    shop.placed(shop.bob, size="2", price="3000")
    shop.placed(side="BUY", size="2", price="3000", client_order_id="long")
    figures = []
    for size in ("2", "3"):
        shop.placed(size=size, price="3200", client_order_id=f"out {size}")
        figures += summed(shop, "open_position_notional")

    # Long 6,000; sells of 6,400 could only close, of 16,000 they leave 10,000 short.
    assert figures == ["6000", "10000"]


def test_loss_at_mark_is_no_balance(shop: Shop) -> None:
    """Bought at 3100 and marked at 3000: the balance is less, and so is what it buys."""
    shop.placed(shop.bob, size="10")
    shop.placed(side="BUY", size="10", client_order_id="long")
    for side in ("SELL", "BUY"):
        shop.placed(
            shop.bob, side=side, price="3000", size="0.1", client_order_id=side, stp_mode="NONE"
        )
    collateral, profit, balance, power = map(
        Decimal, summed(shop, "collateral", "unrealized_pnl", "balance", "buying_power")
    )

    assert profit == -1_000
    assert balance == collateral - 1_000
    assert power == balance - 3_000


def test_loss_at_mark_opens_nothing(shop: Shop) -> None:
    """1,000,000 USDC, long 160 BTC at 60000, marked at 50000: only closing is left."""
    usdc = shop.desk.directory.asset_by_symbol("USDC")
    assert usdc is not None
    account_id = shop.desk.accounts()[0].account_id
    had = Decimal(shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]["quantity"])
    more = int((had - 1_000_000) * 10**usdc.scale)
    shop.desk.engine.enter(WithdrawFunds(account_id, usdc.asset_id, more))
    btc = {"instrument": "BTC-PERP", "stp_mode": "NONE"}
    shop.placed(shop.bob, size="160", price="60000", **btc)
    shop.placed(side="BUY", size="160", price="60000", client_order_id="long", **btc)
    assert summed(shop, "buying_power") == ("36160",)
    for side in ("SELL", "BUY"):
        terms = {"side": side, "price": "50000", "size": "0.1", "client_order_id": side}
        shop.placed(shop.bob, **terms, **btc)
    balance = shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]
    status, problem = shop.place(side="BUY", size="0.1", price="40000", client_order_id="n", **btc)

    assert summed(shop, "unrealized_pnl", "buying_power") == ("-1600000", "0")
    assert balance["max_withdraw_amount"] == "0"
    assert (status, problem["error"]) == (400, "INSUFFICIENT_FUNDS")
    assert shop.place(size="160", price="70000", client_order_id="out", **btc)[0] == 200


def test_contribution_to_margin_is_a_fraction(shop: Shop) -> None:
    """Parts of the portfolio's notional, which add up to its initial margin: a tenth here."""
    for instrument, price in (("ETH-PERP", "3000"), ("BTC-PERP", "60000")):
        terms = {"instrument": instrument, "price": price, "size": "1"}
        shop.placed(shop.bob, client_order_id=instrument, **terms)
        shop.placed(side="BUY", client_order_id=f"long {instrument}", **terms)
    positions = shop.send("GET", f"/portfolios/{shop.main}/positions")[1]
    parts = {one["symbol"]: Decimal(one["im_contribution"]) for one in positions}
    whole = shop.send("GET", f"/portfolios/{shop.main}/summary")[1]["portfolio_initial_margin"]

    assert parts == {"ETH-PERP": Decimal("0.004761905"), "BTC-PERP": Decimal("0.095238095")}
    assert float(sum(parts.values())) == whole == 0.1


def test_usdc_tells_what_a_loan_would_ask(shop: Shop) -> None:
    """The fields are as captured; loans do not exist here."""
    assets = {one["asset_name"]: one for one in shop.send("GET", "/assets")[1]}

    assert ("0.1", "3") == tuple(
        assets["USDC"][name] for name in ("loan_initial_margin", "max_loan_leverage")
    )
    assert "loan_initial_margin" not in assets["BTC"]


def test_detail_is_its_parts(shop: Shop) -> None:
    """Summary, balances, positions, each as on its own route."""
    shop.placed()
    shop.placed(shop.bob, side="BUY", client_order_id="hit")
    under = f"/portfolios/{shop.main}"
    detail = shop.send("GET", f"{under}/detail")[1]

    assert list(detail) == ["summary", "balances", "positions"]
    for part in detail:
        assert shop.send("GET", f"{under}/{part}")[1] == detail[part]
    assert detail["positions"][0]["net_size"] == "-0.5"
    assert detail["summary"]["position_notional"] == "1550"


def test_profit_is_what_the_mark_makes_of_the_cost(shop: Shop) -> None:
    """A short of half an ETH at 3100, and a last trade at 3090: five USDC."""
    shop.placed()
    shop.placed(shop.bob, side="BUY", client_order_id="hit")
    shop.placed(shop.bob, price="3090", size="0.1", client_order_id="s", stp_mode="NONE")
    shop.placed(
        shop.bob, side="BUY", price="3090", size="0.1", client_order_id="b", stp_mode="NONE"
    )
    under = f"/portfolios/{shop.main}"
    position = shop.send("GET", f"{under}/positions/ETH-PERP")[1]

    assert (position["entry_vwap"], position["mark_price"]) == ("3100", "3090")
    assert position["unrealized_pnl"] == "5"
    assert shop.send("GET", f"{under}/summary")[1]["unrealized_pnl"] == "5"
