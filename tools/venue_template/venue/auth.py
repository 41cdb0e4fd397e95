"""
Authentication: how this venue proves who asks.

Source: the document and section that say what is signed, and the vectors that prove it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from countermand.venues.acme.settings import AcmeSettings
from countermand.vocabulary.reports import AccountReport
from countermand.wire import key_fields
from countermand.wire.credential import Credential, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.venue import Keys


class AcmeAuth:
    """How this venue proves who asks."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> Credential:
        """Make a credential. Raises ValueError naming the field at fault."""
        key_fields.refuse_unknown(fields, ("key", "access"))
        return Credential(owner, key_fields.ascii_text(fields, "key"), key_fields.access(fields))

    def publish(self, credential: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Return what the venue's own SDK needs."""
        return {"key": credential.key}

    def fresh(
        self, owner: str, account: AccountReport | None, chance: bytes, now_ns: int
    ) -> dict[str, Any]:
        """Return the fields of a new key, of random bytes."""
        return {"key": chance[:16].hex()}

    def principal(self, credential: Credential) -> Principal:
        """Return who a proven key stands for."""
        return Principal(credential.owner, credential.key, credential.access)

    def sign(self, request: Request, credential: Credential, now_ns: int) -> Request:
        """Return the request as its owner sends it."""
        return request

    def verify(
        self, request: Request, keys: Keys[Credential], settings: AcmeSettings, now_ns: int
    ) -> Principal:
        """Return who asks. Raises Unauthorized."""
        raise Unauthorized("invalid key")
