"""Rate limits: a token bucket per key, filled evenly, as deep as one second."""

NS_PER_S = 1_000_000_000


class RateLimits:
    """
    Buckets of `limit_per_s` tokens; a limit of 0 lets everything through.

    Kept as the time up to which a key has used its allowance (a bucket without a clock of its own):
    each unit of weight moves it on by one share of a second, and it may not run a second ahead.
    """

    def __init__(self, limit_per_s: int) -> None:
        self.limit_per_s = limit_per_s
        self._used_until_ns: dict[str, int] = {}

    def allows(self, key: str, weight: int, now_ns: int) -> bool:
        """
        Charge `key` for a request of `weight` at `now_ns`; False, and no charge, when it may not.
        """
        if not self.limit_per_s:
            return True
        used_until = max(self._used_until_ns.get(key, 0), now_ns)
        after = used_until + weight * NS_PER_S // self.limit_per_s
        if after - now_ns > NS_PER_S:
            return False
        self._used_until_ns[key] = after
        return True
