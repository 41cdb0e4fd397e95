"""
Queries: what someone asks to see. A value in, a view out; answers show applied, durable state only.
"""

from msgspec import Struct

from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, MatchId, OrderId
from countermand.vocabulary.order import ExecType, OrdStatus, OrdType, Side


class Query(Struct, frozen=True, gc=False):
    """A question; the answer's type is named in each docstring."""


class GetOrder(Query, frozen=True):
    """
    Answers `OrderReport`, or None. Found as in `CancelOrder`: by id first, then by `cl_ord_id`.

    A staged order has only its id until it is submitted, and is still found after it has lapsed.
    """

    account_id: AccountId
    order_id: OrderId
    cl_ord_id: str = ""
    secondary_cl_ord_id: str = ""


class GetOrderList(Query, frozen=True):
    """Answers `ListReport`, or None: linked orders of an account, by their list's number."""

    account_id: AccountId
    list_id: int


class ListOpenOrders(Query, frozen=True):
    """
    Answers a tuple of `OrderReport`, last event first. None means any.

    Only the page is reported: `limit` orders after the first `offset` of those whose last event
    came no later than `until_ns`.
    """

    account_ids: tuple[AccountId, ...]
    instrument_ids: tuple[InstrumentId, ...] | None = None
    side: Side | None = None
    cl_ord_id: str | None = None
    until_ns: int | None = None
    offset: int = 0
    limit: int | None = None
    ord_types: tuple[OrdType, ...] | None = None
    exec_types: tuple[ExecType, ...] | None = None
    has_trigger: bool | None = None


class ListOrders(Query, frozen=True):
    """
    Answers `OrderPage`: open and closed orders, those placed last first unless `ascending`.

    None means any. Only the page is reported: `limit` orders after the first `offset` of those that
    were submitted from `since_ns` to `until_ns`, both included.
    """

    account_ids: tuple[AccountId, ...]
    instrument_ids: tuple[InstrumentId, ...] | None = None
    side: Side | None = None
    ord_statuses: tuple[OrdStatus, ...] | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    offset: int = 0
    limit: int | None = None
    ascending: bool = False


class ListTrades(Query, frozen=True):
    """Answers a tuple of `Trade`: what last happened on a market, newest first."""

    instrument_id: InstrumentId
    limit: int | None = None


class ListFills(Query, frozen=True):
    """
    Answers a tuple of `Fill`, newest first unless `ascending`, and of one match the maker's first.

    None means any. Only the page is reported: `limit` fills after the first `offset` of those that
    happened from `since_ns` to `until_ns`, both included, and came no later than `until_match_id`.
    """

    account_ids: tuple[AccountId, ...]
    order_id: OrderId | None = None
    cl_ord_id: str | None = None
    instrument_ids: tuple[InstrumentId, ...] | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    offset: int = 0
    limit: int | None = None
    until_match_id: MatchId | None = None
    ascending: bool = False


class CountFills(Query, frozen=True):
    """Answers how many fills a query asks for, on all its pages."""

    of: ListFills


class GetAccount(Query, frozen=True):
    """Answers `AccountSummary`, or None."""

    account_id: AccountId


class ListSlots(Query, frozen=True):
    """Answers a tuple of `SlotUse`: what slots of an asset the account has used."""

    account_id: AccountId
    asset_id: AssetId


class GetQuote(Query, frozen=True):
    """Answers `QuoteReport`, or None."""

    instrument_id: InstrumentId


class ListQuotes(Query, frozen=True):
    """Answers a tuple of `QuoteReport`, one per instrument of the venue, in order of listing."""

    venue: str


class GetDepth(Query, frozen=True):
    """Answers `DepthReport`, or None; at most `levels_max` a side."""

    instrument_id: InstrumentId
    levels_max: int = 50


class PreviewOrder(Query, frozen=True):
    """
    Answers `PreviewReport`: the command decided as if it came at `now_ns`, and thrown away.
    """

    order: NewOrder | RecordRejected
    now_ns: int = 0


class GetReferenceData(Query, frozen=True):
    """Answers `ReferenceData` for the venue, or for every venue when empty."""

    venue: str = ""
