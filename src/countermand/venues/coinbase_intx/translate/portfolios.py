"""Portfolios and fees: the account itself, its name and what it pays."""

from typing import Any

from countermand.venues.coinbase_intx import ids, tables
from countermand.venues.coinbase_intx.ids import Kind
from countermand.venues.coinbase_intx.messages import markets, portfolios
from countermand.venues.coinbase_intx.translate import resolve
from countermand.venues.coinbase_intx.translate.resolve import NAME
from countermand.vocabulary.commands import ConfigureAccount, OpenAccount
from countermand.vocabulary.events import AccountConfigured, AccountOpened
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.instrument import InstrumentKind
from countermand.vocabulary.queries import GetAccount, GetReferenceData
from countermand.vocabulary.reports import AccountReport, AccountSummary, Receipt, ReferenceData
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, Malformed, MissingField, NotFound
from countermand.wire.numbers import rate_text
from countermand.wire.receipts import accepted

PORTFOLIOS_MAX = 20
NAME_CHARS_MAX = 100

# The switches a PATCH may name, with what they stand at here.
_SWITCHES = {
    "auto_margin_enabled": True,
    "cross_collateral_enabled": False,
    "position_offsets_enabled": False,
    "pre_launch_trading_enabled": False,
}


def list_from_wire(message: portfolios.ListPortfolios, ctx: Context) -> GetReferenceData:
    """Return the question for all portfolios of the key's owner."""
    return GetReferenceData(NAME)


def list_to_wire(query: GetReferenceData, ctx: Context) -> portfolios.ListPortfolios:
    """Return the request for all portfolios."""
    return portfolios.ListPortfolios()


def list_reply_to_wire(data: ReferenceData, ctx: Context) -> list[portfolios.Portfolio]:
    """Return all portfolios of the key's owner, in order of opening."""
    owner = resolve.principal(ctx).owner
    return [portfolio_to_wire(one, ctx) for one in data.accounts if one.owner == owner]


def list_reply_from_wire(
    message: list[portfolios.Portfolio], ctx: Context
) -> tuple[AccountReport, ...]:
    """Return the accounts behind the portfolios."""
    return tuple(portfolio_from_wire(one, ctx) for one in message)


def get_from_wire(message: portfolios.GetPortfolio, ctx: Context) -> GetAccount:
    """Return the question for a portfolio and what is in it. Raises for the portfolio."""
    return GetAccount(resolve.portfolio(message.portfolio, ctx))


def get_to_wire(query: GetAccount, ctx: Context) -> portfolios.GetPortfolio:
    """Return the request for what is in a portfolio."""
    return portfolios.GetPortfolio(ids.both(Kind.PORTFOLIO, query.account_id)[1])


def get_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> portfolios.Portfolio:
    """Return one portfolio. Raises NotFound."""
    return portfolio_to_wire(found(summary).account, ctx)


def found(summary: AccountSummary | None) -> AccountSummary:
    """Return the summary there is. Raises NotFound when there is none."""
    if summary is None:
        raise NotFound("portfolio not found")
    return summary


def open_from_wire(message: portfolios.CreatePortfolio, ctx: Context) -> OpenAccount:
    """Return the portfolio to be opened. Raises MissingField, InvalidField."""
    owner = resolve.principal(ctx).owner
    if len(tuple(ctx.directory.accounts_of(owner))) >= PORTFOLIOS_MAX:
        raise InvalidField("name", f"no more than {PORTFOLIOS_MAX} portfolios")
    return OpenAccount(NAME, owner, _checked_name(message.name))


def open_reply_to_wire(receipt: Receipt, ctx: Context) -> portfolios.Portfolio:
    """Return the portfolio that was opened. Raises OrderRefused when its name is taken."""
    event = accepted(receipt).events[0]
    assert isinstance(event, AccountOpened)  # noqa: S101  (the answer to OpenAccount)
    account = AccountReport(
        event.account_id, event.venue, event.owner, event.name, event.is_default
    )
    return portfolio_to_wire(account, ctx)


def update_from_wire(message: portfolios.UpdatePortfolio, ctx: Context) -> ConfigureAccount:
    """Return the change of a portfolio that a PUT asks for. Raises MissingField, InvalidField."""
    if (message.name or message.portfolio_name) is None:
        raise MissingField("name")
    return patch_from_wire(message, ctx)


def patch_from_wire(message: portfolios.UpdatePortfolio, ctx: Context) -> ConfigureAccount:
    """
    Return the change of a portfolio that a PATCH asks for. Raises InvalidField for other than the
    name.
    """
    account_id = resolve.portfolio(message.portfolio, ctx)
    for switch, stands_at in _SWITCHES.items():
        asked = getattr(message, switch)
        if asked is not None and (asked in (True, "true")) is not stands_at:
            raise InvalidField(switch, f"{switch} cannot be changed here")
    name = message.portfolio_name if message.name is None else message.name
    return ConfigureAccount(account_id, None if name is None else _checked_name(name))


