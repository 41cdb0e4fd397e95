"""What a world may set about this venue: its switches, and what is left open by its documents."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from countermand.venues.autoshares import session_times
from countermand.venues.autoshares.credential import Bearer
from countermand.venues.autoshares.presentation import About, Person
from countermand.wire import times
from countermand.wire.context import Allowance, Context, Settings
from countermand.wire.operation import CANCELING, Operation

NAME = "autoshares"

_NOT_NEGATIVE = Meta(ge=0)

TRADING = frozenset({Operation.PLACE_ORDER, Operation.REPLACE_ORDER, *CANCELING})
QUERIES = frozenset(
    {
        Operation.GET_ORDER,
        Operation.LIST_ORDERS,
        Operation.LIST_FILLS,
        Operation.LIST_POSITIONS,
        Operation.GET_POSITION,
    }
)
LOOKUPS = frozenset(Operation) - TRADING - QUERIES - {Operation.LOG_IN}


class AutosharesSettings(Settings, frozen=True):
    """
    The venue's switches; `demo.toml` says of each what it is for.

    Shape:  `securities` by symbol, `people` by the name of the user; `public_url` is what links
            begin with where the server is not asked under its own name (behind a proxy), and the
            `*_streamer_url` where streams are, all of them empty for the host of the request.
    Units:  `token_life_s` seconds a login lasts, `interim_life_s` one that awaits a further factor;
            `logins_per_minute` of one user, and of one token by class: `trading_per_minute` is
            placing, replacing and canceling, `queries_per_minute` orders and positions,
            `lookups_per_minute` the rest; 0: no limit. `pending_ms` milliseconds in which a state
            that is done is still shown as pending; `day_end_delay_s` seconds between a session's
            end and that of its Day orders. `calendar` to `late_close` are `session_times.Hours`.
    Raises: ValueError for a calendar or time zone that does not exist, and for times of day that
            are none or do not follow each other.
    """

    securities: dict[str, About] = {}
    people: dict[str, Person] = {}
    clearing_firm: str = "PaperTrading"
    public_url: str = ""
    quote_streamer_url: str = ""
    data_streamer_url: str = ""
    cancel_answers_ok: bool = False
    cancel_as_listed: bool = False
    etna_oddities: bool = False
    strict_market_orders: bool = False
    pending_ms: Annotated[int, _NOT_NEGATIVE] = 0
    token_life_s: Annotated[int, Meta(ge=1)] = 24 * 60 * 60
    interim_life_s: Annotated[int, Meta(ge=1)] = 5 * 60
    logins_per_minute: Annotated[int, _NOT_NEGATIVE] = 0
    trading_per_minute: Annotated[int, _NOT_NEGATIVE] = 0
    queries_per_minute: Annotated[int, _NOT_NEGATIVE] = 0
    lookups_per_minute: Annotated[int, _NOT_NEGATIVE] = 0
    calendar: str = "XNYS"
    time_zone: str = "America/New_York"
    opens: str = "09:30"
    closes: str = "16:00"
    early_close: str = "13:00"
    late_close: str = "20:00"
    day_end_delay_s: Annotated[int, _NOT_NEGATIVE] = 60

    def __post_init__(self) -> None:
        # This is also what loads the calendars: while starting, not with the first order.
        session_times.check(self.hours)

    def allowance(self, operation: Operation | None) -> Allowance:
        """Return the class an operation is counted in, where that has a limit."""
        if operation in TRADING:
            name, per_minute = "trading", self.trading_per_minute
        elif operation in QUERIES:
            name, per_minute = "queries", self.queries_per_minute
        else:
            name, per_minute = "lookups", self.lookups_per_minute
        return Allowance(name, per_minute, 60) if per_minute else super().allowance(operation)

    @property
    def hours(self) -> session_times.Hours:
        """Whose days of trading end Day orders, and when."""
        return session_times.Hours(
            self.calendar,
            self.time_zone,
            self.opens,
            self.closes,
            self.early_close,
            self.late_close,
        )

    @property
    def pending_ns(self) -> int:
        """How long a pending state is shown at least."""
        return self.pending_ms * times.MS

    @property
    def day_end_delay_ns(self) -> int:
        """How long a Day order outlives its session."""
        return self.day_end_delay_s * times.S


Ctx = Context[AutosharesSettings, Bearer]
