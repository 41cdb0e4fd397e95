"""
Feed: every receipt, in order, to each subscriber, at the subscriber's own pace.

A subscriber that falls behind by more than its room is cut and told so: the engine does not wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from countermand.vocabulary.receipt import Receipt

# A hundred full groups: a reader that is further behind is not expected to catch up.
ROOM = 25_600


# Called with every group's receipts before any of them is answered; it must be quick and not raise.
Follower = Callable[[Sequence[Receipt]], None]


class FeedCut(Exception):
    """The subscriber was too slow; `seq` is the last receipt it was given."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"too slow: cut after {seq}")
        self.seq = seq


class FeedClosed(Exception):
    """The engine has stopped; there is nothing more to come."""


class Subscription:
    """One reader's place in the feed, from `seq` (not included) on."""

    def __init__(self, seq: int, room: int) -> None:
        self.seq = seq
        self._room = room
        self._waiting: deque[Receipt] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._is_cut = self._is_closed = False

    async def next(self) -> Receipt:
        """
        Return the next receipt, waiting for it.

        Raises: FeedCut, FeedClosed once everything published before is read.
        """
        while not self._waiting:
            if self._is_cut:
                raise FeedCut(self.seq)
            if self._is_closed:
                raise FeedClosed
            self._wake = asyncio.get_running_loop().create_future()
            try:
                await self._wake
            finally:
                self._wake = None
        receipt = self._waiting.popleft()
        self.seq = receipt.seq
        return receipt

    async def __aiter__(self) -> AsyncIterator[Receipt]:
        while True:
            try:
                receipt = await self.next()
            except FeedClosed:
                return
            yield receipt

    def offer(self, receipts: Sequence[Receipt]) -> bool:
        """Queue receipts and return whether there was room; without it, drop all that wait."""
        if len(self._waiting) + len(receipts) > self._room:
            self._is_cut = True
            self._waiting.clear()
        else:
            self._waiting.extend(receipts)
        self._rouse()
        return not self._is_cut

    def close(self) -> None:
        """Tell the reader that nothing more will come."""
        self._is_closed = True
        self._rouse()

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)


class Feed:
    """The place where receipts are published, once applied and durable."""

    def __init__(self, seq: int = 0) -> None:
        self._seq = seq
        self._subscriptions: set[Subscription] = set()
        self._followers: list[Follower] = []
        self._is_closed = False

    def subscribe(self, room: int = ROOM) -> Subscription:
        """Return a place that sees every receipt after the last one published."""
        subscription = Subscription(self._seq, room)
        self._subscriptions.add(subscription)
        if self._is_closed:
            subscription.close()
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """End a subscription. Idempotent."""
        self._subscriptions.discard(subscription)

    def follow(self, follower: Follower) -> None:
        """Call `follower` with all that is published from now on, as it is."""
        self._followers.append(follower)

    def unfollow(self, follower: Follower) -> None:
        """End what `follow` began. Raises ValueError for one that does not follow."""
        self._followers.remove(follower)

    def publish(self, receipts: Sequence[Receipt]) -> None:
        """Hand receipts, which follow the last ones, to every subscriber; cut who has no room."""
        self._seq = receipts[-1].seq
        # Tuples, since followers and slow subscribers leave while we go through them.
        for follower in tuple(self._followers):
            follower(receipts)
        for subscription in tuple(self._subscriptions):
            if not subscription.offer(receipts):
                self._subscriptions.discard(subscription)

    def close(self) -> None:
        """Tell every subscriber that nothing more will come."""
        self._is_closed = True
        for subscription in self._subscriptions:
            subscription.close()
