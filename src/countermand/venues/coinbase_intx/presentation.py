"""Presentation: what this venue shows that the exchange does not know."""

from typing import Any

from countermand.venues.coinbase_intx import ids
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.instrument import InstrumentKind
from countermand.wire.numbers import rate_text

# The asset of margin and collateral.
COLLATERAL = "USDC"


def user_uuid(owner: str, ctx: Ctx) -> str:
    """Return the UUID of a user."""
    return ids.USER.uuid(_user(owner, ctx))


def user_id(owner: str, ctx: Ctx) -> str:
    """Return the id of a user, as fills have it."""
    return ids.USER.triplet(_user(owner, ctx))


def _user(owner: str, ctx: Ctx) -> int:
    # The number of the first account opened for them.
    first = next(iter(ctx.directory.accounts_of(owner)), None)
    return first.account_id if first else 0


def fee_rates(kind: InstrumentKind, ctx: Ctx) -> dict[str, Any]:
    """
    Return `maker_fee_rate` and `taker_fee_rate` of a type of instrument: the first such one's.

    A portfolio has one pair of rates a type on this venue.
    """
    of_kind = (one for one in ctx.directory.instruments.values() if one.kind is kind)
    first = next(of_kind, None)
    return {
        "maker_fee_rate": rate_text(first.maker_fee_ppb if first else 0),
        "taker_fee_rate": rate_text(first.taker_fee_ppb if first else 0),
    }
