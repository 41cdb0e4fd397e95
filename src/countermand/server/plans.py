"""
Plans: what is to happen to requests under way, and the venue value that does it.

A venue is a value: while anything is to happen inside its conversations, or to its proof, or is to
be recorded of it, its pipeline serves another one, whose rows and proof look for a plan. Requests
without one go as they always do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from countermand.server.within import Act, acted
from countermand.vocabulary.reports import AccountReport
from countermand.wire.context import Settings
from countermand.wire.conversation import AnyContext, Serve, Serving
from countermand.wire.credential import Credential, Keys, Principal
from countermand.wire.errors import WireError
from countermand.wire.http import Request
from countermand.wire.route import Route
from countermand.wire.venue import Auth, Venue

PROVEN = "proven"


class Plan:
    """
    The faults that strike one request, with the owner that was found and the verdict on its key.
    """

    __slots__ = ("acts", "owner", "skew_ns", "struck", "verdict")

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.struck: list[str] = []
        self.skew_ns = 0
        self.owner = self.verdict = ""


class Plans:
    """The plans of one venue's requests, each found by the request itself."""

    def __init__(self) -> None:
        self._plans: dict[int, tuple[Request, Plan]] = {}

    def of(self, request: Request) -> Plan | None:
        """Return the plan of a request, or None."""
        found = self._plans.get(id(request))
        return None if found is None else found[1]

    def __len__(self) -> int:
        return len(self._plans)

    def make(self, request: Request) -> Plan:
        """Return a plan for a request, which there is until it is `over`."""
        plan = Plan()
        # The request is held with it: its id is its own as long as it is there.
        self._plans[id(request)] = (request, plan)
        return plan

    def over(self, request: Request) -> None:
        """Forget the plan of a request. Idempotent."""
        self._plans.pop(id(request), None)

    def within(self, venue: Venue) -> Venue:
        """Return the venue as a value that looks for plans."""

        def change(row: Route) -> Route:
            return replace(row, op=replace(row.op, serve=self._serving(row.op.serve)))

        return replace(
            venue, routes=venue.routes.changed(change), auth=_PlannedAuth(venue.auth, self)
        )

    def _serving(self, plain: Serve) -> Serve:
        def serve(message: Any, ctx: AnyContext) -> Serving[Any]:
            steps, plan = plain(message, ctx), self.of(ctx.request)
            for act in () if plan is None else plan.acts:
                steps = acted(steps, act)
            return steps

        return serve


class _PlannedAuth:
    # A venue's own proof, by another time for requests whose plan says so.

    def __init__(self, auth: Auth[Any, Any], plans: Plans) -> None:
        self._auth, self._plans = auth, plans

    def credential(self, owner: str, fields: Mapping[str, Any]) -> Credential:
        credential: Credential = self._auth.credential(owner, fields)
        return credential

    def fresh(
        self, owner: str, account: AccountReport | None, chance: bytes, now_ns: int
    ) -> dict[str, Any]:
        return self._auth.fresh(owner, account, chance, now_ns)

    def publish(self, credential: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        return self._auth.publish(credential, accounts)

    def sign(self, request: Request, credential: Credential, now_ns: int) -> Request:
        return self._auth.sign(request, credential, now_ns)

    def principal(self, credential: Credential) -> Principal:
        return self._auth.principal(credential)

    def verify(
        self, request: Request, keys: Keys[Any], settings: Settings, now_ns: int
    ) -> Principal:
        plan = self._plans.of(request)
        if plan is None:
            return self._auth.verify(request, keys, settings, now_ns)
        try:
            principal = self._auth.verify(request, keys, settings, now_ns + plan.skew_ns)
        except WireError as error:
            plan.verdict = error.text
            raise
        plan.owner, plan.verdict = principal.owner, PROVEN
        return principal
