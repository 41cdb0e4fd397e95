"""Reads of answers, accounts and worlds that lack a part."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.venues.autoshares.window import Window, answered

from countermand.venues.autoshares import account, limits, positions, valuation
from countermand.venues.autoshares.messages.accounts import ListPositions, OfAccount
from countermand.venues.autoshares.messages.shared import Page
from countermand.vocabulary.ids import AccountId, AssetId
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, BalanceReport, QuoteReport, ReferenceData
from countermand.wire.directory import Directory
from countermand.wire.errors import Malformed, Unauthorized


@pytest.fixture(scope="module")
def window() -> Window:
    """A window on which alice holds one share."""
    window = Window()
    window.trade(window.account(), window.account("bob"), "1", "180")
    return window


def summary(window: Window, *balances: tuple[int, int]) -> AccountSummary:
    """Return an account with these balances, (asset, minor units), and nothing else."""
    account = window.account()
    told = tuple(
        BalanceReport(account.account_id, AssetId(asset), minor, 0) for asset, minor in balances
    )
    return AccountSummary(account, told, (), 0)


def test_balance_is_that_of_the_account_asked_for(window: Window) -> None:
    """The answer does not say whose it is; only the request does."""
    ctx, asked = window.desk.context(), OfAccount("12")
    info = valuation.info(summary(window), ctx)

    assert [12] == [one.account_id for one in account.read_info(info, asked, ctx)]


def test_account_that_is_not_there_any_more_is_denied() -> None:
    """A removed account is denied like one that never existed."""
    with pytest.raises(Unauthorized, match=r"Authorization has been denied for this request\."):
        answered(account.summary(AccountId(12)), None)


def test_account_belongs_to_the_tokens_user(window: Window) -> None:
    """An account is read as the token's user's, also where the answer lists no owner."""
    ctx = window.desk.context()
    first = account.show_account(window.account(), ctx)

    assert "alice" == account.read_account(replace(first, owners=[]), ctx, is_default=True).owner


def test_position_in_an_unknown_security_cannot_be_read(window: Window) -> None:
    """The security's steps would be a guess."""
    ctx = window.desk.context()
    query = GetAccount(window.account().account_id)
    (report,) = window.desk.engine.exchange.query(query).positions
    known = positions.show_position(report, ctx)
    unknown = replace(known, symbol="ELSEWHERE")
    page = Page(result=[unknown], next_page_link="", previous_page_link="", total_count=1)

    with pytest.raises(Malformed, match="position names what is not known here"):
        positions.read_page(page, ListPositions(account_id="1"), ctx)


@pytest.mark.parametrize("path", ["/v1.0/users/@me/accounts", "/v1.0/streamers"])
def test_unproven_request_has_neither_accounts_nor_a_session(window: Window, path: str) -> None:
    """A request without a proven key is refused in each place that needs the user."""
    assert window.raw(path, owner=None)[0] in (401, 403)


def test_dollars_are_found_among_other_assets(window: Window) -> None:
    """A world without dollars has none."""
    ctx = window.desk.context()
    usd = valuation.currency(ctx).asset_id

    assert 7 == valuation.dollars(summary(window, (usd + 1, 5), (usd, 7)), ctx).total_minor
    assert 0 == valuation.dollars(summary(window), ctx).total_minor


def test_world_without_dollars_has_no_accounts_to_show(window: Window) -> None:
    """Everything here is counted in them."""
    ctx = replace(window.desk.context(), directory=Directory("", ReferenceData((), (), ())))

    with pytest.raises(KeyError, match="USD"):
        valuation.currency(ctx)


@pytest.mark.parametrize(("minor", "shares"), [(67, 0), (68, 1)])
def test_limit_counts_margin_and_fee_as_they_are_rounded(
    window: Window, minor: int, shares: int
) -> None:
    """A third of 100 units for each is 33.3, so that both take 68 and not 67."""
    ctx = window.desk.context()
    third = replace(
        window.stock(), initial_margin_ppb=333_333_333, taker_fee_ppb=333_333_333, maker_fee_ppb=0
    )
    quote = QuoteReport(third, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
    known = summary(window, (valuation.currency(ctx).asset_id, minor))

    assert shares == limits.show_limits(known, quote, 0, ctx).buy_limit


def test_limit_looks_at_the_position_in_that_security(window: Window) -> None:
    """A position in another security closes nothing."""
    assert 1 == window.seen(window.path("/preview/limits/AAPL"))["SellLimit"]
    assert 1_000 < window.seen(window.path("/preview/limits/MSFT"))["SellLimit"]
