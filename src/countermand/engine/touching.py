"""
Touching: which waiting commands could change what a query is answered.

A query waits for the earlier ones of its account; a query for one order waits only for those that
may be about this order.
"""

from __future__ import annotations

from countermand.vocabulary.commands import (
    CancelOrder,
    Command,
    MassCancel,
    NewOrder,
    NewOrderList,
    RecordRejected,
    ReplaceList,
    ReplaceOrder,
    StageOrder,
    SubmitOrder,
)
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetOrder, PreviewOrder, Query


def account_of(command: Command) -> AccountId | None:
    """Return the account a command is about; None for one of the market's or of every account."""
    if isinstance(command, StageOrder):
        return command.order.account_id
    return getattr(command, "account_id", None) or None


def accounts_of(query: Query) -> tuple[AccountId, ...]:
    """Return the accounts a query looks at; none for what the market shows to anyone."""
    if isinstance(query, PreviewOrder):
        return (query.order.account_id,)
    account_id: AccountId | None = getattr(query, "account_id", None)
    if account_id is not None:
        return (account_id,)
    several: tuple[AccountId, ...] = getattr(query, "account_ids", ())
    return several


def touches(command: Command, query: Query) -> bool:
    """
    Return whether a command of the query's account could change its answer.

    True where that cannot be told, but for a cancel that names its order in another way: the order
    is then shown as it is until the cancel is applied.
    """
    if not isinstance(query, GetOrder):
        return True
    match command:
        case NewOrder() | RecordRejected():
            by_hash = query.secondary_cl_ord_id
            is_named = bool(by_hash) and by_hash == command.terms.secondary_cl_ord_id
            return is_named or _names(command, query)
        case NewOrderList(orders=orders):
            return any(_names(order, query) for order in orders)
        case ReplaceList(orders=orders):
            return any(touches(order, query) for order in orders)
        case CancelOrder():
            return _names(command, query)
        case ReplaceOrder() | SubmitOrder():
            # By its id an order is known for certain; by another name it may be this one.
            is_another = query.order_id and command.order_id not in (0, query.order_id)
            return not is_another
    return isinstance(command, MassCancel)


def _names(command: Command, query: GetOrder) -> bool:
    for name in ("order_id", "cl_ord_id", "secondary_cl_ord_id"):
        wanted = getattr(query, name)
        if wanted and getattr(command, name, None) == wanted:
            return True
    return False
