"""
Numbering: which number an entry gives out. It is its own, until numbers are passed over.
"""

from countermand.core.decision import Decision
from countermand.core.state import State
from countermand.vocabulary.commands import PassNumbers
from countermand.vocabulary.events import InstructionRejected, NumbersPassed
from countermand.vocabulary.reasons import RejectReason


def pass_numbers(state: State, seq: int, ts_ns: int, command: PassNumbers) -> Decision:
    """Pass numbers over; none is ever given out twice, so there is no way back."""
    if command.count <= 0:
        return Decision([InstructionRejected(RejectReason.INVALID_AMOUNT)])
    return Decision([NumbersPassed(command.count)])
