"""
Ids as this venue spells them: JSON numbers of 32 bits, all of them our integers or next to them.

Shape:  an account, an order and a security are our number; a user has no number of ours and is
        its first account's, counted from `FIRST_USER` on.
Source: Orders API reference, "Cancel order" (ids are int32); that users and accounts must not be
        mistaken for one another: ETNA manual, "Common mistakes". Which numbers is our proposal.
"""

import re

from countermand.vocabulary.ids import AccountId, OrderId
from countermand.wire.directory import Directory
from countermand.wire.errors import InvalidField

INT32_MAX = 2**31 - 1
FIRST_USER = 1_000_000_000

ME = "@me"

# Ten digits are enough for 32 bits, and what is longer costs nothing to refuse.
_INT = re.compile(r"-?[0-9]{1,10}")

# What an order is called whose owner gave it no name: digits, as the venue's own are.
_CLIENT_ID = 1_733_000_000


def parse_int32(name: str, text: str) -> int:
    """
    Return the id a path's segment spells.

    Raises: InvalidField for a text, a fraction, what 32 bits do not hold, and what is not positive.
    """
    if (number := int32(text)) is None or number <= 0:
        raise InvalidField(name, f"invalid {name}: must be a positive 32-bit integer")
    return number


def int32(text: str) -> int | None:
    """Return the number a text spells that 32 bits hold, or None."""
    if not _INT.fullmatch(text):
        return None
    number = int(text)
    return number if -INT32_MAX <= number <= INT32_MAX else None


def user_id(owner: str, directory: Directory) -> int:
    """Return a user's number, 0 for one without accounts."""
    first = next(iter(directory.accounts_of(owner)), None)
    return 0 if first is None else FIRST_USER + first.account_id


def owner_of(number: int, directory: Directory) -> str | None:
    """Return whose number it is, or None."""
    first = directory.accounts.get(AccountId(number - FIRST_USER))
    if first is None or user_id(first.owner, directory) != number:
        return None
    return first.owner


def client_id(order_id: OrderId) -> str:
    """Return what an order is called whose owner gave it no name."""
    return str(_CLIENT_ID + order_id)
