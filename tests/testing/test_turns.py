"""Under load each request is answered once, while generations come and go."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

from countermand import connect_sync
from countermand.testing import Exchange

MARKET = "aec-nba-ny-sa-2026-06-05"
TURNS, CLIENTS = 30, 3

# The demo world's: a reset does not take it away.
ALICE = {
    "key_id": "a11ce000-0000-4000-8000-000000000001",
    "secret_key": "Y291bnRlcm1hbmQtZGVtby1hbGljZS10cmFkZS0wMDE=",
}


class Trader(threading.Thread):
    """Places and cancels until it is told to stop; every answer is remembered."""

    def __init__(self, client: httpx.Client, ended: threading.Event) -> None:
        super().__init__()
        self._client, self._ended = client, ended
        self.orders: list[str] = []
        self.statuses: dict[int, int] = {}
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Go on until the end, or until something is not answered."""
        url = str(self._client.base_url)
        try:
            with (
                self._client,
                connect_sync("polymarket-us", url, ALICE, keep_limits=False) as venue,
            ):
                while not self._ended.is_set():
                    self._turn(venue)
        except BaseException as error:  # noqa: BLE001  (it is looked at on the test's thread)
            self.failure = error

    def _turn(self, venue: Any) -> None:
        answer = self._client.get(f"/v1/markets/{MARKET}/book")
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        # An order that a turn took away is looked for until then.
        outcome = venue.place(MARKET, "buy", "1", price="0.10", timeout_s=0.5)
        if outcome.order_id:
            self.orders.append(outcome.order_id)


@pytest.mark.parametrize("turn", ["reset", "restore"])
def test_everything_is_answered_and_no_id_is_given_out_twice(turn: str) -> None:
    """Over sockets, by several clients at once."""
    ended = threading.Event()
    with Exchange("polymarket-us") as exchange:
        traders = [
            Trader(httpx.Client(base_url=exchange.url(), timeout=20), ended) for _ in range(CLIENTS)
        ]
        for trader in traders:
            trader.start()
        while not all(trader.orders or trader.failure for trader in traders):
            ended.wait(0.01)
        exchange.snapshot("here")
        for _ in range(TURNS):
            exchange.reset() if turn == "reset" else exchange.restore("here")
            ended.wait(0.02)
        ended.set()
        for trader in traders:
            trader.join()
    orders = [order for trader in traders for order in trader.orders]

    assert [trader.failure for trader in traders] == [None] * CLIENTS
    assert len(orders) == len(set(orders))
    assert all(set(trader.statuses) <= {200, 503} for trader in traders)
