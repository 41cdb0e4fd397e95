"""
Rate limits: a token bucket per key, filled evenly, as deep as its span: a second, or longer.

A way out of the market is not shut by what was asked before: cancels beyond the limit have a
reserve of their own.
"""

from __future__ import annotations

from countermand.wire.context import Settings
from countermand.wire.errors import RateLimited
from countermand.wire.operation import Operation

NS_PER_S = 1_000_000_000

# Beyond this many keys, those whose allowance is full again are forgotten.
KEYS_MAX = 10_000


class RateLimits:
    """
    Buckets of `limit` tokens in a span; a limit of 0 lets everything through.

    Kept as the time up to which a key has used its allowance (a bucket without a clock of its own):
    each unit of weight moves it on by one share of the span, and it may not run a span ahead.
    """

    def __init__(self, limit: int, span_s: int = 1) -> None:
        self.limit, self.span_s = limit, span_s
        self._span_ns = span_s * NS_PER_S
        self._used_until_ns: dict[str, int] = {}
        self._sweep_at = KEYS_MAX

    def allows(self, key: str, weight: int, now_ns: int) -> bool:
        """
        Charge `key` for a request of `weight` at `now_ns`; False, and no charge, when it may not.
        """
        if not self.limit:
            return True
        used_until = max(self._used_until_ns.get(key, 0), now_ns)
        after = used_until + weight * self._span_ns // self.limit
        if after - now_ns > self._span_ns:
            return False
        self._used_until_ns[key] = after
        if len(self._used_until_ns) > self._sweep_at:
            self._sweep(now_ns)
        return True

    def _sweep(self, now_ns: int) -> None:
        # A client that asks under ever new names must not fill the memory with them.
        ahead = self._used_until_ns.items()
        self._used_until_ns = {key: until for key, until in ahead if until > now_ns}
        self._sweep_at = max(KEYS_MAX, 2 * len(self._used_until_ns))


class KeyLimits:
    """The limits of one venue's keys, as its settings have them for each operation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._by_name: dict[str, RateLimits] = {}
        reserve = settings.cancel_reserve_per_s
        self._reserve_per_s = settings.rate_limit_per_s if reserve is None else reserve
        self._reserve = RateLimits(self._reserve_per_s)

    def of(self, operation: Operation | None) -> RateLimits:
        """Return what an operation is counted against; None is a path that nothing answers."""
        asked = self._settings.allowance(operation)
        return self._by_name.setdefault(asked.name, RateLimits(asked.limit, asked.span_s))

    def charge(
        self, limits: RateLimits, key: str, weight: int, now_ns: int, *, cancels: bool
    ) -> None:
        """Count a request of `weight`. Raises: RateLimited for one too many."""
        if limits.allows(key, weight, now_ns):
            return
        has_reserve = cancels and self._reserve_per_s and limits.span_s == 1
        if not (has_reserve and self._reserve.allows(key, weight, now_ns)):
            raise RateLimited(limits.limit, limits.span_s)
