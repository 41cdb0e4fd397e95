"""The benchmarks run at their tiniest: what they measure may not change away from them."""

from pathlib import Path

from bench import core
from bench.sizes import TINY
from bench.workloads import WORKLOADS

HERE = Path(__file__).parents[1]


def test_the_core_is_measured_beside_another_checkout() -> None:
    """Each workload has a rate, and a ratio to the bare book and to the other checkout."""
    figures = list(core.measure(TINY, against=HERE))
    rows = [figure.row for figure in figures if figure.part == "core"]

    assert dict.fromkeys(WORKLOADS) == dict.fromkeys(rows)
    assert 2 * 3 * len(WORKLOADS) == len(rows)
    assert all(figure.value > 0 for figure in figures if figure.part == "core")


def test_the_journal_is_measured() -> None:
    """Entries are appended and replayed."""
    figures = list(core.measure_journal(TINY))

    assert ["appended, 64 a sync", "replayed"] == [figure.row for figure in figures]
