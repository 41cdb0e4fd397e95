"""
Faults: sets what goes wrong, and stands between a site and its venue only while something may.

    Connection ─Request─► Site.begin ─► [strikes of the faults that fit] ─► the venue's own begin
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic

from countermand.faults.armed import Arsenal
from countermand.faults.fault import Fault, FaultRefused, Report, Unknown, check
from countermand.faults.kinds import Kind
from countermand.server.laggings import Laggings
from countermand.server.pipeline import Pipeline
from countermand.server.post import Post
from countermand.server.recorder import Recorder
from countermand.server.site import Site
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import GetOrder


class Faults:
    """The faults of one exchange, over the sites that serve it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.requests = Recorder()
        self.requests.on_change = self._refresh
        self._arsenal = Arsenal(clock)
        self._posts: dict[str, Post] = {}
        self._laggings = Laggings()

    def serve(self, site: Site, pipeline: Pipeline) -> None:
        """
        Stand by at a site, whose begin is the venue's own, in front of a pipeline; a later one of
        the same venue replaces it.
        """
        if (former := self._posts.get(pipeline.venue.name)) is not None:
            former.retire()
        post = Post(site, pipeline, self._arsenal, self.requests, self._laggings)
        self._posts[pipeline.venue.name] = post
        for armed in self._arsenal.armed():
            if armed.fault.kind is Kind.STALE:
                self._laggings.of(armed, pipeline)
        self._refresh()

    def add(self, fault: Fault) -> Report:
        """
        Set a fault, from the next request on.

        Raises: Unknown for one that names what there is not, FaultRefused for one that makes no
                sense in itself.
        """
        check(fault)
        posts = self._posts_of(fault)
        _check_stamped(fault, posts)
        armed = self._arsenal.add(fault, _orders(fault, posts))
        if fault.kind is Kind.STALE:
            for post in posts:
                self._laggings.of(armed, post.pipeline)
        self._refresh()
        return self._arsenal.report(armed)

    def reports(self) -> tuple[Report, ...]:
        """Return every fault that was set and not cleared, in order, with how often it struck."""
        return self._arsenal.reports()

    def clear(self, number: int | None = None) -> None:
        """Forget a fault, or all of them. Raises Unknown."""
        self._arsenal.clear(number)
        self._refresh()

    def _refresh(self) -> None:
        for post in self._posts.values():
            post.refresh()

    def _posts_of(self, fault: Fault) -> list[Post]:
        # The posts that the fault may strike at. One of them must know the names in it.
        if fault.venue and fault.venue not in self._posts:
            raise Unknown(f"no venue is called {fault.venue!r}; there are {_listed(self._posts)}")
        posts = [self._posts[fault.venue]] if fault.venue else list(self._posts.values())
        where = fault.venue or "the exchange"
        if fault.operation:
            known = {
                row.operation.value for post in posts for row in post.pipeline.venue.routes.rows
            }
            _check_known(f"{where} has no operation", fault.operation, sorted(known))
        if fault.account:
            accounts = [
                each for post in posts for each in post.pipeline.directory.accounts.values()
            ]
            owners = dict.fromkeys(each.owner for each in accounts)
            if fault.account not in (f"{each.owner}/{each.name}" for each in accounts):
                _check_known(f"{where} has no account", fault.account, owners)
        return posts


def _check_stamped(fault: Fault, posts: Iterable[Post]) -> None:
    if fault.kind is not Kind.CLOCK_SKEW:
        return
    if not any(post.pipeline.venue.habits.stamped for post in posts):
        where = fault.venue or "the exchange"
        raise FaultRefused(f"{where}: no request bears a time, so a wrong clock would do nothing")


def _orders(fault: Fault, posts: Iterable[Post]) -> list[tuple[str, OrderId]]:
    if not fault.order:
        return []
    if found := [
        (post.pipeline.venue.name, each) for post in posts for each in _named(fault, post)
    ]:
        return found
    raise Unknown(f"{fault.venue or 'the exchange'} has no order {fault.order!r}")


def _named(fault: Fault, post: Post) -> Iterator[OrderId]:
    # The venue's own id for it first, then what its client calls it; several accounts may do so.
    pipeline, text = post.pipeline, fault.order
    parsed = pipeline.venue.parse_order(text)
    questions = ((OrderId(0), text),) if parsed is None else ((parsed, ""), (OrderId(0), text))
    for account in pipeline.directory.accounts.values():
        if fault.account not in ("", account.owner, f"{account.owner}/{account.name}"):
            continue
        for order_id, name in questions:
            query = GetOrder(account.account_id, order_id, name, name)
            if (found := pipeline.engine.view(query)) is not None:
                yield found.order_id
                break


def _check_known(sentence: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise Unknown(f"{sentence} {name!r}; there are {_listed(known)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
