"""
Errors: how this venue refuses.

Shape:  `{"error": "<text>", "code": <number>}`. The text is the documented one of the code; what
        there is to add follows after a colon. A path that is not there is answered by the router,
        in plain text.
Source: API reference, "Cancel Order" (schema ErrorJSONWithCodeResponse), "Status Codes"; live
        answers as reported by clients for the order of the keys and the router's text.
"""

import re
from enum import Enum
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from countermand.venues.deltadefi.cardano.transaction import Fault, TransactionRefused
from countermand.venues.deltadefi.settings import DeltaDefiSettings
from countermand.vocabulary.reasons import CxlRejReason
from countermand.vocabulary.reasons import RejectReason as Reason
from countermand.wire import errors
from countermand.wire.errors import CancelRefused, OrderRefused, WireError
from countermand.wire.http import Request, Response
from countermand.wire.listed import marked, restated
from countermand.wire.refusals import Refusals, Row, Said, body_of


class Code(Enum):
    """
    A number and its text; the reason it stands for when it says no more; the status it comes with.

    The texts are the venue's, with its spelling. Statuses are documented by endpoint only, so most
    of these are our proposal.

    Source: API reference, "Status Codes"; "Cancel Order" for 404 and 400.
    """

    INVALID = 4000, "Invalid request data"
    UNAUTHORIZED = 4010, "Unauthorized access", None, 401
    NO_BALANCE = 4050, "Insufficient balance to place order", Reason.INSUFFICIENT_FUNDS
    TOO_SMALL = 4100, "Order size must be at least 5 ADA", Reason.QTY_BELOW_MIN
    NO_PRICE = 4101, "Order price must be greater then 0", Reason.PRICE_NOT_POSITIVE
    PRICE_DECIMALS = 4102, "Price must have at most 4 decimal places"
    QTY_DECIMALS = 4103, "Quantity must have at most 4 decimal places"
    WOULD_MATCH = (
        4104, "Post-only order would match with existing orders", Reason.POST_ONLY_WOULD_CROSS
    )  # fmt: skip
    POST_ONLY = 4105, "Post-only flag can only be used with limit orders", Reason.INVALID_EXEC_INST
    UNKNOWN_SYMBOL = 4106, "Invalid trading pair symbol", Reason.UNKNOWN_INSTRUMENT
    NO_QTY = 4107, "Order Quantity must be greater then 0", Reason.QTY_NOT_POSITIVE
    SLIPPAGE = 4108, "Max Slippage basis point must be between 0 and 10000"
    NO_LIQUIDITY = 4109, "Insufficient liquidity to execute market order", Reason.NO_LIQUIDITY
    TOO_MANY = 4110, "Maximum number of open orders exceeded", Reason.TOO_MANY_OPEN_ORDERS
    PRICE_TOO_HIGH = (
        4111, "Price exceeds maximum allowed limit for this market", Reason.PRICE_OUTSIDE_BAND
    )  # fmt: skip
    PRICE_TOO_LOW = 4112, "Price below minimum allowed limit for this market"
    ORDER_NOT_FOUND = 4200, "Order not found", Reason.UNKNOWN_ORDER, 404
    NOT_OPEN = 4201, "Order is not open"
    BAD_STATE = 4202, "Order State in invalid"
    RATE_LIMITED = 4290, "Rate limit exceeded, please try again later", None, 429
    TOO_OLD = 4300, "Transaction expired, please build again", Reason.STAGING_EXPIRED
    SPENT = 4301, "UTxO has already been spent"
    SUBMITTED = 4302, "Transaction has already been submitted", Reason.ALREADY_SUBMITTED
    USER_NOT_FOUND = 4400, "User not found", Reason.UNKNOWN_ACCOUNT, 404
    TRANSACTION_NOT_FOUND = 4402, "Transaction not found", None, 404
    BAD_STATUS = 4404, "Invalid status paramter"
    BAD_INTERVAL = 4405, "Invalid interval paramter"
    NO_OPERATION_KEY = 4406, "Account is missing required operation key"
    BAD_SIGNATURE = 4407, "Failed to sign transaction"
    INTERNAL = 5000, "Internal Server Error", None, 500
    OVERLOADED = 5001, "System resources temporaily unavailable", None, 503
    LOCKED = 5002, "Trading is currently locked, please try again later", Reason.MARKET_CLOSED

    def __init__(
        self, number: int, text: str, reason: Reason | None = None, status: int = 400
    ) -> None:
        self.number, self.text, self.reason, self.status = number, text, reason, status


