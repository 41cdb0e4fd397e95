"""API keys: DEX API v3, "Get user's ApiKey" and "Update user's ApiKey"."""

from typing import Any

from countermand.venues.loopring.messages.shared import Message


class GetApiKey(Message, frozen=True):
    """The account's API key."""

    account_id: str


class RotateApiKey(Message, frozen=True):
    """A new API key for the account, in place of the one that asks."""

    account_id: Any = None


class ApiKey(Message, frozen=True):
    """An API key."""

    api_key: str
