"""
The exchange as a pure value machine: commands in, events out, nothing else.

No clock, no chance, no I/O, no floats: the same entries bring about the same events, for ever. One
entry goes through it like this.

    exchange.py   the one door: decide, make true, let reactions follow, answer
    decide.py     which function decides which command; decision.py  what a decision is
      admitting.py  if a new order is taken, rung by rung; a plain one skips what is not its own
      checks.py     the rungs: what an order is refused for
      placing.py    new orders, accepted or refused            replacing.py   other terms
      taker.py      an order on its way through the book
      canceling.py  one, or many                               staging.py     written down first
      pending.py    taken now and applied later                falling_due.py what time brings about
      funding.py    money in and out, markets paid out         listing.py     what there is to trade
      slots.py      orders that outdate one another            sizing.py      from cash to lots
      conditional.py  stops, which sleep until a price wakes them; triggers.py which price that is
      scheduled.py  orders that come in by slices
      linked.py     orders that act on each other; lists.py    what each may come to
      relinking.py  other terms for all of a list
      arriving.py   taken earlier, coming to the book now
      matching.py   what an order does to those it meets       waiting.py     who they are
      exposure.py   what an order needs                        fees.py        what a fill costs
      pictures.py   what an order is after something happened to it
      numbering.py  which number an entry gives out
    evolve.py     makes an event true, and asserts that it can be; nothing else changes a state
      evolve_orders.py    each from its acceptance to its end  evolve_trades.py   a match
      evolve_accounts.py  accounts, and the money in them      evolve_markets.py  assets and markets
      evolve_pending.py   requests that are applied later
      ledger.py     money and positions, every posting with two sides
      book.py       two ladders of queues      timers.py  what falls due when
      standing.py   which standing of an order can follow which
      filing.py     where an order stands, and under what it is found
    reactions.py  what an event brings about in turn: linked.py, reducing.py, funding.py,
                  all_or_none.py, conditional.py, falling_due.py
    state.py      all there is; order.py, aliases.py, names.py, closed.py are parts of it
    history.py    the records of what is over, which no decision reads
    views.py      answers to queries, from the state; recorded.py  from the history too
    image.py      the state as bytes; former.py, whole.py, migration.py  of former rules
    invariants.py what must always be true  audit.py  a look at a little of it, between entries
"""
