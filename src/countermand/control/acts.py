"""
Acts: commands in an operator's name. One that the exchange refuses is a ControlError.
"""

from __future__ import annotations

from countermand.control.host import Batch, Host
from countermand.control.row import ControlError
from countermand.vocabulary.commands import Command
from countermand.vocabulary.events import InstructionRejected, OrderRejected
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt


async def act(host: Host, command: Command) -> Receipt:
    """Return the receipt of a command that was done. Raises ControlError."""
    [receipt] = await act_all(host, (command,))
    return receipt


async def act_all(host: Host, commands: Batch) -> tuple[Receipt, ...]:
    """
    Return the receipts of commands that are one group.

    Raises: ControlError for the first that was refused; the others were done all the same.
    """
    receipts = await host.exchange.submit(commands)
    for receipt in receipts:
        check(receipt)
    return receipts


def check(receipt: Receipt) -> None:
    """Raise ControlError where the exchange refused."""
    event = receipt.events[0]
    if isinstance(event, InstructionRejected | OrderRejected):
        raise refused(event.reason)


def refused(reason: RejectReason) -> ControlError:
    """Return the exchange's refusal."""
    return ControlError(409, reason.name.lower().replace("_", "-"), reason.sentence)
