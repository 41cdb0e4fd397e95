"""
Testing: an exchange for tests of what trades on it, in their process.

    from countermand.testing import Exchange

    with Exchange("NAME-OF-A-VENUE") as exchange:
        alice = exchange.account(funds={"USDC": "10000"})
        ...     # a client over exchange.url() or exchange.transport()
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countermand.control.row import ControlError
    from countermand.testing.account import Account
    from countermand.testing.attached import AttachedExchange, attach
    from countermand.testing.exchange import Exchange

__all__ = ["Account", "AttachedExchange", "ControlError", "Exchange", "attach"]

_WHERE = {
    "Account": "countermand.testing.account",
    "AttachedExchange": "countermand.testing.attached",
    "ControlError": "countermand.control.row",
    "Exchange": "countermand.testing.exchange",
    "attach": "countermand.testing.attached",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lies in this package, and a run that uses none of it must not load it.
    from importlib import import_module  # noqa: PLC0415  (loaded when it is needed)

    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(name)
