"""
Refusals: which error of ccxt tells a bot what its order came to, or why a read brought nothing.

    the client says                          a bot gets
    Unknown of a cancel                      RequestTimeout: it is safe to cancel again
    Unknown of a new order, or of an edit    OutcomeUnknown: look for it before doing it again
    NotSent                                  ExchangeNotAvailable: nothing was done
    NotSent: the ledger is blocked           OperationRejected: nothing will be done
    NotFound; Filled, Closed of a cancel     OrderNotFound, with the state in its text
    Refused                                  by its reason; else InvalidOrder
    NotExpressible                           NotSupported; nothing was sent
    a venue's refusal of a read              by its reason; else ExchangeError
    Unanswered                               RequestTimeout

A bot asks again after any NetworkError: published ones have one loop of that kind around all they
do. So what may have placed an order is none, and no ExchangeError either, which says that there is
no order. Every error has what the client said as its `outcome`.
"""

from __future__ import annotations

from countermand.ccxt import errors
from countermand.client import reasons
from countermand.client.errors import LedgerError, Unanswered, WouldSend
from countermand.client.outcome import Closed, Filled, NotFound, NotSent, Outcome, Unknown
from countermand.wire.errors import NotExpressible, WireError

# By the words of `client.reasons`; with any other word the order or the request is at fault.
REASONS: dict[str, type[Exception]] = {
    "unknown_account": errors.AccountNotEnabled,
    "unknown_instrument": errors.BadSymbol,
    "account_locked": errors.PermissionDenied,
    "market_closed": errors.MarketClosed,
    "duplicate_cl_ord_id": errors.DuplicateOrderId,
    "slot_number_used": errors.DuplicateOrderId,
    "no_liquidity": errors.OrderNotFillable,
    "post_only_would_cross": errors.OrderImmediatelyFillable,
    "insufficient_funds": errors.InsufficientFunds,
    "short_not_allowed": errors.InsufficientFunds,
    "too_many_open_orders": errors.OperationRejected,
    "nothing_to_replace": errors.NoChange,
    "unknown_order": errors.OrderNotFound,
    "too_late_to_cancel": errors.OrderNotFound,
    "already_pending": errors.CancelPending,
    "unauthorized": errors.AuthenticationError,
    "forbidden": errors.PermissionDenied,
    "rate_limited": errors.RateLimitExceeded,
    "overloaded": errors.ExchangeNotAvailable,
    "intake_closed": errors.OnMaintenance,
    "unavailable": errors.ExchangeNotAvailable,
    "internal": errors.ExchangeNotAvailable,
    "method_not_allowed": errors.NotSupported,
    **dict.fromkeys(
        ("malformed", "missing_field", "invalid_field", "unknown_field", "not_a_request"),
        errors.BadRequest,
    ),
    "too_large": errors.BadRequest,
    "not_found": errors.BadRequest,
    # An answer that names what our client does not know.
    "unlearned": errors.BadResponse,
}

_STATES: dict[type[Outcome], type[Exception]] = {
    Unknown: errors.OutcomeUnknown,
    NotSent: errors.ExchangeNotAvailable,
    NotFound: errors.OrderNotFound,
    Filled: errors.OrderNotFound,
}

_OF_CANCELS: dict[type[Outcome], type[Exception]] = {
    Unknown: errors.RequestTimeout,
    Closed: errors.OrderNotFound,
}

# The errors of a client that are no outcomes.
RAISED = (WireError, NotExpressible, Unanswered, LedgerError, WouldSend)


def reason_of(outcome: Outcome) -> str:
    """Return the word for why an outcome is a refusal, empty where no venue gave a reason."""
    evidence = outcome.evidence
    if evidence.proof is not None and evidence.proof.reason:
        return evidence.proof.reason
    return next((one.reason for one in reversed(evidence.witnesses) if one.reason), "")


def of_outcome(name: str, outcome: Outcome, *, of_cancel: bool = False) -> Exception:
    """Return the error for an outcome that is not what was wanted; `name` is the exchange's."""
    kind = _STATES.get(type(outcome))
    if isinstance(outcome, NotSent) and not outcome.evidence.witnesses:
        # It was not even tried: who blocked the ledger wants no more orders.
        kind = errors.OperationRejected
    if of_cancel:
        kind = _OF_CANCELS.get(type(outcome), kind)
    if kind is None:
        kind = REASONS.get(reason_of(outcome), errors.InvalidOrder)
    return told(kind, f"{name} {outcome}", outcome)


def of_error(
    name: str, error: Exception, inexpressible: type[Exception] = errors.NotSupported
) -> Exception:
    """Return the error for what a client raised."""
    match error:
        case WireError():
            kind = REASONS.get(reasons.of_error(error), errors.ExchangeError)
        case NotExpressible():
            kind = inexpressible
        case Unanswered():
            kind = errors.RequestTimeout
        case _:
            kind = errors.ExchangeError
    return told(kind, f"{name} {error}")


def told(kind: type[Exception], text: str, outcome: Outcome | None = None) -> Exception:
    """Return an error that has what the client said."""
    error = kind(text)
    error.outcome = outcome  # type: ignore[attr-defined]  # of ours or of ccxt's, it has a dict
    return error
