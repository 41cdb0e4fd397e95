"""
Acts: commands in an operator's name. One that the exchange refuses is a ControlError.
"""

from __future__ import annotations

from countermand.control.host import Host
from countermand.control.row import ControlError
from countermand.vocabulary.commands import Command
from countermand.vocabulary.events import InstructionRejected
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt


async def act(host: Host, command: Command) -> Receipt:
    """Return the receipt of a command that was done. Raises ControlError."""
    [receipt] = await host.exchange.submit(command)
    event = receipt.events[0]
    if isinstance(event, InstructionRejected):
        raise refused(event.reason)
    return receipt


def refused(reason: RejectReason) -> ControlError:
    """Return the exchange's refusal."""
    return ControlError(409, reason.name.lower().replace("_", "-"), reason.sentence)
