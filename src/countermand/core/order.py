"""Orders as the exchange keeps them: what everyone may see now, and what only it needs."""

from msgspec import Struct

from countermand.vocabulary.commands import CancelOrder, MassCancel, ReplaceList, ReplaceOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Pending
from countermand.vocabulary.reports import OrderReport


class Order(Struct, array_like=True, gc=False):
    """
    One order for as long as the exchange remembers it. Only `evolve` changes one.

    `now` is replaced whole by the picture that an event carries. `priority` is lower than that
    of every order that came to where it stands later: the entry's number, and below that its place
    among those that came with the entry (`State.next_priority`).

    Units: `fee_accrued` is the sum of `fees.accrual` over its fills, in parts of `fees.scale`.
    """

    now: OrderReport
    priority: int
    fee_accrued: int = 0
    retired_cl_ord_ids: tuple[str, ...] = ()


class Staged(Struct, frozen=True, array_like=True, gc=False):
    """An order that was written down and not yet placed, and what `NewOrder` says beside it."""

    now: OrderReport
    keep_rejected: bool
    needs_liquidity: bool = False


class Request(Struct, frozen=True, array_like=True, gc=False):
    """
    A cancel or a replacement that was taken and is applied at `due_ns`, and what it is about.

    Its command waits no more: it is decided then as if it came then.
    """

    due_ns: int
    command: CancelOrder | ReplaceOrder | ReplaceList | MassCancel
    order_ids: tuple[OrderId, ...]

    @property
    def kind(self) -> Pending:
        """What it makes of its orders."""
        return kind_of(self.command)


def kind_of(request: CancelOrder | ReplaceOrder | ReplaceList | MassCancel) -> Pending:
    """Return what a request makes of its orders while it is pending."""
    return Pending.REPLACE if type(request) in (ReplaceOrder, ReplaceList) else Pending.CANCEL
