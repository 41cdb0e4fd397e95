"""
Ids as this venue spells them: JSON numbers of 32 bits, made of the exchange's own numbers.

Shape:  the id of an account, order or security is its number in the exchange. Users have no number
        there: a user's id is `FIRST_USER` plus the number of their first account.
Source: Orders API reference, "Cancel order" (ids are int32); ETNA manual, "Common mistakes" (user
        ids and account ids differ). The ranges are our proposal.
"""

import re

from countermand.vocabulary.ids import AccountId, OrderId
from countermand.wire.directory import Directory
from countermand.wire.errors import InvalidField

INT32_MAX = 2**31 - 1
FIRST_USER = 1_000_000_000

ME = "@me"

# An int32 has at most ten digits; a longer text is refused before it is converted.
_INT = re.compile(r"-?[0-9]{1,10}")

# Client ids of orders placed without one start here: digits, as the venue's own are.
_CLIENT_ID = 1_733_000_000


def parse_int32(name: str, text: str) -> int:
    """
    Return the id a path's segment spells.

    Raises: InvalidField unless it is a positive integer of 32 bits.
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
    """Return the client id of an order that was placed without one."""
    return str(_CLIENT_ID + order_id)
