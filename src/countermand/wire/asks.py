"""The accounts of a request's key."""

from collections.abc import Sequence

from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.reports import AccountReport
from countermand.wire.conversation import AnyContext


def accounts(ctx: AnyContext) -> tuple[AccountReport, ...]:
    """Return the accounts of the key's owner, in order of opening."""
    return tuple(ctx.directory.accounts_of(ctx.principal.owner))


def default_account(ctx: AnyContext) -> AccountReport | None:
    """Return the default account of the key's owner, else the first, else None."""
    return default_of(accounts(ctx))


def default_of(owned: Sequence[AccountReport]) -> AccountReport | None:
    """Return the default one of an owner's accounts, else the first, else None."""
    return next((one for one in owned if one.is_default), owned[0] if owned else None)


def is_own(account_id: AccountId, ctx: AnyContext) -> bool:
    """Return whether an account belongs to the key's owner."""
    known = ctx.directory.accounts.get(account_id)
    return known is not None and known.owner == ctx.principal.owner