BY_NUMBER = {code.number: code for code in Code}

# Reasons that share a code and are told apart by what follows its text; the rest are 4000.
ALSO = {
    Reason.NOTIONAL_BELOW_MIN: Code.TOO_SMALL,
    Reason.ACCOUNT_LOCKED: Code.LOCKED,
    Reason.POST_ONLY_MARKET: Code.LOCKED,
    Reason.LIMIT_ONLY_MARKET: Code.LOCKED,
}


NO_SUCH_PATH = "404 page not found"

_FIELD = 422
_UNDECIDED = "whether the request was executed is not known"


class Refused(WireError):
    """A refusal that only this venue has, by its code; without a text it is the documented one."""

    FIELDS = ("code", "text")

    def __init__(self, code: Code, text: str = "") -> None:
        super().__init__(text or code.text)
        self.code = code


class NothingToCancel(CancelRefused):
    """A cancel of all that found nothing; a 400 here, and no empty success."""

    FIELDS = ()

    def __init__(self) -> None:
        super().__init__(CxlRejReason.UNKNOWN_ORDER)


def _row(kind: type[WireError], code: Code, more: str = "", status: int = 0, **given: Any) -> Row:
    text = f"{code.text}: {more}" if more else code.text
    return Row(kind, status or code.status, code.number, text, given)


def _for_fault(fault: Fault) -> Row:
    # Undecodable input is an invalid field; a transaction with any other fault has a bad signature.
    if fault in (Fault.NOT_HEX, Fault.NOT_CBOR, Fault.NOT_A_TRANSACTION):
        return _row(TransactionRefused, Code.INVALID, fault.value, _FIELD, fault=fault)
    return _row(TransactionRefused, Code.BAD_SIGNATURE, fault.value, fault=fault)


_UNKNOWN = CxlRejReason.UNKNOWN_ORDER
_REASONS = {code.reason: code for code in Code if code.reason}

_CANCELS = [
    _row(NothingToCancel, Code.ORDER_NOT_FOUND, status=400),
    _row(CancelRefused, Code.ORDER_NOT_FOUND, cxl_rej_reason=_UNKNOWN),
    *[
        _row(CancelRefused, Code.NOT_OPEN, cxl_rej_reason=reason)
        for reason in CxlRejReason
        if reason is not _UNKNOWN
    ],
]
_ORDERS = [_row(OrderRefused, code, reason=reason) for reason, code in _REASONS.items()]

# Codes of the kinds of refusal that every venue has.
_GENERAL = (Code.INVALID, Code.UNAUTHORIZED, Code.RATE_LIMITED, Code.INTERNAL, Code.OVERLOADED)

