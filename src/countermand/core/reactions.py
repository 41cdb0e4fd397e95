"""
Reactions: what an event that has happened brings about in turn.

Each is in the file of its idea, registered there by the type of event it looks at. It is asked when
all events of the same moment are true, and yields events in batches: one is made true, with all
that follows from it, before the next is asked for. Where several look at one event they are asked
in the order of this list.
"""

from countermand.core import all_or_none, conditional, falling_due, funding, linked, reducing
from countermand.core.decision import Reaction

_IDEAS = (
    # First, for what a list makes smaller is covered that would not be.
    linked.REACTIONS,
    reducing.REACTIONS,
    funding.REACTIONS,
    all_or_none.REACTIONS,
    conditional.REACTIONS,
    falling_due.REACTIONS,
)

REACTIONS: dict[type, tuple[Reaction, ...]] = {
    kind: tuple(idea[kind] for idea in _IDEAS if kind in idea) for idea in _IDEAS for kind in idea
}

# What the end of an order of a list brings about. Ends are many, and nothing else is asked of them;
# which are of a list is said by `evolve`.
LISTED_REACTIONS = linked.LISTED_REACTIONS
