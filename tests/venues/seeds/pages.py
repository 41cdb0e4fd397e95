"""Pages: the five seeds, in the order in which venues are told, and docs/seeds.md made of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.venues.seeds import autoshares, coinbase_intx, deltadefi, loopring, polymarket_us
from tests.venues.seeds.row import PAGE, Row, Seed

SEEDS = {
    seed.venue: seed
    for seed in (
        deltadefi.SEED,
        autoshares.SEED,
        coinbase_intx.SEED,
        loopring.SEED,
        polymarket_us.SEED,
    )
}
PATH = Path(__file__).parents[3] / "docs" / "seeds.md"

_VERDICTS = ("proven", "not proven", "unknown")
_HEAD = """# The five pages, line by line

Written by `make seeds` out of `tests/venues/seeds/`, whose test holds every line and says when this
page is stale.

Each venue has one page on its cancel. What it says of the request is looked for in what our client
sends, and taken out to see what the server makes of that. What it says of the answer is looked for
in what our server answers, in process, through the whole pipeline, by real causes.

- **proven**: the line is reached by the case named, and is as the page has it.
- **not proven**: it cannot be reached yet, for the reason named. The test fails when it can be.
- **unknown**: no document and no capture says it. It is a choice of ours, or what a client needs;
  the venue's README says which.

"As listed" is with the setting `cancel_as_listed`, under which a venue keeps to its page.

"""


def text() -> str:
    """Return the page."""
    counts = "\n".join(_counted(seed) for seed in SEEDS.values())
    head = f"{_HEAD}| venue | {' | '.join(_VERDICTS)} |\n|---|---|---|---|\n{counts}\n"
    return head + "".join(_section(seed) for seed in SEEDS.values())


def _counted(seed: Seed) -> str:
    counted = Counter(row.verdict for row in seed.rows)
    return f"| {seed.venue} | {' | '.join(str(counted[verdict]) for verdict in _VERDICTS)} |"


def _section(seed: Seed) -> str:
    rows = "\n".join(_line(row) for row in seed.rows)
    return (
        f"\n## {seed.venue}\n\nThe page: {seed.document}.\n\n"
        f"| where | what | says | | by, or why not | source |\n|---|---|---|---|---|---|\n{rows}\n"
    )


def _line(row: Row) -> str:
    missing = f"left out: {row.without}" if row.without else ""
    says = "; ".join(part for part in (row.type, row.says, missing) if part)
    source = {PAGE: PAGE, "": "none"}.get(row.source, row.source)
    cells = (row.part.value, f"`{row.name}`", says, row.verdict, row.by or row.not_yet, source)
    return f"| {' | '.join(cells)} |"
