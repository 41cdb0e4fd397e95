"""
Bots: one of each venue, as its users write them: on its own SDK, or on what HTTP library they have.

Each places an order that rests, cancels it and reads it; what its library raises goes through.
"""

from __future__ import annotations

from typing import Any, Protocol

import httpx
import requests
from bench.loopring import Loopring
from intx_sdk.client_services import IntxServicesClient
from intx_sdk.credentials import Credentials
from intx_sdk.services.orders import (
    CancelOrderRequest,
    CancelOrdersRequest,
    CreateOrderRequest,
    GetOrderDetailsRequest,
)
from polymarket_us import PolymarketUS
from requests.adapters import HTTPAdapter

from countermand.wire.http import Request

# A bot that has had no answer by then has none.
TIMEOUT_S = 0.4


class Bot(Protocol):
    """Alice of a venue. Orders are named as the venue names them."""

    def place(self) -> str:
        """Place an order that rests, and return its id."""

    def cancel(self, order: str) -> Any:
        """Cancel an order, and return what the library makes of the answer."""

    def cancel_many(self, orders: list[str]) -> list[str]:
        """Cancel orders in one request, and return those that the answer says are canceled."""

    def is_open(self, order: str) -> bool:
        """Read an order, and return whether it still stands."""

    def state(self, order: str) -> str:
        """Read an order, and return the venue's word for where it stands."""

    def close(self) -> None:
        """Let go of the connections."""


class Impatient(HTTPAdapter):
    """A time limit for `requests`, for an SDK without an argument for one."""

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:  # type: ignore[override]
        """Send, and wait so long."""
        return super().send(request, **{**more, "timeout": TIMEOUT_S})


class DeltaDefiBot:
    """A bot on the SDK `deltadefi`."""

    def __init__(self, venue: dict[str, Any]) -> None:
        # It needs its native signer, or what stands in for it.
        from deltadefi.clients import ApiClient  # noqa: PLC0415  (see above)

        account = venue["accounts"]["alice"]
        self._api = ApiClient(
            network="preprod", api_key=account["api_key"], base_url=venue["base_url"]
        )
        self._api.load_operation_key(account["passcode"])
        self._parts = (self._api.accounts, self._api.app, self._api.orders, self._api.markets)
        for api in self._parts:
            api.timeout = TIMEOUT_S

    def place(self) -> str:
        """Post an order far below the market."""
        told = self._api.post_order("ADAUSDM", "buy", "limit", base_quantity="10", price="0.8")
        return str(told["id"])

    def cancel(self, order: str) -> Any:
        """Cancel it."""
        return self._api.cancel_order(order)

    def cancel_many(self, orders: list[str]) -> list[str]:
        """Cancel all that are open."""
        return list(self._api.cancel_all_orders("ADAUSDM")["order_ids"])

    def state(self, order: str) -> str:
        """Read its record."""
        return str(self._api.accounts.get_order_record(order)["status"])

    def is_open(self, order: str) -> bool:
        """Read its record."""
        return self.state(order) in ("open", "processing")

    def close(self) -> None:
        """Close its sessions."""
        for api in self._parts:
            api.session.close()


class AutosharesBot:
    """A bot on `requests`."""

    def __init__(self, venue: dict[str, Any]) -> None:
        account = venue["accounts"]["alice"]
        base_url = venue["base_url"]
        self._session = requests.Session()
        self._session.mount("http://", Impatient())
        app = {"Et-App-Key": account["app_key"]}
        login = app | {"Username": account["login"], "Password": account["password"]}
        token = self._session.post(f"{base_url}/token", headers=login).json()["Token"]
        self._session.headers.update(app | {"Authorization": f"Bearer {token}"})
        self._orders = f"{base_url}/api/v1.0/accounts/{account['account_id']}/orders"

    def place(self) -> str:
        """Bid far below the market."""
        form = {
            "Symbol": "AAPL",
            "Type": "Limit",
            "Side": "Buy",
            "Quantity": 1,
            "Price": 150,
            "TimeInforce": "GoodTillCancel",
        }
        answer = self._session.post(self._orders, json=form)
        answer.raise_for_status()
        return str(answer.json()["Id"])

    def cancel(self, order: str) -> Any:
        """Cancel it; an answer without a body is None."""
        answer = self._session.delete(f"{self._orders}/{order}")
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def cancel_many(self, orders: list[str]) -> list[str]:
        """Cancel them one by one: the venue has no request for more."""
        for order in orders:
            self.cancel(order)
        return orders

    def state(self, order: str) -> str:
        """Read it."""
        answer = self._session.get(f"{self._orders}/{order}")
        answer.raise_for_status()
        return str(answer.json()["Status"])

    def is_open(self, order: str) -> bool:
        """Read it."""
        return self.state(order) != "Canceled"

    def close(self) -> None:
        """Close the session."""
        self._session.close()


