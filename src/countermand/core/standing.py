"""Standing: which standing of an order can follow which, as one table."""

from countermand.vocabulary.order import Standing

_AFTER = {
    Standing.STAGED: (Standing.PENDING, Standing.WAITING, Standing.RESTING, Standing.CLOSED),
    Standing.PENDING: (
        Standing.PENDING, Standing.WAITING, Standing.HELD, Standing.RESTING, Standing.CLOSED,
    ),
    Standing.WAITING: (Standing.PENDING, Standing.WAITING, Standing.CLOSED),
    Standing.HELD: (Standing.PENDING, Standing.HELD, Standing.CLOSED),
    Standing.RESTING: (Standing.PENDING, Standing.RESTING, Standing.CLOSED),
    Standing.CLOSED: (),
}  # fmt: skip

# The same, by number and as bits, for it is looked at on every event.
_BITS = tuple(
    sum(1 << after for after in _AFTER.get(Standing(s), ())) if s else 0 for s in range(7)
)


def can_follow(before: Standing, after: Standing) -> bool:
    """Whether an order that stands at `before` can stand at `after` next."""
    return bool(_BITS[before] >> after & 1)
