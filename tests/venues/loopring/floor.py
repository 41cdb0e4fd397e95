"""A floor: the demo world, and short words to submit, cancel and read in it."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport
from countermand.wire import times
from countermand.wire.http import Request, Response

EXCHANGE = "0x0BABA1Ad5bE3a5C0a66E7ac838a129Bf948f1eA4"
NAME = "loopring"
ETH, LRC, USDT = 0, 1, 3
E18 = 10**18
ACCOUNTS = {"alice": 10010, "bob": 10011}
VALID_UNTIL = 1_900_000_000


class Floor:
    """Alice and bob at one desk."""

    def __init__(self, desk: Desk | None = None) -> None:
        self.desk = desk or Desk(VENUES[NAME])

    def form(
        self, sell: tuple[int, int], buy: tuple[int, int], owner: str = "alice", **more: Any
    ) -> dict[str, Any]:
        """Return an order that sells so much of a token for so much of another."""
        body = {
            "exchange": EXCHANGE,
            "accountId": ACCOUNTS[owner],
            "storageId": 0,
            "sellToken": {"tokenId": sell[0], "volume": str(sell[1])},
            "buyToken": {"tokenId": buy[0], "volume": str(buy[1])},
            "allOrNone": False,
            "fillAmountBOrS": False,
            "validUntil": VALID_UNTIL,
            "maxFeeBips": 63,
        }
        return {name: value for name, value in (body | more).items() if value is not None}

    def submit(self, form: dict[str, Any], owner: str = "alice") -> tuple[int, Any]:
        """Sign and submit an order."""
        request = Request("POST", b"/api/v3/order", b"", (), msgspec.json.encode(form))
        return self.desk.send(request, self.desk.credential(owner))

    def sell(self, lrc: int, eth: int, owner: str = "alice", **more: Any) -> str:
        """Sell so much LRC for so much ETH, in smallest units; return the order's hash."""
        return self.taken(self.form((LRC, lrc), (ETH, eth), owner, **more), owner)

    def buy(self, lrc: int, eth: int, owner: str = "alice", **more: Any) -> str:
        """Buy so much LRC for so much ETH, in smallest units; return the order's hash."""
        named = {"fillAmountBOrS": True} | more
        return self.taken(self.form((ETH, eth), (LRC, lrc), owner, **named), owner)

    def taken(self, form: dict[str, Any], owner: str = "alice") -> str:
        """Submit an order that must be taken, and return its hash."""
        status, body = self.submit(form, owner)
        assert status == 200, body
        assert body["status"] == "processing"
        return str(body["hash"])

    def ask(self, path: str, query: str = "", owner: str = "alice") -> tuple[int, Any]:
        """Ask for something below /api/v3, signed as its kind needs."""
        request = Request("GET", f"/api/v3{path}".encode(), query.encode())
        return self.desk.send(request, self.desk.credential(owner))

    def told(self, path: str, query: str = "", owner: str = "alice") -> Any:
        """Return what is answered to who may ask."""
        status, body = self.ask(path, query, owner)
        assert status == 200, body
        return body

    def delete(self, query: str, owner: str = "alice", path: str = "/order") -> tuple[int, Any]:
        """Sign and send a cancel."""
        return self.desk.send(self.signable(query, path), self.desk.credential(owner))

    def signable(self, query: str, path: str = "/order") -> Request:
        """Return a cancel that is not signed yet."""
        return Request("DELETE", f"/api/v3{path}".encode(), query.encode())

    def signed(self, request: Request, owner: str = "alice") -> Request:
        """Return a request as its owner sends it."""
        signer = self.desk.credential(owner)
        return self.desk.venue.auth.sign(request, signer, self.desk.clock.now_ns())

    def cancel(self, hashed: str, owner: str = "alice") -> tuple[int, Any]:
        """Cancel an order by its hash."""
        return self.delete(f"accountId={ACCOUNTS[owner]}&orderHash={hashed}", owner)

    def order(self, hashed: str, owner: str = "alice") -> Any:
        """Return an order as the venue shows it."""
        return self.told("/order", f"accountId={ACCOUNTS[owner]}&orderHash={hashed}", owner)

    def core(self, hashed: str, owner: str = "alice") -> OrderReport:
        """Return an order as the exchange has it."""
        account_id = self.desk.accounts(owner)[0].account_id
        found = self.desk.engine.exchange.query(GetOrder(account_id, 0, hashed))
        assert isinstance(found, OrderReport)
        return found

    def balance(self, token_id: int, owner: str = "alice") -> tuple[int, int]:
        """Return what somebody has of a token, and what of it is locked."""
        query = f"accountId={ACCOUNTS[owner]}&tokens={token_id}"
        (told,) = self.told("/user/balances", query, owner)
        return int(told["total"]), int(told["locked"])

    def wait(self, seconds: int) -> None:
        """Let time pass; what is due by then has not happened yet."""
        self.desk.clock.ns += seconds * times.S


def refusal(answer: tuple[int, Any]) -> tuple[int, int]:
    """Return the status and the number of a refusal."""
    status, body = answer
    return status, body["resultInfo"]["code"]


def refused(response: Response) -> tuple[int, int]:
    """Return the status and the number of a refusal, out of a response."""
    return refusal((response.status, msgspec.json.decode(response.body)))
