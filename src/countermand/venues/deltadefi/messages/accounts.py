"""
Messages about accounts and keys.

Units: amounts are decimal text in human units, times RFC 3339 in UTC.
Source: API reference, "Get Account Balance", "Get Operation Key", "Get Spot Account", "Create Spot
        Account", "Update Spot Account", "Get API Key", "Create New API Key"; Python SDK 1.1.1,
        `responses/accounts.py`.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from countermand.venues.deltadefi.messages.shared import Limit, Page


class Balance(Struct, frozen=True):
    """An account's balance of an asset; `locked` is the part that open orders hold."""

    asset: str
    asset_unit: str
    free: str
    locked: str


class OperationKey(Struct, frozen=True):
    """The key that signs orders, encrypted: JSON in a string. The hash is of its public half."""

    encrypted_operation_key: str
    operation_key_hash: str


class SpotAccount(Struct, frozen=True):
    """An account and its operation key; `updated_at` is there after a change."""

    account_id: str
    encrypted_operation_key: str
    operation_key_hash: str
    created_at: str
    account_type: str = "spot"
    updated_at: str | UnsetType = UNSET


class CreateSpotAccount(Struct, frozen=True):
    """
    `POST /accounts/spot-account`: an operation key, new or instead of the one there was.

    Shape: the API key names the user; a client may do so too.
    """

    encrypted_operation_key: str
    operation_key_hash: str
    user_id: str | None = None
    is_script_operation_key: bool | None = None


class UpdateSpotAccount(Struct, frozen=True):
    """
    `PATCH` and `PUT /accounts/spot-account`: the same key under another passcode.

    Shape: with a hash it is the key of that hash. Source: Rust SDK 1.1.4, `update_spot_account`.
    """

    encrypted_operation_key: str
    operation_key_hash: str | None = None
    user_id: str | None = None


class ApiKey(Struct, frozen=True):
    """An API key."""

    api_key: str
    created_at: str


class MaxDeposit(Struct, frozen=True):
    """How much may be deposited."""

    max_deposit: str


class ListRecords(Struct, frozen=True):
    """Deposits, withdrawals and transferals: paged when a page is asked for, else a bare list."""

    page: Page | None = None
    limit: Limit | None = None
    status: str | None = None


class RecordPage(Struct, frozen=True):
    """A page of records; nothing moves funds here, so it is empty."""

    data: list[Any] = []
    total_count: int = 0
    total_page: int = 0


class GetRecord(Struct, frozen=True):
    """`GET /accounts/transferal-records/{tx_hash}`."""

    tx_hash: str