def update_reply_to_wire(receipt: Receipt, ctx: Context) -> portfolios.Portfolio:
    """Return the portfolio as it is now. Raises OrderRefused when its new name is taken."""
    event = accepted(receipt).events[0]
    assert isinstance(event, AccountConfigured)  # noqa: S101  (the answer to ConfigureAccount)
    was = ctx.directory.accounts[event.account_id]
    return portfolio_to_wire(
        AccountReport(
            was.account_id,
            was.venue,
            was.owner,
            event.name,
            was.is_default,
            event.trading_locked,
            event.reduce_only,
        ),
        ctx,
    )


def portfolio_to_wire(account: AccountReport, ctx: Context) -> portfolios.Portfolio:
    """Return a portfolio; its fee rates are those of perpetuals."""
    portfolio_id, portfolio_uuid = ids.both(Kind.PORTFOLIO, account.account_id)
    maker, taker = _rates(InstrumentKind.PERPETUAL, ctx)
    return portfolios.Portfolio(
        portfolio_id=portfolio_id,
        portfolio_uuid=portfolio_uuid,
        name=account.name,
        user_uuid=user_uuid(account.owner, ctx),
        maker_fee_rate=maker,
        taker_fee_rate=taker,
        trading_lock=account.trading_locked,
        withdrawal_lock=True,
        borrow_disabled=True,
        is_lsp=False,
        is_default=account.is_default,
        close_only=account.reduce_only,
        forced_liquidation=False,
        **_SWITCHES,
    )


def portfolio_from_wire(message: portfolios.Portfolio, ctx: Context) -> AccountReport:
    """Return the account behind a portfolio; it belongs to who asks."""
    number = ids.parse(Kind.PORTFOLIO, message.portfolio_uuid)
    if number is None:
        raise Malformed("portfolio names what is not known here")
    return AccountReport(
        AccountId(number),
        NAME,
        resolve.principal(ctx).owner,
        message.name,
        message.is_default,
        message.trading_lock,
        message.close_only,
    )


def user_uuid(owner: str, ctx: Context) -> str:
    """Return the UUID of a user, made from the first account opened for them."""
    first = next(iter(ctx.directory.accounts_of(owner)), None)
    return ids.both(Kind.USER, first.account_id if first else 0)[1]


def fee_rates_from_wire(message: Any, ctx: Context) -> GetReferenceData:
    """Return the question behind both fee lists."""
    return GetReferenceData(NAME)


def fee_rates_reply_to_wire(data: ReferenceData, ctx: Context) -> list[markets.FeeRate]:
    """Return what the key's owner pays on each type of instrument there is."""
    rates = []
    for kind, text in _asked_types(ctx):
        maker, taker = _rates(kind, ctx)
        rates.append(
            markets.FeeRate(
                instrument_type=text,
                fee_tier_id="1",
                is_vip_tier=False,
                fee_tier_name="Countermand",
                maker_fee_rate=maker,
                taker_fee_rate=taker,
                is_override=False,
                trailing_30day_volume="0",
                trailing_24hr_usdc_balance="0",
            )
        )
    return rates


def fee_tiers_reply_to_wire(data: ReferenceData, ctx: Context) -> list[markets.FeeTier]:
    """Return the one tier there is, for each type of instrument there is."""
    tiers = []
    for kind, text in _asked_types(ctx):
        maker, taker = _rates(kind, ctx)
        tiers.append(
            markets.FeeTier(
                fee_tier_type="REGULAR",
                instrument_type=text,
                fee_tier_id="1",
                fee_tier_name="Countermand",
                maker_fee_rate=maker,
                taker_fee_rate=taker,
                min_balance="0",
                min_volume="0",
                require_balance_and_volume=False,
            )
        )
    return tiers


def _asked_types(ctx: Context) -> list[tuple[InstrumentKind, str]]:
    asked = ctx.message.instrument_type
    listed = {one.kind for one in ctx.directory.instruments.values()}
    return [
        (kind, text)
        for kind, text in tables.FEE_INSTRUMENT_TYPES.rows
        if kind in listed and asked in (None, text, tables.INSTRUMENT_TYPES.to_wire(kind))
    ]


def _rates(kind: InstrumentKind, ctx: Context) -> tuple[str, str]:
    # A portfolio has one pair of rates per type on this venue: those of the first such instrument.
    for one in ctx.directory.instruments.values():
        if one.kind is kind:
            return rate_text(one.maker_fee_ppb), rate_text(one.taker_fee_ppb)
    return "0", "0"


def _checked_name(name: str) -> str:
    if not name.strip():
        raise MissingField("name")
    if len(name) > NAME_CHARS_MAX:
        raise InvalidField("name", f"invalid name: no more than {NAME_CHARS_MAX} characters")
    return name
