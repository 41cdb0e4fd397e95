"""Standing: which standing of an order can follow which, as one table."""

from countermand.vocabulary.order import Standing

_AFTER = {
    # Written down, then placed; one that is refused is remembered as closed.
    Standing.STAGED: (
        Standing.PENDING, Standing.ARMED, Standing.WAITING, Standing.RESTING, Standing.CLOSED,
    ),
    # Taken, and on its way to where it will stand; it may end on the way.
    Standing.PENDING: (
        Standing.PENDING, Standing.ARMED, Standing.WAITING, Standing.HELD, Standing.RESTING,
        Standing.CLOSED,
    ),
    # Asleep, until its trigger is met.
    Standing.ARMED: (Standing.PENDING, Standing.ARMED, Standing.HELD, Standing.CLOSED),
    # Beside the book, until it can trade or comes in anew.
    Standing.WAITING: (Standing.PENDING, Standing.WAITING, Standing.HELD, Standing.CLOSED),
    # Held back by its list, and again when it has traded all it was let in for.
    Standing.HELD: (Standing.PENDING, Standing.ARMED, Standing.HELD, Standing.CLOSED),
    # In the book; what comes in anew leaves it first.
    Standing.RESTING: (Standing.PENDING, Standing.RESTING, Standing.HELD, Standing.CLOSED),
    Standing.CLOSED: (),
}  # fmt: skip

# The same as bits, by number, for every event about an order is held against it.
FOLLOW = tuple(
    sum(1 << after for after in _AFTER[Standing(before)]) if before else 0
    for before in range(max(Standing) + 1)
)
