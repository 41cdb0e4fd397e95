"""What a client raises beside what its venue refuses."""


class ClientError(Exception):
    """Base of the few; a text in plain words, without secrets."""


class Unanswered(ClientError):
    """A read brought no answer, or none that can be read; nothing was to be changed by it."""


class LedgerError(ClientError):
    """The ledger cannot be written or does not prove itself; nothing is sent without it."""
