"""
Proof: what this venue's answers prove about an order.

Every success shows the order as it is (README, "Known divergences": no answer is pending), and a
refused cancel names the state that refused it. A finished order is remembered for a time, after
which it is unknown; an open one is never unknown.
"""

from countermand.wire.proof import Proofs

PROOFS = Proofs()
