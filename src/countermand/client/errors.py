"""The errors of a client, beside a venue's refusals."""

from countermand.client.masking import Masked


class ClientError(Exception):
    """Base of the few; a text in plain words, without secrets."""


class Unanswered(ClientError):
    """A read brought no answer, or none that can be read; nothing was to be changed by it."""


class LedgerError(ClientError):
    """The ledger cannot be written or does not prove itself; nothing is sent without it."""


class WouldSend(ClientError):
    """A dry run came to a request that could change something; it was not sent."""

    def __init__(self, operation: str, request: Masked) -> None:
        super().__init__(f"not sent: {operation}: {request.method} {request.target}")
        self.operation, self.request = operation, request


class Unstreamed(ClientError):
    """The venue refuses a stream, and asking again cannot help."""
