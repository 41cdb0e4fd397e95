"""
The engine: order, durability, delivery. It knows the core and nothing of wires, venues or sockets.

    opening.py          from a data directory to an engine that takes commands
      lock.py           one process a directory          layout.py          its generations
      precheck.py       before SQLite touches it         wal.py             the end of SQLite's log
      replay.py         from a journal to an exchange    beginning.py       the snapshot before it
      refusing.py       what no start goes on with       progress.py        how far work has come
      history_start.py  whether a history is the journal's
    sequencer.py        the single writer: a command's place and time, durable, applied, answered
      intake.py         the commands that wait           cancels_first.py   in which order
      touching.py       which a query waits for          group.py           what is durable together
      committer.py      the thread that writes           feed.py            receipts to each reader
      alarm.py          the timer of what falls due      clock.py           the clocks
      outage.py         why no commands are taken        lateness.py        a clock that is behind
      settling.py       what has ended, packed later     auditing.py        a look after each group
      health.py         how the engine is                histogram.py       how long writes took
      lagging.py        the exchange as it was
    ports.py            what the engine needs of the world: a journal, a clock
      sqlite.py         the journal on this disk         memory.py          the one that forgets
      journal_file.py   its file, open to write          database.py        how SQLite is set
      records.py        what its tables hold             chain.py           the checksums
      high_water.py     how far it is known to reach     errors.py          what can go wrong
    snapshot.py         the exchange at one entry
      keeper.py         when one is left                 behind.py          who makes it
      replayer.py       what that process does           compaction.py      dropping what none needs
      compacting.py     likewise, behind a running engine
    history.py          the records of what is over
      history_table.py  on the disk                      history_rows.py    how they lie there
      history_writer.py the thread that writes them      history_check.py   against the journal
      history_cut.py    after a repair                   history_places.py  where a page begins
    verify.py           everything a journal can be checked for
      repair.py         the way on when refused          quarantine.py      an entry set aside
      peek.py           a journal, read-only             copying.py         a copy of a directory
      statistics.py     what a journal holds             outcomes.py        what came of its entries
      used_up.py        which of them only pass over numbers
"""
