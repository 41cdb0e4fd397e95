"""The promises of every journal."""

import pytest
from tests.core.build import ALICE, USDC
from tests.engine.desk import START_NS, entries, fill, payloads, traffic, writer

from countermand.engine.chain import (
    GENESIS,
    as_journaled,
    decode_entry,
    encode_entry,
    encode_in_place,
    link,
)
from countermand.engine.errors import Damaged, Hole, Stale
from countermand.engine.memory import MemoryJournal
from countermand.engine.ports import Journal, Kept, Mark
from countermand.engine.sqlite import ROWS_PER_INSERT
from countermand.vocabulary.commands import (
    AdvanceTime,
    Command,
    ConfigureAccount,
    DepositFunds,
    Entry,
    OpenAccount,
)


def test_an_empty_journal_has_nothing(journal: Journal) -> None:
    """No head, no writer, the first link of the chain."""
    assert (0, 0, GENESIS) == (journal.head, journal.epoch, journal.checksum)
    assert [] == list(journal.read(1))


@pytest.mark.parametrize("group", [1, 7, ROWS_PER_INSERT, ROWS_PER_INSERT + 1, 300])
def test_appended_entries_are_read_back(journal: Journal, group: int) -> None:
    """All entries come in order, for any grouping."""
    wrote = entries(300)
    fill(journal, wrote, group)
    assert wrote == list(journal.read(1))
    assert wrote[250:] == list(journal.read(251))
    assert 300 == journal.head


def test_each_record_is_chained_to_the_one_before(journal: Journal) -> None:
    """The checksum at any record covers all up to it."""
    wrote = entries(20)
    fill(journal, wrote, 3)
    checksum = GENESIS
    for entry in wrote:
        checksum = link(checksum, encode_entry(entry))
        assert checksum == journal.checksum_at(entry.seq)
    assert checksum == journal.checksum
    journal.check(1, 20)


def test_an_append_elsewhere_than_at_the_head_is_refused(journal: Journal) -> None:
    """Neither ahead of it nor behind it, and nothing is written."""
    wrote = entries(100)
    fill(journal, wrote[:10])
    for expected in (9, 11):
        with pytest.raises(Stale):
            journal.append(expected, payloads(wrote[expected : expected + 1]))
    with pytest.raises(Stale):
        journal.append(0, payloads(wrote), [Mark(100, GENESIS)])
    assert 10 == journal.head
    assert wrote[:10] == list(journal.read(1))
    assert () == journal.marks(1)


def test_an_epoch_must_be_beyond_every_other(journal: Journal) -> None:
    """A second writer of the same epoch is refused."""
    journal.fence(writer(3))
    for epoch in (1, 3):
        with pytest.raises(Stale):
            journal.fence(writer(epoch))
    journal.fence(writer(4))
    assert [3, 4] == [each.epoch for each in journal.writers()]


def test_marks_come_with_their_group(journal: Journal) -> None:
    """Marks are found by the record to read from."""
    journal.fence(writer())
    journal.append(0, payloads(entries(5)), [Mark(2, b"x" * 16)])
    journal.append(5, [], [Mark(5, b"y" * 16)])
    assert (Mark(2, b"x" * 16), Mark(5, b"y" * 16)) == journal.marks(1)
    assert (Mark(5, b"y" * 16),) == journal.marks(3)


def test_kept_values_are_read_back(journal: Journal) -> None:
    """Any values, in order, beside the entries and not among them."""
    records = [Kept("world/x", b"{}"), Kept("keys/x", b"\x00\xff"), Kept("world/x", b"")]
    journal.fence(writer())
    journal.keep(records[:2])
    fill(journal, entries(3))
    journal.keep(records[2:])

    assert (tuple(records), 3) == (journal.kept(), journal.head)


def test_a_writer_that_was_taken_over_keeps_nothing(journal: Journal) -> None:
    """It appends nothing either."""
    journal.fence(writer(1))
    journal.fence(writer(2))
    journal._epoch = 1  # type: ignore[attr-defined]
    with pytest.raises(Stale, match="taken over"):
        journal.keep([Kept("world/x", b"{}")])

    assert () == journal.kept()


@pytest.mark.parametrize(
    "command",
    [
        *{type(command): command for command in traffic(300)}.values(),
        AdvanceTime(),
        ConfigureAccount(ALICE, None, True),
        DepositFunds(ALICE, USDC, -(10**40)),
        OpenAccount("acme", 'ow"ner\\', "\u00e9\u2028\U0001f600\n\x00"),
    ],
)
@pytest.mark.parametrize(("seq", "ts_ns"), [(1, 0), (2**63 - 1, START_NS)])
def test_a_command_encoded_once_is_the_entry(command: Command, seq: int, ts_ns: int) -> None:
    """Put in its place it is byte for byte what encoding the whole entry gives, and reads back."""
    journaled, encoded = as_journaled(command)
    payload = encode_in_place(seq, ts_ns, encoded)
    assert encode_entry(Entry(seq, ts_ns, journaled)) == payload
    assert Entry(seq, ts_ns, journaled) == decode_entry(payload)


def test_a_changed_record_is_named() -> None:
    """The journal in memory finds it too."""
    journal = MemoryJournal()
    fill(journal, entries(9))
    journal._payloads[4] += b"?"
    for look in (lambda: list(journal.read(1)), lambda: journal.check(3, 9)):
        with pytest.raises(Damaged) as refused:
            look()
        assert 5 == refused.value.seq


def test_a_record_beyond_the_head_is_a_hole(journal: Journal) -> None:
    """A read beyond the head names the missing record."""
    fill(journal, entries(3))
    with pytest.raises(Hole) as refused:
        journal.checksum_at(4)
    assert 4 == refused.value.seq
