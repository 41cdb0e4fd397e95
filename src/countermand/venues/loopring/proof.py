"""
Proof: what this venue's answers prove about an order.

A submitted order is called processing in every state, and a cancel tells nothing of what the order
traded before. A refused cancel names the state that refused it.
"""

from countermand.wire.operation import Operation
from countermand.wire.proof import Proof, Proofs

PROOFS = Proofs(dict.fromkeys((Operation.PLACE_ORDER, Operation.CANCEL_ORDER), Proof.TAKEN))
