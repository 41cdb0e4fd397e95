"""
Faults: sets what goes wrong, and stands between a site and its venue only while something may.

    Connection ─Request─► Site.begin ─► [strikes of the faults that fit] ─► the venue's own begin
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic

from countermand.faults.armed import Arsenal
from countermand.faults.fault import Fault, Report, Unknown, check
from countermand.faults.kinds import ADDED
from countermand.server.asked import AskedOf
from countermand.server.pipeline import Pipeline
from countermand.server.ports import Answer, Begin
from countermand.server.site import Site
from countermand.server.strikes import LAYERS
from countermand.vocabulary.ids import OrderId
from countermand.wire.context import Context
from countermand.wire.credential import Credential
from countermand.wire.http import Request
from countermand.wire.order_names import find_order


class Faults:
    """The faults of one exchange, over the sites that serve it."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._arsenal = Arsenal(clock)
        self._posts: dict[str, _Post] = {}

    def serve(self, site: Site, pipeline: Pipeline) -> None:
        """Stand by at a site, in front of a pipeline; a later one of the same venue replaces it."""
        self._posts[pipeline.venue.name] = _Post(site, pipeline, self._arsenal)
        self._refresh()

    def add(self, fault: Fault) -> Report:
        """
        Set a fault, from the next request on.

        Raises: Unknown for one that names what there is not, FaultRefused for one that makes no
                sense in itself.
        """
        check(fault)
        report = self._arsenal.add(fault, _orders(fault, self._posts_of(fault)))
        self._refresh()
        return report

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

    def _posts_of(self, fault: Fault) -> list[_Post]:
        # Those the fault may strike at. What it names must be known at one of them.
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


class _Post:
    # One venue's site. While no fault may strike there, the site's begin is the venue's own.

    def __init__(self, site: Site, pipeline: Pipeline, arsenal: Arsenal) -> None:
        self.pipeline = pipeline
        self._site, self._arsenal = site, arsenal
        self._plain: Begin = site.begin

    def refresh(self) -> None:
        may_strike = self._arsenal.venues() & {"", self.pipeline.venue.name}
        self._site.begin = self._begin if may_strike else self._plain

    def _begin(self, request: Request, answer: Answer) -> None:
        struck = self._arsenal.strike(AskedOf(self.pipeline, request))
        self.refresh()
        begin = self._plain
        # Delays lie outside: what else happens, happens late.
        for armed in sorted(struck, key=lambda each: each.fault.kind in ADDED):
            begin = LAYERS[armed.fault.kind](armed, begin, self.pipeline)
        begin(request, answer)


def _orders(fault: Fault, posts: Iterable[_Post]) -> list[tuple[str, OrderId]]:
    if not fault.order:
        return []
    if found := [
        (post.pipeline.venue.name, each) for post in posts for each in _named(fault, post)
    ]:
        return found
    raise Unknown(f"{fault.venue or 'the exchange'} has no order {fault.order!r}")


def _named(fault: Fault, post: _Post) -> Iterator[OrderId]:
    pipeline = post.pipeline
    owners: dict[str, Credential] = {}
    for credential in pipeline.keys:
        if fault.account in ("", credential.owner):
            owners.setdefault(credential.owner, credential)
    for owner, credential in owners.items():
        principal = pipeline.venue.auth.principal(credential)
        now_ns = pipeline.clock.now_ns()
        context = Context(pipeline.directory, pipeline.settings, principal, now_ns)
        for account in pipeline.directory.accounts_of(owner):
            found = find_order(
                pipeline.venue.routes,
                account.account_id,
                fault.order,
                context,
                pipeline.engine.view,
            )
            if found is not None:
                yield found.order_id


def _check_known(sentence: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise Unknown(f"{sentence} {name!r}; there are {_listed(known)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
