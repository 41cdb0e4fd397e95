"""Rate limits: a token bucket per key, filled evenly, as deep as its span: a second, or longer."""

NS_PER_S = 1_000_000_000

# Above so many keys those that have all of their allowance again are forgotten.
KEYS_MAX = 10_000


class RateLimits:
    """
    Buckets of `limit` tokens in a span; a limit of 0 lets everything through.

    Kept as the time up to which a key has used its allowance (a bucket without a clock of its own):
    each unit of weight moves it on by one share of the span, and it may not run a span ahead.
    """

    def __init__(self, limit: int, span_s: int = 1) -> None:
        self.limit = limit
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
        # Whoever asks under ever new names must not fill the memory with them.
        ahead = self._used_until_ns.items()
        self._used_until_ns = {key: until for key, until in ahead if until > now_ns}
        self._sweep_at = max(KEYS_MAX, 2 * len(self._used_until_ns))
