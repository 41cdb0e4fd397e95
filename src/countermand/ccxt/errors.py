"""
Errors, with the names and the tree of ccxt.

    BaseError
    ├── ExchangeError                      asking again brings the same
    │   ├── AuthenticationError            PermissionDenied > AccountNotEnabled, AccountSuspended
    │   ├── ArgumentsRequired
    │   ├── BadRequest                     BadSymbol
    │   ├── OperationRejected              NoChange > MarginModeAlreadySet, MarketClosed,
    │   │                                  ManualInteractionNeeded, RestrictedLocation
    │   ├── InsufficientFunds
    │   ├── InvalidAddress                 AddressPending
    │   ├── InvalidOrder                   OrderNotFound, OrderNotCached, OrderNotFillable,
    │   │                                  OrderImmediatelyFillable, DuplicateOrderId,
    │   │                                  ContractUnavailable
    │   └── NotSupported, InvalidProxySettings, ExchangeClosedByUser
    ├── OperationFailed                    asking again may bring another answer
    │   ├── OutcomeUnknown                 ours: it may have been done, and must not be done again
    │   ├── NetworkError                   DDoSProtection, RateLimitExceeded, RequestTimeout,
    │   │                                  ExchangeNotAvailable > OnMaintenance,
    │   │                                  InvalidNonce > ChecksumError
    │   ├── BadResponse                    NullResponse
    │   └── CancelPending
    └── UnsubscribeError

Where ccxt is installed these are its own classes, so that `except ccxt.InvalidOrder` catches them.
One that an installed ccxt does not have yet is ours, below the class that it has.
"""

from __future__ import annotations

from typing import Any

try:
    # Ours is `countermand.ccxt`; this is the package of that name, of any version.
    from ccxt.base import errors as _theirs
except ImportError:
    _theirs = None

_Error = type[Exception]


def _error(name: str, parent: _Error) -> _Error:
    theirs: Any = getattr(_theirs, name, None)
    if theirs is not None:
        found: _Error = theirs
        return found
    return type(name, (parent,), {"__module__": __name__})


BaseError = _error("BaseError", Exception)

ExchangeError = _error("ExchangeError", BaseError)
AuthenticationError = _error("AuthenticationError", ExchangeError)
PermissionDenied = _error("PermissionDenied", AuthenticationError)
AccountNotEnabled = _error("AccountNotEnabled", PermissionDenied)
AccountSuspended = _error("AccountSuspended", AuthenticationError)
ArgumentsRequired = _error("ArgumentsRequired", ExchangeError)
BadRequest = _error("BadRequest", ExchangeError)
BadSymbol = _error("BadSymbol", BadRequest)
OperationRejected = _error("OperationRejected", ExchangeError)
NoChange = _error("NoChange", OperationRejected)
MarginModeAlreadySet = _error("MarginModeAlreadySet", NoChange)
MarketClosed = _error("MarketClosed", OperationRejected)
ManualInteractionNeeded = _error("ManualInteractionNeeded", OperationRejected)
RestrictedLocation = _error("RestrictedLocation", OperationRejected)
InsufficientFunds = _error("InsufficientFunds", ExchangeError)
InvalidAddress = _error("InvalidAddress", ExchangeError)
AddressPending = _error("AddressPending", InvalidAddress)
InvalidOrder = _error("InvalidOrder", ExchangeError)
OrderNotFound = _error("OrderNotFound", InvalidOrder)
OrderNotCached = _error("OrderNotCached", InvalidOrder)
OrderImmediatelyFillable = _error("OrderImmediatelyFillable", InvalidOrder)
OrderNotFillable = _error("OrderNotFillable", InvalidOrder)
DuplicateOrderId = _error("DuplicateOrderId", InvalidOrder)
ContractUnavailable = _error("ContractUnavailable", InvalidOrder)
NotSupported = _error("NotSupported", ExchangeError)
InvalidProxySettings = _error("InvalidProxySettings", ExchangeError)
ExchangeClosedByUser = _error("ExchangeClosedByUser", ExchangeError)

OperationFailed = _error("OperationFailed", BaseError)
NetworkError = _error("NetworkError", OperationFailed)
DDoSProtection = _error("DDoSProtection", NetworkError)
RateLimitExceeded = _error("RateLimitExceeded", NetworkError)
ExchangeNotAvailable = _error("ExchangeNotAvailable", NetworkError)
OnMaintenance = _error("OnMaintenance", ExchangeNotAvailable)
InvalidNonce = _error("InvalidNonce", NetworkError)
ChecksumError = _error("ChecksumError", InvalidNonce)
RequestTimeout = _error("RequestTimeout", NetworkError)
BadResponse = _error("BadResponse", OperationFailed)
NullResponse = _error("NullResponse", BadResponse)
CancelPending = _error("CancelPending", OperationFailed)
OutcomeUnknown = _error("OutcomeUnknown", OperationFailed)

UnsubscribeError = _error("UnsubscribeError", BaseError)

__all__ = [
    "AccountNotEnabled",
    "AccountSuspended",
    "AddressPending",
    "ArgumentsRequired",
    "AuthenticationError",
    "BadRequest",
    "BadResponse",
    "BadSymbol",
    "BaseError",
    "CancelPending",
    "ChecksumError",
    "ContractUnavailable",
    "DDoSProtection",
    "DuplicateOrderId",
    "ExchangeClosedByUser",
    "ExchangeError",
    "ExchangeNotAvailable",
    "InsufficientFunds",
    "InvalidAddress",
    "InvalidNonce",
    "InvalidOrder",
    "InvalidProxySettings",
    "ManualInteractionNeeded",
    "MarginModeAlreadySet",
    "MarketClosed",
    "NetworkError",
    "NoChange",
    "NotSupported",
    "NullResponse",
    "OnMaintenance",
    "OperationFailed",
    "OperationRejected",
    "OrderImmediatelyFillable",
    "OrderNotCached",
    "OrderNotFillable",
    "OrderNotFound",
    "OutcomeUnknown",
    "PermissionDenied",
    "RateLimitExceeded",
    "RequestTimeout",
    "RestrictedLocation",
    "UnsubscribeError",
]
