"""
Identifiers, as distinct integer types.

Every id is the sequence number of the entry that created the thing, so ids are unique, never reused
and the same on every replay. How a venue spells one is rendering and lives in the venue's folder.
"""

from typing import NewType

AssetId = NewType("AssetId", int)
InstrumentId = NewType("InstrumentId", int)
AccountId = NewType("AccountId", int)
OrderId = NewType("OrderId", int)
MatchId = NewType("MatchId", int)

# The instrument of a command or an order that names none.
NO_INSTRUMENT = InstrumentId(0)

# House accounts are the other side of every posting that leaves or enters the customers' accounts.
EXTERNAL = AccountId(-1)  # deposits come from here
FEES = AccountId(-2)  # fees go here, rebates come from here
CLEARING = AccountId(-3)  # the other side of realized profit and loss

# One entry can make many matches: the match id is the entry's number with the index below it. No
# book can hold as many orders as there is room for.
MATCHES_PER_ENTRY_MAX = 1 << 32


def match_id(seq: int, index: int) -> MatchId:
    """
    Return the id of the match at `index` within entry `seq`.

    Raises: AssertionError when one entry makes more matches than the id has room for.
    """
    assert 0 <= index < MATCHES_PER_ENTRY_MAX
    return MatchId(seq * MATCHES_PER_ENTRY_MAX + index)
