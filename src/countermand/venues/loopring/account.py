"""Accounts: what is public of one, and its balances."""

from countermand.venues.loopring import parameters, resolve
from countermand.venues.loopring.messages import accounts as m
from countermand.venues.loopring.parameters import given
from countermand.venues.loopring.presentation import NO_OWNER
from countermand.venues.loopring.resolve import Holding
from countermand.venues.loopring.settings import NAME, Ctx
from countermand.venues.loopring.show import units
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountReport, AccountSummary, BalanceReport
from countermand.wire.conversation import Op, Serving, reply
from countermand.wire.errors import MissingField


def show_account(message: m.GetAccount, ctx: Ctx) -> m.Account:
    """
    Return an account, by its id, its owner, or both.

    Raises: MissingField when neither is given; Absent when there is no such account, or when id and
            owner are of different accounts.
    """
    found, settings = _named(message, ctx), ctx.settings
    owner = settings.owners.get(found.name, NO_OWNER)
    return m.Account(
        account_id=int(found.name),
        owner=owner.owner,
        frozen=found.trading_locked,
        public_key=m.Point(x=owner.public_key_x, y=owner.public_key_y),
        tags=owner.tags,
        nonce=owner.nonce,
        key_nonce=owner.key_nonce,
        key_seed=(
            f"Sign this message to access Loopring Exchange: {settings.exchange_address} "
            f"with key nonce: {owner.key_nonce}"
        ),
    )


def serve_balances(message: m.GetBalances, ctx: Ctx) -> Serving[list[m.Balance]]:
    """
    Show the balances that are not zero, of the tokens that are asked for.

    Raises: MissingField; Unproven, Absent for the account; InvalidField.
    Source: DEX API v3, "Get user exchange balances".
    """
    if (text := given(message.account_id)) is not None:
        account = resolve.account(text, ctx)
    elif (address := given(message.address)) is not None:
        account = resolve.account_of(address, ctx)
    else:
        raise MissingField("accountId")
    summary: AccountSummary = yield GetAccount(account.account_id)
    asked = [parameters.number("tokens", word) for word in parameters.words(message.tokens)]
    shown = []
    for balance in summary.balances:
        known = resolve.holding(ctx.directory.assets[balance.asset_id], ctx)
        if known is None or (asked and known.token.token_id not in asked):
            continue
        if balance.total_minor or balance.hold_minor:
            shown.append(show_balance(account, balance, known))
    return sorted(shown, key=lambda one: one.token_id)


def ask_balances(query: GetAccount, ctx: Ctx) -> m.GetBalances:
    """Return the request for an account's balances."""
    return m.GetBalances(account_id=resolve.account_text(query.account_id, ctx))


def read_balances(
    reply: list[m.Balance], message: m.GetBalances, ctx: Ctx
) -> tuple[BalanceReport, ...]:
    """Return what an account has, by asset, of the tokens that are known."""
    account_id = resolve.account(message.account_id or "", ctx).account_id
    by_id = {one.token.token_id: one for one in resolve.holdings(ctx)}
    reports = []
    for one in reply:
        # What is no token of a market, a pool's share or an NFT, is no balance of ours.
        if (known := by_id.get(one.token_id)) is None:
            continue
        unit = known.minor_per_unit
        total, hold = units(one.total) * unit, units(one.locked) * unit
        reports.append(BalanceReport(account_id, known.asset.asset_id, total, hold))
    return tuple(sorted(reports, key=lambda report: report.asset_id))


def show_balance(account: AccountReport, balance: BalanceReport, known: Holding) -> m.Balance:
    """Return a balance; clients take one amount from the other: that difference is exact."""
    total = known.floor_units(balance.total_minor)
    free = known.floor_units(balance.total_minor - balance.hold_minor)
    return m.Balance(
        account_id=int(account.name),
        token_id=known.token.token_id,
        total=str(total),
        locked=str(total - free),
    )


def ask_account(query: GetAccount, ctx: Ctx) -> m.GetAccount:
    """Return the request for what is public of an account."""
    return m.GetAccount(account_id=resolve.account_text(query.account_id, ctx))


def read_account(reply: m.Account, message: m.GetAccount, ctx: Ctx) -> AccountReport:
    """Return an account, which is called by its id, and is its key's one."""
    number, name = AccountId(reply.account_id), str(reply.account_id)
    known = resolve.find_account(reply.account_id, ctx)
    account_id = known.account_id if known else number
    locked = getattr(reply, "frozen", False)
    owner = ctx.principal.owner
    return AccountReport(account_id, NAME, owner, name, is_default=True, trading_locked=locked)


GET = Op(m.GetAccount, m.Account, reply(show_account), ask_account, read_account)
BALANCES = Op(m.GetBalances, list[m.Balance], serve_balances, ask_balances, read_balances)


def _named(message: m.GetAccount, ctx: Ctx) -> AccountReport:
    text, address = given(message.account_id), given(message.owner)
    if text is None and address is None:
        raise MissingField("owner")
    of_owner = resolve.account_of(address, ctx) if address else None
    account_id = None if text is None else parameters.number("accountId", text)
    found = of_owner or resolve.find_account(account_id or 0, ctx)
    if found is None or account_id not in (None, int(found.name)):
        raise resolve.no_account()
    return found