class CoinbaseBot:
    """A bot on the SDK `intx-sdk-py`."""

    def __init__(self, venue: dict[str, Any]) -> None:
        account = venue["accounts"]["alice"]
        credentials = Credentials(
            account["access_key"], account["passphrase"], account["signing_key"]
        )
        self.sdk = IntxServicesClient(credentials, base_url=f"{venue['base_url']}/api/v1")
        self.sdk.client.http_client.mount("http://", Impatient())
        self._portfolio, self._count = account["portfolio_uuid"], 0

    def place(self) -> str:
        """Bid below the market."""
        self._count += 1
        order = self.sdk.orders.create_order(
            CreateOrderRequest(
                client_order_id=f"bot-{self._count}",
                side="BUY",
                type="LIMIT",
                tif="GTC",
                instrument="ETH-PERP",
                size="0.01",
                price="2700",
                portfolio=self._portfolio,
            )
        )
        return str(order.order_id)

    def cancel(self, order: str) -> Any:
        """Cancel it."""
        return self.sdk.orders.cancel_order(CancelOrderRequest(id=order, portfolio=self._portfolio))

    def cancel_many(self, orders: list[str]) -> list[str]:
        """Cancel all that are open."""
        told = self.sdk.orders.cancel_orders(CancelOrdersRequest(portfolio=self._portfolio))
        return [each["order_id"] for each in told.orders]

    def is_open(self, order: str) -> bool:
        """Read its details."""
        return self.state(order).startswith("WORKING")

    def state(self, order: str) -> str:
        """Read its details."""
        read = self.sdk.orders.get_order_details(
            GetOrderDetailsRequest(order_id=order, portfolio=self._portfolio)
        )
        return f"{read.order_status} {read.event_type}"

    def close(self) -> None:
        """Close the session."""
        self.sdk.client.http_client.close()


class LoopringBot:
    """A bot on `httpx` that sends what the venue's SDK sends."""

    def __init__(self, venue: dict[str, Any]) -> None:
        self._speaker, self._index = Loopring(venue), 0
        self._account_id = venue["accounts"]["alice"]["accountId"]
        self._api_key = venue["accounts"]["alice"]["apiKey"]
        self._client = httpx.Client(base_url=venue["base_url"], timeout=TIMEOUT_S)

    def place(self) -> str:
        """Sell for far more than the market gives."""
        self._index += 1
        return str(self._sent(self._speaker.place(self._index))["hash"])

    def cancel(self, order: str) -> Any:
        """Cancel it by its hash."""
        return self._sent(self._speaker.cancel(order))

    def cancel_many(self, orders: list[str]) -> list[str]:
        """Cancel a batch by their hashes."""
        query = f"accountId={self._account_id}&orderHash={','.join(orders)}"
        told = self._sent(self._speaker.signed("DELETE", "/api/v3/orders/byHash", query=query))
        return [each["id"] for each in told if each["result"]]

    def is_open(self, order: str) -> bool:
        """Read it."""
        return self.state(order) in ("processing", "cancelling")

    def state(self, order: str) -> str:
        """Read it."""
        asked = {"accountId": str(self._account_id), "orderHash": order}
        answer = self._client.get(
            "/api/v3/order", params=asked, headers={"X-API-KEY": self._api_key}
        )
        answer.raise_for_status()
        return str(answer.json()["status"])

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _sent(self, request: Request) -> Any:
        query = b"?" + request.query if request.query else b""
        answer = self._client.request(
            request.method,
            (request.path + query).decode(),
            headers=list(request.headers),
            content=request.body,
        )
        answer.raise_for_status()
        return answer.json()


class PolymarketBot:
    """A bot on the SDK `polymarket-us`."""

    def __init__(self, venue: dict[str, Any]) -> None:
        account, base_url = venue["accounts"]["alice"], venue["base_url"]
        self.sdk = PolymarketUS(
            key_id=account["key_id"],
            secret_key=account["secret_key"],
            api_base_url=base_url,
            gateway_base_url=base_url,
            timeout=TIMEOUT_S,
        )
        self._market = venue["markets"][0]

    def place(self) -> str:
        """Bid below the market."""
        told = self.sdk.orders.create(
            {
                "marketSlug": self._market,
                "intent": "ORDER_INTENT_BUY_LONG",
                "type": "ORDER_TYPE_LIMIT",
                "price": {"value": "0.10", "currency": "USD"},
                "quantity": 10,
                "tif": "TIME_IN_FORCE_GOOD_TILL_CANCEL",
            }
        )
        return str(told["id"])

    def cancel(self, order: str) -> Any:
        """Cancel it."""
        return self.sdk.orders.cancel(order, {"marketSlug": self._market})

    def cancel_many(self, orders: list[str]) -> list[str]:
        """Cancel all that are open."""
        return list(self.sdk.orders.cancel_all()["canceledOrderIds"])

    def is_open(self, order: str) -> bool:
        """Retrieve it."""
        return self.state(order).startswith(("ORDER_STATE_NEW", "ORDER_STATE_PENDING_"))

    def state(self, order: str) -> str:
        """Retrieve it."""
        return str(self.sdk.orders.retrieve(order)["order"]["state"])

    def close(self) -> None:
        """Close the client."""
        self.sdk.close()


BOTS: dict[str, type[Bot]] = {
    "deltadefi": DeltaDefiBot,
    "autoshares": AutosharesBot,
    "coinbase-intx": CoinbaseBot,
    "loopring": LoopringBot,
    "polymarket-us": PolymarketBot,
}
