"""
Errors: everything that can go wrong with a journal.

    JournalError
    ├── Absent           there is no journal in this directory
    ├── OtherFormat      the file is not a journal, or one of a format this version does not know
    ├── Unsuitable       the file system cannot keep a journal
    ├── Locked           another process serves this directory
    ├── Lost             something the directory once held is gone; the text names it
    ├── Damaged          a record cannot be trusted; `seq` names the first such
    │   └── Hole         a record is missing
    ├── KeptDamaged      a kept world or change of keys cannot be trusted
    ├── Poisoned         a sound record that the core cannot apply: a bug; `seq` names it
    ├── NotPoisoned      a record that must not be set aside
    ├── OtherRules       records must be replayed by the version whose rules wrote them
    ├── Unreadable       the disk or the operating system refuses to read
    ├── Stale            another writer has taken over, or the head is elsewhere; nothing written
    └── WriteFailed      the disk refuses to write; what is durable is not known
        └── Full         because there is no room; nothing was written, and room may return
"""

from __future__ import annotations


class JournalError(Exception):
    """
    Base of the tree; the text is one sentence for people who run the server.

    `public` is what its clients are told: no path of the server's. `advice` is what to do.
    """

    public = "the exchange cannot record commands"
    advice = "restart the server once the disk can be written"


class Absent(JournalError):
    """There is no journal in this directory."""


class OtherFormat(JournalError):
    """The file is not a journal, or one of a format this version does not know."""


class Unsuitable(JournalError):
    """The file system cannot keep a journal."""


class Locked(JournalError):
    """Another process serves this directory."""

    def __init__(self, directory: object, pid: str) -> None:
        super().__init__(f"{directory} is being served by process {pid or '(unknown)'}")
        self.pid = pid


class Lost(JournalError):
    """Something the directory once held is gone, or its end is; the text names it."""


class Damaged(JournalError):
    """A record cannot be trusted; nothing after it can be either."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(f"the journal is damaged at record {seq}: {what}")
        self.seq = seq
        self.what = what


class Hole(Damaged):
    """A record is missing."""


class KeptDamaged(JournalError):
    """A kept world or change of keys cannot be trusted, nor can those after it."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"journal.sqlite: kept record {number} (a world or keys): {what}")
        self.number = number


class Poisoned(JournalError):
    """A sound record that the core cannot apply; replay stops before it."""

    def __init__(self, seq: int, cause: Exception) -> None:
        said = "".join(str(cause).splitlines()[:1])
        super().__init__(
            f"record {seq} cannot be applied ({type(cause).__name__}: {said}); this is a bug. "
            f"`countermand journal quarantine DIR {seq}` sets it aside, with all after it, "
            "unless any of them was ever answered"
        )
        self.seq = seq


class NotPoisoned(JournalError):
    """A record that must not be set aside: it can be applied, or it once was."""


class OtherRules(JournalError):
    """Records after the last usable snapshot were written under other rules than this version's."""

    def __init__(self, seq: int, wrote: str, rules: int, left_at: int = 0) -> None:
        # Where this version went on from there already, the other one may not know the journal.
        known = f"; one was left at record {left_at} and is gone: put it back from a copy"
        super().__init__(
            f"record {seq} and those after it were written by {wrote}, and this version has "
            f"rules {rules}; start once with the version that wrote them and stop it cleanly: "
            f"that leaves a snapshot this version can start from{known if left_at else ''}"
        )
        self.seq = seq


class Unreadable(JournalError):
    """The disk or the operating system refuses to read."""


class Stale(JournalError):
    """
    Another writer has taken over, or the head is not where it was expected; nothing was written.
    """

    public = "another server has taken over"
    advice = "stop this server"


class WriteFailed(JournalError):
    """
    The disk refused to write. Whether the last records are durable, only the next start can tell.
    """

    def again(self) -> WriteFailed:
        """Return the same failure anew, for the next that meets it."""
        return type(self)(str(self))


class Full(WriteFailed):
    """There is no room left; nothing was written, and room may return."""

    public = "the exchange has no room to record commands"
    advice = "make room on the disk of the data directory; commands are then taken again by itself"
