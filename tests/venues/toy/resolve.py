"""Resolve: from what a request names to what the exchange knows, or its refusal."""

from tests.venues.toy.settings import Ctx

from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reasons import RejectReason
from countermand.wire import asks
from countermand.wire.errors import OrderRefused


def account_id(ctx: Ctx) -> AccountId:
    """Return the account of who asks. Raises OrderRefused when there is none."""
    if (account := asks.default_account(ctx)) is None:
        raise OrderRefused(RejectReason.UNKNOWN_ACCOUNT)
    return account.account_id


def instrument(symbol: str, ctx: Ctx) -> Instrument:
    """Return a market. Raises OrderRefused for an unknown one."""
    if (found := ctx.directory.instrument_by_symbol(symbol)) is None:
        raise OrderRefused(RejectReason.UNKNOWN_INSTRUMENT)
    return found