_ROWS = [
    Row(errors.NotFound, 404, 0, NO_SUCH_PATH),
    Row(errors.MethodNotAllowed, 404, 0, NO_SUCH_PATH),
    *_CANCELS,
    *_ORDERS,
    *[
        _row(OrderRefused, ALSO.get(reason, Code.INVALID), reason.sentence, reason=reason)
        for reason in Reason
        if reason not in _REASONS
    ],
    *[_for_fault(fault) for fault in Fault],
    _row(errors.MissingField, Code.INVALID, "{name} is missing", _FIELD),
    _row(errors.InvalidField, Code.INVALID, "{text}", _FIELD),
    _row(errors.UnknownField, Code.INVALID, "{name} is not known", _FIELD),
    _row(errors.Malformed, Code.INVALID, "{text}"),
    _row(errors.TooLarge, Code.INVALID, "{text}", 413),
    _row(errors.Unauthorized, Code.UNAUTHORIZED, text=Code.UNAUTHORIZED.text),
    _row(errors.Unauthorized, Code.UNAUTHORIZED, "{text}"),
    _row(errors.Forbidden, Code.UNAUTHORIZED, "{text}", 403),
    _row(errors.RateLimited, Code.RATE_LIMITED),
    _row(errors.Overloaded, Code.OVERLOADED),
    _row(errors.IntakeClosed, Code.OVERLOADED, "no request is executed, {text}"),
    _row(errors.Unavailable, Code.INTERNAL, _UNDECIDED, text=_UNDECIDED),
    _row(errors.Unavailable, Code.INTERNAL, _UNDECIDED),
    _row(errors.Internal, Code.INTERNAL),
    # These codes say the same with any text: some have a market's own numbers in it.
    *[replace(row, text="{text}") for row in _CANCELS + _ORDERS],
    *[
        Row(Refused, code.status, code.number, given={"code": code})
        for code in Code
        if code not in _GENERAL
    ],
]


# Of a cancel whose page alone counts: its 401, 403 and 503 are statuses of other pages.
_LISTED = restated(_ROWS, {401: 400, 403: 400, 503: 500})


class Problem(Struct, frozen=True):
    """The body of a refusal; `msg` is the text once more, where the settings ask for it."""

    error: str = ""
    code: int = 0
    msg: str | UnsetType = UNSET


_decode = msgspec.json.Decoder(Problem).decode

# A code comes with any of these; only of these codes the status says more than they do.
_LOOSE = (400, 404, 422)
_TOLD_APART = (Code.INVALID, Code.ORDER_NOT_FOUND)


class _Envelope:
    def write(self, said: Said, error: WireError) -> Response:
        if not said.code:
            return Response(said.status, said.text.encode(), b"text/plain")
        return Response(said.status, msgspec.json.encode(Problem(said.text, said.code)))

    def read(self, response: Response) -> Said:
        plain = NO_SUCH_PATH if response.body == NO_SUCH_PATH.encode() else ""
        problem = body_of(response, _decode, Problem(plain))
        status, code = response.status, BY_NUMBER.get(problem.code)
        if status in _LOOSE and code is not None and code not in _TOLD_APART:
            status = code.status
        return Said(status, problem.code, problem.error)


_CANCEL = re.compile(rb"/order/[^/]+/cancel")


def _words(error: WireError, request: Request, settings: DeltaDefiSettings) -> WireError:
    listed = settings.cancel_as_listed and request.method == "POST"
    return marked(error, as_listed=listed and bool(_CANCEL.fullmatch(request.path)))


def _amend(response: Response, said: Said, settings: Any) -> Response:
    if not settings.msg or not said.code:
        return response
    return replace(response, body=msgspec.json.encode(Problem(said.text, said.code, said.text)))


def _loses(error: WireError) -> WireError:
    """
    Return what a refusal is read back as.

    The wire does not carry the state that refused a cancel, the limit that was exceeded, or the
    unknown path. An order that is not found is always read as a refused cancel.
    """
    match error:
        case CancelRefused(cxl_rej_reason=CxlRejReason.TOO_LATE_TO_CANCEL as late):
            return CancelRefused(late)
        case OrderRefused(reason=Reason.UNKNOWN_ORDER):
            return CancelRefused(_UNKNOWN)
        case errors.RateLimited():
            return errors.RateLimited(0)
        case errors.NotFound() | errors.MethodNotAllowed():
            return errors.NotFound(NO_SUCH_PATH)
    return error


REFUSALS = Refusals(_Envelope(), [*_LISTED, *_ROWS], loses=_loses, words=_words, amend=_amend)
