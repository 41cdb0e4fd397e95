"""
Snapshot: the exchange at one entry, in DIR/snapshots/<seq>.snapshot, so that a start need not
replay all.

    magic (8) | header's length (4, big endian) | header | dump | BLAKE2b of all before (32)

Lengths are in bytes.

Nothing depends on a snapshot: one that cannot be trusted is passed over for the one before it, or
for the whole journal. It is written beside its place and renamed, so a crash leaves the old ones.
"""

from __future__ import annotations

from hashlib import blake2b, sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from countermand import durable
from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.core.history import History
from countermand.core.migration import MIGRATIONS
from countermand.core.whole import Migrated

MAGIC = b"CMSNAP1\n"
SEAL_BYTES = 32

# The last one may turn out damaged; then the one before it saves most of the replay.
KEPT = 2

# More than a header ever takes.
HEADER_BYTES_MAX = 1024

DIRECTORY = "snapshots"


class SnapshotDamaged(Exception):
    """A snapshot cannot be trusted; the text says why."""


class Header(Struct, frozen=True, array_like=True):
    """
    Where in the journal a snapshot was taken, and what proves it.

    Units: `ts_ns` since the Unix epoch. `checksum` is the journal's chain at `seq`, `outcome` the
    running digest of all events so far, `digest` the exchange's own.
    """

    rules_version: int
    seq: int
    ts_ns: int
    checksum: bytes
    outcome: bytes
    digest: bytes


class Snapshot(Struct, frozen=True):
    """
    A header with the exchange it describes, encoded, and the `records` that former rules kept in
    it, if it is made of one of theirs.
    """

    header: Header
    dump: bytes
    records: Migrated | None = None

    @property
    def is_former(self) -> bool:
        """Whether other rules than today's left it."""
        return self.header.rules_version != RULES_VERSION

    def as_today(self) -> Snapshot:
        """
        Return it as today's rules would have left it, at the same place. Raises: SnapshotDamaged.
        """
        if not self.is_former:
            return self
        if sha256(self.dump).digest() != self.header.digest:
            raise SnapshotDamaged("its state is not the one it was taken of")
        rules = self.header.rules_version
        try:
            migrated = MIGRATIONS[rules](self.dump)
        except KeyError:
            raise SnapshotDamaged(f"it is of rules {rules}, which cannot be migrated") from None
        except Exception as error:
            raise SnapshotDamaged(f"its state cannot be migrated: {error}") from error
        place = msgspec.structs.replace(self.header, rules_version=RULES_VERSION)
        return msgspec.structs.replace(take(migrated.dump, place), records=migrated)

    def exchange(self, history: History | None = None) -> Exchange:
        """
        Return the exchange as it was, if today's rules left it, over the history there is.

        Raises: SnapshotDamaged.
        """
        try:
            exchange = Exchange.load(self.dump, history)
        except Exception as error:
            # The seal is whole, so the dump is of a version whose state looks otherwise.
            raise SnapshotDamaged(f"its state cannot be read: {error}") from error
        if exchange.seq != self.header.seq:
            raise SnapshotDamaged("its state is not the one it was taken of")
        if self.records is not None:
            exchange.history.add(exchange.seq, self.records.ended, self.records.fills)
        return exchange

    def proven(self, history: History | None = None) -> Exchange:
        """
        Return the exchange as `exchange` does, once it has dumped to what it was loaded from.

        That takes a third of the time again, which a start does not have. Raises: SnapshotDamaged.
        """
        exchange = self.exchange(history)
        if exchange.digest() != self.header.digest:
            raise SnapshotDamaged("its state is not the one it was taken of")
        return exchange


class SnapshotDirectory:
    """The snapshots of the directory `data`. Each verb opens what it needs and keeps nothing."""

    def __init__(self, directory: Path) -> None:
        self.data = directory
        self._directory = directory / DIRECTORY

    def seqs(self) -> tuple[int, ...]:
        """Return the entries at which there are snapshots, newest first."""
        names = (path.stem for path in self._directory.glob("*.snapshot"))
        return tuple(sorted((int(name) for name in names if name.isdecimal()), reverse=True))

    def sizes(self) -> dict[int, int]:
        """Return the bytes of each snapshot by the entry it was taken at, newest first."""
        return {seq: self._path(seq).stat().st_size for seq in self.seqs()}

    def load(self, seq: int) -> Snapshot:
        """Return the snapshot taken at an entry. Raises: SnapshotDamaged."""
        try:
            data = self._path(seq).read_bytes()
        except OSError as error:
            raise SnapshotDamaged(f"it cannot be read: {error.strerror}") from None
        snapshot = _decode(data)
        if snapshot.header.seq != seq:
            raise SnapshotDamaged(f"it is of record {snapshot.header.seq}")
        return snapshot

    def header(self, seq: int) -> Header:
        """
        Return the header of a snapshot whose seal was checked before. Raises: SnapshotDamaged.
        """
        try:
            with self._path(seq).open("rb") as file:
                return _header(file.read(HEADER_BYTES_MAX))[0]
        except OSError as error:
            raise SnapshotDamaged(f"it cannot be read: {error.strerror}") from None

    def save(self, snapshot: Snapshot, first: int = 1) -> None:
        """
        Make a snapshot durable, then drop the ones beyond those kept, and any of an entry before
        `first`, but not the one of that entry. Raises: OSError.
        """
        durable.make_directory(self._directory, exist_ok=True)
        for scrap in self._directory.glob("*.tmp"):
            # What a kill left half written is as large as a whole one.
            scrap.unlink(missing_ok=True)
        durable.replace_file(self._path(snapshot.header.seq), _encode(snapshot))
        for at, seq in enumerate(self.seqs()):
            if seq < first or (at >= KEPT and seq != first):
                self._path(seq).unlink()

    def drop_before(self, first: int) -> None:
        """Remove the snapshots of entries before `first`. Raises: OSError."""
        for seq in self.seqs():
            if seq < first:
                self._path(seq).unlink()

    def _path(self, seq: int) -> Path:
        return self._directory / f"{seq:016d}.snapshot"


def take(dump: bytes, place: Header) -> Snapshot:
    """
    Return a snapshot of an exchange's dump; `place.digest` is filled in here, off the hot path.
    """
    return Snapshot(msgspec.structs.replace(place, digest=sha256(dump).digest()), dump)


def _encode(snapshot: Snapshot) -> bytes:
    header = msgspec.msgpack.encode(snapshot.header)
    body = b"".join((MAGIC, len(header).to_bytes(4), header, snapshot.dump))
    return body + _seal(body)


def _decode(data: bytes) -> Snapshot:
    body, seal = data[:-SEAL_BYTES], data[-SEAL_BYTES:]
    if not body.startswith(MAGIC):
        raise SnapshotDamaged("it is no snapshot, or one of another format")
    if _seal(body) != seal:
        raise SnapshotDamaged("its seal does not fit")
    header, end = _header(body)
    return Snapshot(header, body[end:])


def _header(body: bytes) -> tuple[Header, int]:
    at = len(MAGIC) + 4
    end = at + int.from_bytes(body[len(MAGIC) : at])
    try:
        return msgspec.msgpack.decode(body[at:end], type=Header), end
    except msgspec.DecodeError as error:
        raise SnapshotDamaged(f"its header makes no sense: {error}") from None


def _seal(body: bytes) -> bytes:
    return blake2b(body, digest_size=SEAL_BYTES).digest()
