"""
Authentication: one header, and nothing signed.

Shape:  `X-API-KEY`. Whoever knows the key may do everything it may, canceling included; placing an
        order takes the operation key's signature besides, which is in the request's body and is
        checked when the order is submitted.
Source: API reference, "Authorization"; Python SDK 1.1.1, `api.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from countermand.venues.deltadefi import credential as credentials
from countermand.venues.deltadefi import ids
from countermand.venues.deltadefi.credential import DeltaDefiCredential, DeltaDefiPrincipal
from countermand.venues.deltadefi.ids import Kind
from countermand.venues.deltadefi.tables import UNAUTHORIZED
from countermand.vocabulary.reports import AccountReport
from countermand.wire.context import Settings
from countermand.wire.credential import Credential, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.venue import Keys

KEY = b"x-api-key"


class DeltaDefiAuth:
    """How this venue proves who asks."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> DeltaDefiCredential:
        """Make a credential. Raises ValueError naming the field at fault."""
        return credentials.from_fields(owner, fields)

    def publish(self, credential: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Return what the venue's SDKs need, and the names things have in their answers."""
        held = credentials.own(credential)
        told = credentials.to_fields(held)
        default = next((a for a in accounts if a.is_default), None) or next(iter(accounts), None)
        if default is not None:
            told["account_id"] = ids.uuid(Kind.ACCOUNT, default.account_id)
        return told

    def sign(self, request: Request, credential: Credential, now_ns: int) -> Request:
        """Return the request with its header."""
        return request.with_headers((KEY, credential.key.encode()))

    def principal(self, credential: Credential) -> DeltaDefiPrincipal:
        """Return who a proven key stands for."""
        held = credentials.own(credential)
        return DeltaDefiPrincipal(held.owner, held.key, held.access, held)

    def verify(self, request: Request, keys: Keys, settings: Settings, now_ns: int) -> Principal:
        """Return who asks. Raises Unauthorized for a missing key and for an unknown one alike."""
        given = request.header(KEY) or b""
        credential = keys.find(given.decode("latin-1"))
        if not isinstance(credential, DeltaDefiCredential):
            raise Unauthorized(UNAUTHORIZED)
        return self.principal(credential)
