"""What the toy has no words for, as the conformance suite is told."""

from tests.venues.conformance.losses import Losses

from countermand.vocabulary.order import OrdStatus, OrdType, SelfTradePrevention, TimeInForce
from countermand.wire.operation import Operation

_HAS = frozenset({Operation.PLACE_ORDER, Operation.GET_ORDER, Operation.CANCEL_ORDER})

LOSSES = Losses(
    lacks=frozenset(Operation) - _HAS,
    given={
        "cl_ord_id": "",
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.GTC,
        "expire_ns": 0,
        "exec_inst": 0,
        "stp": SelfTradePrevention.NONE,
    },
    # What is good till canceled does not expire.
    unreached=frozenset({OrdStatus.EXPIRED}),
)
