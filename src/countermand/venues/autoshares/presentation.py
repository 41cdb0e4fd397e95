"""
Presentation: what the venue shows of securities and people that the exchange does not know. It lies
in the venue's settings.

Source: ETNA manual, "Get equity info", "Get user's info": the fields. What stands in them where a
        world says nothing is our proposal (README).
"""

from typing import Literal

from msgspec import Struct

from countermand.venues.autoshares.messages.shared import NO_DATE
from countermand.wire import times


def _check_dates(one: Struct, *names: str) -> None:
    for name in names:
        text = getattr(one, name)
        try:
            if text != NO_DATE:
                times.parse_iso(text)
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None


class About(Struct, frozen=True, forbid_unknown_fields=True):
    """
    The descriptive fields of one security.

    Shape:  `exchange` is a MIC; `description` stands for the company, and the symbol for that.
    Units:  dates are ISO-8601 text and shown as they stand.
    Raises: ValueError for an invalid date, which names the field.
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
    The descriptive fields of one user. A user without an entry is called by their login.

    Raises: ValueError for an invalid date, which names the field.
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


# The fields of a security without an entry.
UNTOLD = About()
