"""An office of this venue: its demo world, and requests as anybody's program would send them."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.venues.desk import Desk

from countermand.venues.autoshares import VENUE
from countermand.venues.autoshares.settings import AutosharesSettings
from countermand.vocabulary.commands import AdvanceTime
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import GetOrder
from countermand.wire import times
from countermand.wire.http import Request, Response

APP_KEY = "countermand-demo-app-0001"

# The form of an order that rests.
FORM = {
    "Symbol": "AAPL", "Type": "Limit", "Side": "Buy", "Quantity": 10, "Price": 180,
    "TimeInforce": "Day", "ClientId": "abc-1",
}  # fmt: skip


class Office(Desk):
    """The demo world with settings of one's own; an account is named `user/account`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(VENUE, AutosharesSettings(**settings))
        accounts = self.directory.accounts.values()
        self.numbers = {f"{a.owner}/{a.name}": a.account_id for a in accounts}

    def token(self, user: str, index: int = 0) -> str:
        """Return a standing token of a user's."""
        held: str = self.credential(user, index).held.token  # type: ignore[attr-defined]  # ours
        return held

    def call(
        self,
        line: str,
        body: Any = None,
        *,
        user: str | None = "alice",
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Send `METHOD path` with a user's standing token, unless headers say otherwise."""
        method, path = line.split(" ", 1)
        if headers is None:
            headers = {"Et-App-Key": APP_KEY}
            headers |= {"Authorization": f"Bearer {self.token(user)}"} if user else {}
        raw = (
            b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        )
        pairs = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
        pairs.append((b"host", b"venue.test"))
        request = Request(method, path.encode(), query.encode(), tuple(pairs), raw)
        return self.answer(request)

    def orders(self, of: str = "alice/margin") -> str:
        """Return the path of an account's orders."""
        return f"/api/v1.0/accounts/{self.numbers[of]}/orders"

    def place(self, of: str = "alice/margin", **terms: Any) -> int:
        """Place an order to buy ten shares of AAPL at 180, or other terms; return its id."""
        form = {"Symbol": "AAPL", "Type": "Limit", "Side": "Buy", "Quantity": 10, "Price": 180}
        answer = self.call(f"POST {self.orders(of)}", form | terms, user=of.partition("/")[0])
        assert answer.status == 200, answer.body
        return int(decoded(answer)["Id"])

    def read(self, order_id: int, of: str = "alice/margin") -> dict[str, Any]:
        """Return an order as the venue shows it."""
        answer = self.call(f"GET {self.orders(of)}/{order_id}", user=of.partition("/")[0])
        assert answer.status == 200, answer.body
        return decoded(answer)

    def cancel(self, order_id: Any, of: str = "alice/margin", user: str | None = None) -> Response:
        """Cancel an order."""
        owner = user or of.partition("/")[0]
        return self.call(f"DELETE {self.orders(of)}/{order_id}", user=owner)

    def core(self, order_id: int, of: str = "alice/margin") -> Any:
        """Return an order as the exchange has it."""
        return self.engine.exchange.query(GetOrder(self.numbers[of], OrderId(order_id)))

    def wait(self, milliseconds: int) -> None:
        """Let time pass, and what is due happen."""
        self.clock.ns += milliseconds * times.MS
        self.engine.enter(AdvanceTime())


def decoded(answer: Response) -> Any:
    """Return what a body says."""
    return msgspec.json.decode(answer.body)
