"""Orders as the exchange keeps them: what everyone may see now, and what only it needs."""

from msgspec import Struct

from countermand.vocabulary.reports import OrderReport


class Order(Struct, array_like=True, gc=False):
    """
    One order for as long as the exchange remembers it. Only `evolve` changes one.

    `now` is replaced whole by the picture that an event carries. `priority_seq` is the entry since
    which it stands where it stands.

    Units: `fee_accrued` is the sum of `fees.accrual` over its fills, in parts of `fees.scale`.
    """

    now: OrderReport
    priority_seq: int
    fee_accrued: int = 0
    retired_cl_ord_ids: tuple[str, ...] = ()


class Staged(Struct, frozen=True, array_like=True, gc=False):
    """An order that was written down and not yet placed, and what `NewOrder` says beside it."""

    now: OrderReport
    keep_rejected: bool
    needs_liquidity: bool = False
