"""
Reactions: what an event that has happened brings about in turn.

Each is in the file of its idea, registered there by the type of event it looks at. It is asked when
all events of the same moment are true, and yields events in batches: one is made true, with all
that follows from it, before the next is asked for. Where several look at one event they are asked
in the order of this list.
"""

from countermand.core import all_or_none, conditional, falling_due, funding, linked, reducing
from countermand.core.decision import Reaction
from countermand.vocabulary.events import OrderAccepted, OrderRested, Traded

_IDEAS = (
    # First, for what a list makes smaller is covered that would not be.
    linked.REACTIONS,
    reducing.REACTIONS,
    funding.REACTIONS,
    all_or_none.REACTIONS,
    conditional.REACTIONS,
    falling_due.REACTIONS,
)

_ALL: dict[type, tuple[Reaction, ...]] = {
    kind: tuple(idea[kind] for idea in _IDEAS if kind in idea) for idea in _IDEAS for kind in idea
}

# What happens to most orders. It is asked about only where `evolve` says that something may hang on
# it: another order that waits, sleeps, is of the same list or may only reduce.
_FREQUENT = (OrderAccepted, OrderRested, Traded)
FREQUENT_REACTIONS = {kind: _ALL[kind] for kind in _FREQUENT} | {
    kind: (reaction,) for kind, reaction in linked.LISTED_REACTIONS.items()
}

# All others.
REACTIONS = {kind: asked for kind, asked in _ALL.items() if kind not in _FREQUENT}
