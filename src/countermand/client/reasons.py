"""Reasons: why a venue refuses, in a word that is the same at every venue."""

from __future__ import annotations

import re

from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import CancelRefused, OrderRefused, WireError

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


# The key lacks the right, and asking again does not change that.
OF_THE_KEY = ("unauthorized", "forbidden")


def of_error(error: WireError) -> str:
    """
    Return the word for a refusal.

    Shape:  where the exchange refused, the name of its reason in small letters:
            `insufficient_funds`, `unknown_order`; else that of the error: `rate_limited`.
    """
    match error:
        case OrderRefused(reason=reason):
            return reason.name.lower()
        case CancelRefused(reject_reason=RejectReason() as reason):
            return reason.name.lower()
        case CancelRefused(cxl_rej_reason=reason):
            return reason.name.lower()
    # A venue may have kinds of its own below those that every venue has.
    kind = next(one for one in type(error).__mro__ if one.__module__ == WireError.__module__)
    return _CAPITAL.sub("_", kind.__name__).lower()


def of_report(report: OrderReport) -> str:
    """Return the word for why an order was rejected, empty for one that was not."""
    reason = report.reject_reason
    return "" if reason is None else RejectReason(reason).name.lower()
