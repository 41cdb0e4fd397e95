"""
What is said of securities, people and hosts besides trading. Presentation only; nothing here is
known to the exchange, so it lies in the venue's settings.

Source: ETNA manual, "Get equity info", "Get user's info", "Get streamers' info": the fields. What
        stands in them where a world says nothing is our proposal (README).
"""

from typing import Literal

from msgspec import Struct

from countermand.vocabulary.instrument import Instrument
from countermand.wire import times
from countermand.wire.context import Settings

# "No date", as this venue writes it.
NO_DATE = "0001-01-01T00:00:00Z"


def date_ns(text: str) -> int | None:
    """Return a date of a security or a user in nanoseconds, None for none. Raises ValueError."""
    return None if text == NO_DATE else times.parse_iso(text)


def _check_dates(one: Struct, *names: str) -> None:
    for name in names:
        try:
            date_ns(getattr(one, name))
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None


class About(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What is said of one security.

    Shape:  `exchange` is a MIC; `description` stands for the company, and the symbol for that.
    Units:  dates are ISO-8601 text and shown as they stand.
    Raises: ValueError for a date that is none, which names the field.
    """

    description: str = ""
    exchange: str = ""
    type: Literal["CommonStock", "ETF", "PreferredStock", "MutualFund"] = "CommonStock"
    cusip: str | None = None
    added_date: str = NO_DATE
    modify_date: str = NO_DATE
    enabled: bool = True
    allow_margin: bool = True
    allow_short: bool = True

    def __post_init__(self) -> None:
        _check_dates(self, "added_date", "modify_date")


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What is said of one user; whoever is not told of is called by their login.

    Raises: ValueError for a date that is none, which names the field.
    """

    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    email: str = ""
    role: int = 0
    added_date: str = NO_DATE
    salutation: Literal["NoSalutation", "Mr", "Mrs", "Ms", "Dr", "Sir", "Madam"] = "NoSalutation"
    suffix: Literal["NoSuffix", "Jr", "Sr", "Second", "Third", "Fourth"] = "NoSuffix"

    def __post_init__(self) -> None:
        _check_dates(self, "added_date")


class ShownSettings(Settings, frozen=True):
    """
    The part of the venue's settings that says what things are called.

    Shape:  `securities` by symbol, `people` by the name of the user; `public_url` is what links
            begin with where the server is not asked under its own name (behind a proxy), and the
            `*_streamer_url` where streams are, all of them empty for the host of the request.
    """

    securities: dict[str, About] = {}
    people: dict[str, Person] = {}
    clearing_firm: str = "PaperTrading"
    public_url: str = ""
    quote_streamer_url: str = ""
    data_streamer_url: str = ""


_NOTHING = About()


def shown(settings: Settings) -> ShownSettings:
    """Return the settings as this venue's."""
    assert isinstance(settings, ShownSettings)  # noqa: S101  (the venue's own settings)
    return settings


def about(settings: Settings, symbol: str) -> About:
    """Return what is said of a security, which may be nothing."""
    return shown(settings).securities.get(symbol, _NOTHING)


def company(settings: Settings, instrument: Instrument) -> str:
    """Return the name of the company, or the symbol for want of one."""
    return about(settings, instrument.symbol).description or instrument.symbol


def person(settings: Settings, owner: str) -> Person:
    """Return what is said of a user; the name of one nobody told of is the login."""
    return shown(settings).people.get(owner) or Person(first_name=owner)
