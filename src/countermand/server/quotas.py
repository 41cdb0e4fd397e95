"""
Quotas: how many orders an account may have open, where a world sets fewer than the exchange takes.

It stands between a conversation and what it asks, and only where it is set. An operator's orders
are not counted against it, and cancels and replacements pass.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from countermand.server.within import Act, Told
from countermand.vocabulary.commands import Command, NewOrder, RecordRejected, SubmitOrder
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import AccountSummary
from countermand.wire.errors import OrderRefused

_OPENS = (NewOrder, SubmitOrder)
_WHY = RejectReason.TOO_MANY_OPEN_ORDERS


def open_orders(most: int) -> Act:
    """
    Refuse what would give an account more than `most` open orders; of a batch, all of it.

    Where a venue remembers orders that it refuses, it does so of these.
    """

    def act(ask: Any) -> Told:
        for account_id, count in _opened(ask).items():
            summary: AccountSummary | None = yield GetAccount(account_id)
            if summary is not None and summary.open_orders + count > most:
                return (yield _refused(ask))
        return (yield ask)

    return act


def _refused(ask: Any) -> Any:
    """Return what to ask instead. Raises: OrderRefused where nothing is remembered."""
    return tuple(map(_recorded, ask)) if isinstance(ask, tuple) else _recorded(ask)


def _recorded(command: Command) -> RecordRejected:
    if isinstance(command, NewOrder) and command.keep_rejected:
        return RecordRejected(command.account_id, command.terms, _WHY, command.instrument_id)
    raise OrderRefused(_WHY)


def _opened(ask: Any) -> Counter[AccountId]:
    commands = ask if isinstance(ask, tuple) else (ask,)
    return Counter(one.account_id for one in commands if isinstance(one, _OPENS))
