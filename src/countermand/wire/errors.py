"""
Everything that can be said no to on the wire. One tree for both ends: the server raises these and
the venue renders them, the client interprets a response and gets the same thing back.

    WireError
    ├── Malformed              the request cannot be understood
    │   ├── MissingField       a required field is absent
    │   ├── InvalidField       a field's value is not allowed
    │   ├── UnknownField       a field that must not be ignored is not known
    │   ├── Unlearned          an answer names a market that our client has not learned of
    │   └── NotARequest        the bytes are no request that HTTP allows
    ├── TooLarge               the body or the headers exceed the limit
    ├── Unauthorized           the request proves no key
    ├── Forbidden              the key is proven and lacks the right
    ├── NotFound               the path or the thing named does not exist
    ├── MethodNotAllowed       the path exists, the method does not
    ├── OrderRefused           the exchange rejected a new order, replacement or instruction
    ├── CancelRefused          the exchange refused a cancel or replace of an order
    ├── RateLimited            too many requests; nothing was done
    ├── Overloaded             the exchange's queue is full; nothing was done
    ├── IntakeClosed           the exchange takes no commands any more; nothing was done
    ├── Unavailable            the journal failed with this request in hand; the outcome is unknown
    └── Internal               a bug; the outcome may be unknown

`NotExpressible` stands outside: it never was on a wire.
"""

from collections.abc import Sequence
from typing import ClassVar

from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason


class NotExpressible(ValueError):
    """
    A command that a venue's wire has no words for; raised by our client before anything is sent.
    """


class WireError(Exception):
    """
    Base of the tree; `text` says what is wrong in one plain clause, without secrets.

    `FIELDS` are the names of the arguments that make one, which are its attributes too. One that is
    told `as_listed` keeps to the statuses that the page of its request lists; see `listed`.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("text",)
    as_listed = False

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Malformed(WireError):
    """The request cannot be understood: broken JSON, bad UTF-8, a wrong type."""


class MissingField(Malformed):
    """A required field is absent."""

    FIELDS = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is missing")
        self.name = name


class InvalidField(Malformed):
    """A field's value is not allowed; `text` names the field."""

    FIELDS = ("name", "text")

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


class UnknownField(Malformed):
    """A field is not known, and ignoring it could do harm."""

    FIELDS = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not known")
        self.name = name


class Unlearned(Malformed):
    """An answer names a market, `symbol`, that our client has not learned of."""

    FIELDS = ("what", "symbol")

    def __init__(self, what: str, symbol: str) -> None:
        super().__init__(f"{what} names what is not known here")
        self.what, self.symbol = what, symbol


class NotARequest(Malformed):
    """The bytes are no request that HTTP allows, or not one for this server."""


class TooLarge(WireError):
    """The body or the headers exceed the limit."""


class Unauthorized(WireError):
    """The request proves no key."""


class Forbidden(WireError):
    """The key is proven and lacks the right."""


class NotFound(WireError):
    """The path or the thing named does not exist."""


class MethodNotAllowed(WireError):
    """The path exists, the method does not; `allowed` are those it has."""

    def __init__(self, text: str, allowed: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.allowed = tuple(allowed)


class OrderRefused(WireError):
    """The exchange rejected a new order, a replacement or an instruction, with a reason."""

    FIELDS = ("reason",)

    def __init__(self, reason: RejectReason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason


class CancelRefused(WireError):
    """
    The exchange refused a cancel or replace; `ord_status` is the state that refused, None if
    unknown.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "cxl_rej_reason",
        "ord_status",
        "response_to",
        "reject_reason",
    )

    def __init__(
        self,
        cxl_rej_reason: CxlRejReason,
        ord_status: OrdStatus | None = None,
        response_to: CxlRejResponseTo = CxlRejResponseTo.CANCEL,
        reject_reason: RejectReason | None = None,
    ) -> None:
        super().__init__(cxl_rej_reason.name.lower().replace("_", " "))
        self.cxl_rej_reason = cxl_rej_reason
        self.ord_status = ord_status
        self.response_to = response_to
        self.reject_reason = reject_reason

    @classmethod
    def for_terms(
        cls, response_to: CxlRejResponseTo, reason: RejectReason | None, status: OrdStatus | None
    ) -> "CancelRefused":
        """Return the refusal of a request whose terms are at fault, for the reason given."""
        duplicate = reason is RejectReason.DUPLICATE_CL_ORD_ID
        why = CxlRejReason.DUPLICATE_CL_ORD_ID if duplicate else CxlRejReason.OTHER
        return cls(why, status, response_to, reason)


class RateLimited(WireError):
    """Too many requests from one key; nothing was done."""

    FIELDS = ("limit_per_s",)

    def __init__(self, limit_per_s: int, span_s: int = 1) -> None:
        span = "second" if span_s == 1 else f"{span_s} seconds"
        super().__init__(f"{limit_per_s} requests per {span} allowed")
        self.limit_per_s, self.span_s = limit_per_s, span_s


class Overloaded(WireError):
    """The exchange's queue is full; nothing was done."""


class IntakeClosed(WireError):
    """The exchange takes no commands any more, `text` says why; nothing was done."""


class Unavailable(WireError):
    """The journal failed with this request in hand; whether it took effect is unknown."""


class Internal(WireError):
    """A bug; whether the request took effect may be unknown."""
