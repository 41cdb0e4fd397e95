"""
Proof: what a venue's answers say about an order, as data.

A client that wants to know whether an order is canceled reads here what an answer proves, and what
is left to be read from the order itself.
"""

from enum import Enum

from msgspec import Struct

from countermand.wire.operation import Operation


class Proof(Enum):
    """The facts that a success proves."""

    DONE = "done"  # it happened, and the answer shows the order as it is
    TAKEN = "taken"  # the request was taken; only the order tells what came of it


class Proofs(Struct, frozen=True):
    """
    The facts that one venue's answers prove.

    Shape:  `success` by operation, `DONE` where nothing is said; `names_state` whether a refused
            cancel names the state that refused it (filled, or canceled before); `unknown_is_absent`
            whether "no such order" proves that there is none, once `visible_ns` have passed since
            it was accepted; `refusal_is_final` whether any other refusal of a cancel proves that
            the order is not canceled by it.
    Units:  `visible_ns` nanoseconds.
    """

    success: dict[Operation, Proof] = {}
    names_state: bool = True
    unknown_is_absent: bool = True
    visible_ns: int = 0
    refusal_is_final: bool = True

    def of(self, operation: Operation) -> Proof:
        """Return what a success of the operation proves."""
        return self.success.get(operation, Proof.DONE)
