"""What the reading half makes of answers, accounts and worlds that lack something."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.venues.autoshares.window import Window

from countermand.venues.autoshares.messages.accounts import GetLimits, OfUser
from countermand.venues.autoshares.paging import Page
from countermand.venues.autoshares.translate import (
    accounts,
    holdings,
    limits,
    streamers,
    users,
    worth,
)
from countermand.vocabulary.ids import AssetId
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, BalanceReport, QuoteReport, ReferenceData
from countermand.wire.context import Context
from countermand.wire.directory import Directory
from countermand.wire.errors import Malformed, NotExpressible, Unauthorized


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


def nobody(window: Window) -> Context:
    """Return the context of a request that nobody is proven to have made."""
    return replace(window.desk.context(message=OfUser("@me")), principal=None)


def test_balance_of_no_account_cannot_be_read(window: Window) -> None:
    """The answer does not say whose it is; only the request does."""
    ctx = window.desk.context()
    info = accounts.info_reply_to_wire(summary(window), ctx)

    with pytest.raises(NotExpressible):
        accounts.info_reply_from_wire(info, ctx)


def test_account_that_is_not_there_any_more_is_denied() -> None:
    """As one that never was."""
    with pytest.raises(Unauthorized):
        accounts.there(None)


def test_account_that_nobody_owns_cannot_be_read(window: Window) -> None:
    """Its owner is part of what our client reports."""
    (first, *_) = users.accounts_reply_to_wire(
        ReferenceData((), (), (window.account(),)), window.desk.context(message=OfUser("@me"))
    )

    with pytest.raises(Malformed):
        users.account_from_wire(replace(first, owners=[]), is_default=True)


def test_position_in_an_unknown_security_cannot_be_read(window: Window) -> None:
    """Its grid would be a guess."""
    ctx = window.desk.context()
    query = GetAccount(window.account().account_id)
    (report,) = window.desk.engine.exchange.query(query).positions
    known = holdings.position_to_wire(report, ctx)
    unknown = replace(known, security_id=999_999)
    page = Page(result=[unknown], next_page_link="", previous_page_link="", total_count=1)

    with pytest.raises(Malformed):
        holdings.positions_reply_from_wire(page, ctx)


def test_nobody_has_neither_accounts_nor_a_session(window: Window) -> None:
    """Unproven is refused wherever it is asked who asks."""
    ctx = nobody(window)

    with pytest.raises(Unauthorized):
        users.user_from_wire(OfUser("@me"), ctx)
    with pytest.raises(Unauthorized):
        streamers.session_id(streamers.DATA, ctx)


def test_dollars_are_found_among_other_assets(window: Window) -> None:
    """And are none where there never were any."""
    ctx = window.desk.context()
    usd = worth.currency(ctx).asset_id

    assert 7 == worth.dollars(summary(window, (usd + 1, 5), (usd, 7)), ctx).total_minor
    assert 0 == worth.dollars(summary(window), ctx).total_minor


def test_world_without_dollars_has_no_accounts_to_show(window: Window) -> None:
    """Everything here is counted in them."""
    ctx = replace(window.desk.context(), directory=Directory("", ReferenceData((), (), ())))

    with pytest.raises(KeyError, match="USD"):
        worth.currency(ctx)


@pytest.mark.parametrize(("minor", "shares"), [(67, 0), (68, 1)])
def test_limit_counts_margin_and_fee_as_they_are_rounded(
    window: Window, minor: int, shares: int
) -> None:
    """A third of 100 units for each is 33.3, so that both take 68 and not 67."""
    ctx = window.desk.context(message=GetLimits("1", "AAPL"))
    third = replace(
        window.stock(), initial_margin_ppb=333_333_333, taker_fee_ppb=333_333_333, maker_fee_ppb=0
    )
    quote = QuoteReport(third, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
    known = summary(window, (worth.currency(ctx).asset_id, minor))

    assert shares == limits.limits_reply_to_wire(known, replace(ctx, found=quote)).buy_limit


def test_limit_looks_at_the_position_in_that_security(window: Window) -> None:
    """One in another closes nothing."""
    assert 1 == window.seen(window.path("/preview/limits/AAPL"))["SellLimit"]
    assert 1_000 < window.seen(window.path("/preview/limits/MSFT"))["SellLimit"]
