"""
Run the benchmarks and print figures and ratios of this run: `python -m bench [part ...]`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import core, http, loopring_crypto, signatures
from bench.autoshares import Autoshares
from bench.coinbase_intx import Coinbase
from bench.deltadefi import DeltaDefi
from bench.figures import Figure, screen
from bench.loopring import Loopring
from bench.polymarket_us import Polymarket
from bench.sizes import FULL, QUICK, Size

# A pipe has no width of its own.
console = Console() if sys.stdout.isatty() else Console(width=120)

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


PARTS: dict[str, Callable[[Size, Path | None], Iterable[Figure]]] = {
    "core": core.measure,
    "journal": core.measure_journal,
}

TABLES: dict[str, Callable[[], None]] = {
    "http": _http,
    "signatures": _signatures,
    "loopring-crypto": _loopring_crypto,
}


def main() -> None:
    """Run the named parts, or all."""
    parser = ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join([*PARTS, *TABLES]))
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="compare with this one")
    asked = parser.parse_args()
    chosen = asked.parts or [*PARTS, *TABLES]
    for name in chosen:
        if name not in PARTS and name not in TABLES:
            parser.error(f"no part is called {name!r}")
    size = QUICK if asked.quick else FULL
    figures = [f for name in chosen if name in PARTS for f in PARTS[name](size, asked.against)]
    console.print(screen(figures))
    for name in chosen:
        if name in TABLES:
            TABLES[name]()


if __name__ == "__main__":
    main()
