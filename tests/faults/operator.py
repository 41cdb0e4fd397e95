"""An operator: sets faults over the control port, as any program would."""

from __future__ import annotations

from typing import Any

import httpx


class Operator:
    """An operator of a running server, by its control port."""

    def __init__(self, control: str) -> None:
        self._client = httpx.Client(base_url=f"{control}/control/v1", timeout=20)

    def fault(self, kind: str, **more: Any) -> dict[str, Any]:
        """Set a fault and return what is told of it."""
        answer = self._client.post("/faults", json={"kind": kind, **more})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refusal(self, kind: str, **more: Any) -> tuple[int, str]:
        """Set a fault that is refused; return the status and the line."""
        answer = self._client.post("/faults", json={"kind": kind, **more})
        return answer.status_code, str(answer.json()["error"]["text"])

    def struck(self) -> list[int]:
        """Return how often each fault struck."""
        return [each["struck"] for each in self._client.get("/faults").json()["faults"]]

    def clear(self) -> None:
        """Forget all faults."""
        assert self._client.delete("/faults").json() == {"faults": []}

    def accounts(self, venue: str, owner: str) -> list[str]:
        """Return what an owner's accounts are called, in order of opening."""
        told = self._client.get(f"/venues/{venue}/accounts").json()["accounts"]
        return [each["account"] for each in told if each["owner"] == owner]

    def keep(self, most: int) -> None:
        """Keep so many requests."""
        assert self._client.put("/requests", json={"most": most}).status_code == 200

    def requests(self, **which: str) -> list[dict[str, Any]]:
        """Return those that are kept."""
        return list(self._client.get("/requests", params=which).json()["requests"])

    def close(self) -> None:
        """Close the client."""
        self._client.close()
