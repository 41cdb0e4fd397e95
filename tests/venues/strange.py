"""
A strange venue: what documents and captures show of a real one, read by our client.

Nothing here is asked of a server: replies are given as text, and a client learns, asks and reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes

from tests.venues.desk import START_NS, Desk

from countermand.client.call import prepared, single
from countermand.client.flow import run_sync
from countermand.vocabulary.reports import ReferenceData
from countermand.wire import codec
from countermand.wire.context import Context
from countermand.wire.conversation import Step
from countermand.wire.directory import Directory
from countermand.wire.http import Request, Response
from countermand.wire.ids import anyones
from countermand.wire.operation import Operation
from countermand.wire.venue import Venue

Replies = Mapping[Operation, Any]


class Stranger:
    """Our client before a venue that answers as documents do."""

    def __init__(self, venue: Venue, learned: Replies, credential: Any = None) -> None:
        assert venue.client is not None
        self.venue, self.end = venue, venue.client
        self.credential = credential or Desk(venue).credential()
        self.replies: Replies = learned
        self.sent: list[Request] = []
        self.directory = Directory(venue.name, ReferenceData((), (), ()))
        self.settings: Any = venue.settings()
        told = self._run(self.end.learn(self.credential, self.context))
        self.directory, self.settings = Directory(venue.name, told.data), told.settings

    @property
    def context(self) -> Context[Any, Any]:
        """Return the context of the client."""
        principal = self.venue.auth.principal(self.credential)
        return Context(self.directory, self.settings, principal, START_NS, read_id=anyones)

    @property
    def account_id(self) -> Any:
        """The key's first account."""
        return next(iter(self.directory.accounts))

    def ask(self, operation: Operation, question: Any, reply: Any, **more: Any) -> Any:
        """Return what is read of a reply, given as text or as the value of its JSON."""
        self.replies = {operation: reply} | {Operation[name]: one for name, one in more.items()}
        flow = self.venue.flows.get(operation) or single(self.venue, operation)
        return self._run(flow(question, self.credential, self.context))

    def log_in(self, *answers: Any, said: str = "") -> Any:
        """Return the credential that a login comes to, with what is answered one by one."""
        assert self.end.log_in is not None
        steps, left = self.end.log_in(self.credential, self.context), list(answers)
        try:
            step: Any = next(steps)
            while True:
                step = steps.send(
                    self._exchange(step, left.pop(0)) if isinstance(step, Step) else said
                )
        except StopIteration as end:
            return end.value

    def _run(self, steps: Any) -> Any:
        return run_sync(self.venue.name, steps, partial(self._answered))

    def _answered(self, step: Step) -> Any:
        return self._exchange(step, self.replies[step.operation])

    def _exchange(self, step: Step, reply: Any) -> Any:
        route, request = prepared(self.venue, step, self.context, self.credential)
        self.sent.append(request)
        body = reply if isinstance(reply, str) else json.dumps(reply)
        return codec.decode_reply(route, Response(200, body.encode()))


def said(request: Request) -> str:
    """Return all that a request says, as text."""
    parts = unquote_to_bytes(request.path), unquote_to_bytes(request.query), request.body
    return b" ".join(parts).decode()
