"""
Run the benchmarks and print figures and ratios of this run: `python -m bench [core|http ...]`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bench import core, http, journal, loopring_crypto, signatures
from bench.autoshares import Autoshares
from bench.coinbase_intx import Coinbase
from bench.deltadefi import DeltaDefi
from bench.loopring import Loopring
from bench.polymarket_us import Polymarket
from countermand.vocabulary.instrument import InstrumentKind

console = Console()

SPEAKERS: dict[str, type[http.Speaker]] = {
    "deltadefi": DeltaDefi,
    "autoshares": Autoshares,
    "coinbase-intx": Coinbase,
    "loopring": Loopring,
    "polymarket-us": Polymarket,
}


def _table(title: str, rows: list[tuple[str, str, str]]) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("of", style="dim")
    for row in rows:
        table.add_row(*row)
    console.print(table, "")


def _core() -> None:
    rows = []
    for kind in InstrumentKind:
        name = kind.name.lower()
        rows.append((f"cancels, {name}", f"{core.cancels_per_s(kind):,.0f}/s", "goal 300,000"))
        rows.append((f"mixed, {name}", f"{core.mixed_per_s(kind):,.0f}/s", "goal 100,000"))
    sizes = (1_000, 100_000, 1_000_000)
    costs = {size: core.cancel_cost_us(size) for size in sizes}
    for size, cost in costs.items():
        ratio = cost / costs[sizes[0]]
        rows.append((f"a cancel among {size:,} resting", f"{cost:.2f} us", f"{ratio:.2f}x"))
    size_bytes = core.bytes_per_resting_order()
    rows.append(("memory of a resting order", f"{size_bytes:,.0f} bytes", "all indexes"))
    _table("core, one thread, no journal", rows)


def _journal() -> None:
    figures = journal.measure()
    _table(
        "journal",
        [
            ("appends, one by one", f"{figures.single_per_s:,.0f}/s", "each durable"),
            ("appends, groups of 64", f"{figures.grouped_per_s:,.0f}/s", "each group durable"),
            ("replayed entries", f"{figures.replayed_per_s:,.0f}/s", "chain checked, applied"),
        ],
    )


def _http() -> None:
    for venue, speaker in SPEAKERS.items():
        f = http.measure(venue, speaker)
        ratio = f.cancel_per_s / f.ping_per_s
        sync = f"{f.p50_us / f.fdatasync_us:.1f}x one fdatasync ({f.fdatasync_us:.0f} us)"
        half = f"open loop at {f.latency_rate_per_s:,.0f}/s"
        _table(
            f"{venue}, over HTTP, {http.CONNECTIONS} connections, durable",
            [
                ("empty 200", f"{f.ping_per_s:,.0f}/s", "same server, same connections"),
                ("signed cancels", f"{f.cancel_per_s:,.0f}/s", f"{ratio:.2f} of it, goal 0.50"),
                ("signed places", f"{f.place_per_s:,.0f}/s", "signed while sent"),
                ("cancel p50", f"{f.p50_us:,.0f} us", f"{half}; {sync}"),
                ("cancel p99", f"{f.p99_us:,.0f} us", half),
                ("cancel p99.9", f"{f.p999_us:,.0f} us", half),
                ("start-up", f"{f.start_up_s:.2f} s", "empty directory, until ready"),
                ("restart", f"{f.restart_s:.2f} s", f"{f.entries:,} entries, from a snapshot"),
            ],
        )


def _signatures() -> None:
    # The venue whose signature costs most of what it costs to serve, and whose library lets go of
    # the interpreter while it checks one.
    venue = "polymarket-us"
    figures = signatures.measure(venue, SPEAKERS[venue])
    rows = [
        ("signature checks, alone", f"{figures.checks_per_s:,.0f}/s", "one thread, no server"),
        ("empty 200", f"{figures.ping_per_s:,.0f}/s", "same server, same connections"),
    ]
    for threads, rate in figures.cancel_per_s.items():
        where = "on a thread beside the loop" if threads else "where the request is answered"
        of_empty, of_check = rate / figures.ping_per_s, rate / figures.checks_per_s
        ratios = f"{of_empty:.2f} of the empty 200, {of_check:.2f} of the check alone"
        rows.append((f"cancels, checked {where}", f"{rate:,.0f}/s", ratios))
    _table(f"{venue}, what a signature costs", rows)


def _loopring_crypto() -> None:
    f = loopring_crypto.measure()
    book = f"by the book takes {f.times_textbook:,.0f}x, goal 300"
    new = f"{f.new_key_times_known:.1f}x that with a known key, goal below 12"
    _table(
        "loopring's signatures, one thread",
        [
            ("check, known key", f"{f.verify_us:,.0f} us", book),
            ("check, new key", f"{f.verify_new_key_us:,.0f} us", new),
            ("check by the book", f"{f.textbook_us:,.0f} us", "affine points, in the tests"),
            ("sign", f"{f.sign_us:,.0f} us", ""),
            ("hash of a challenge", f"{f.challenge_us:,.0f} us", "Poseidon, 6 wide"),
            ("hash of an order", f"{f.order_hash_us:,.0f} us", "Poseidon, 12 wide"),
            ("tables", f"{f.tables_us / 1e3:,.0f} ms", "once, where it is served; goal below 150"),
        ],
    )


PARTS: dict[str, Callable[[], None]] = {
    "core": _core,
    "journal": _journal,
    "http": _http,
    "signatures": _signatures,
    "loopring-crypto": _loopring_crypto,
}


def main() -> None:
    """Run the named parts, or all."""
    chosen = sys.argv[1:] or list(PARTS)
    for name in chosen:
        if name not in PARTS:
            sys.exit(f"no benchmark is called {name!r}; there are {', '.join(PARTS)}")
        PARTS[name]()


main()
