"""
Run the benchmarks: `python -m bench [part ...]`.

Only ratios tell: a machine that others use too is twice as fast one hour as the next.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from rich.console import Console

from bench import client, core, http, kit, loopring_crypto, overload, soak, startup, streams
from bench.figures import Figure, screen
from bench.sizes import FULL, QUICK, Size

# A pipe has no width of its own.
WIDTH = 136

PARTS: dict[str, Callable[[Size, Path | None], Iterable[Figure]]] = {
    "core": core.measure,
    "journal": core.measure_journal,
    # Before what signs for Loopring, because it takes the time of tables that are made once.
    "loopring-crypto": loopring_crypto.measure,
    "http": http.measure,
    "overload": overload.measure,
    "start-up": startup.measure,
    "kit": kit.measure,
    "client": client.measure,
    "streams": streams.measure,
    "history": soak.measure,
}

# It takes minutes, and is measured when it is asked for.
LONG = ("history",)


def main() -> None:
    """Run the named parts, or all, and print one screen."""
    parser = ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--json", action="store_true", help="print every figure, as JSON")
    parser.add_argument(
        "--against", type=Path, metavar="CHECKOUT", help="compare core and journal with this one's"
    )
    asked = parser.parse_args()
    for name in asked.parts:
        if name not in PARTS:
            parser.error(f"no part is called {name!r}; there are {', '.join(PARTS)}")
    size, started = QUICK if asked.quick else FULL, time.monotonic()
    # What others do here, which a reader of the rates must know.
    load, _, _ = os.getloadavg()
    figures = list[Figure]()
    for name in asked.parts or [name for name in PARTS if name not in LONG]:
        print(f"{name} ...", file=sys.stderr, flush=True)
        figures += PARTS[name](size, asked.against)
    machine = f"{os.cpu_count()} processors ({load:.1f} busy), Python {platform.python_version()}"
    if asked.json:
        told = {"machine": machine, "figures": figures}
        print(msgspec.json.format(msgspec.json.encode(told)).decode())
    else:
        missed = sum(figure.missed for figure in figures)
        console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
        console.print(screen(figures))
        took_s = time.monotonic() - started
        console.print(f"{machine}, {took_s:.0f} s; goals missed: {missed}", highlight=False)


if __name__ == "__main__":
    main()
