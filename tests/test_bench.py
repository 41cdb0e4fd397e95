"""The benchmarks run at their tiniest: what they measure may not change away from them."""

import json
import sys
from pathlib import Path

import pytest
from bench import __main__ as bench
from bench import client, core, http, kit, loopring_crypto, overload, soak, startup, streams
from bench.figures import Figure
from bench.sizes import TINY
from bench.workloads import WORKLOADS

from countermand.venues import VENUES

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


def test_every_venue_is_measured_over_http() -> None:
    """Each venue places and cancels durably beside the yardstick."""
    figures = list(http.measure(TINY))
    rows = dict.fromkeys(figure.row for figure in figures)

    assert [*VENUES, f"{http.THREADED}, thread"] == list(rows)
    assert all(figure.value > 0 for figure in figures if figure.column == "cancels")


def test_overload_is_measured() -> None:
    """Cancels are answered at half and at twice the load."""
    columns = [figure.column for figure in overload.measure(TINY)]

    assert 2 == columns.count("p99, ms")
    assert "/ at half" in columns


def test_start_up_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start takes processor time; one venue is enough to tell that."""
    monkeypatch.setattr(startup, "VENUES", {"coinbase-intx": None})
    figures = {figure.column: figure.value for figure in startup.measure(TINY)}

    assert figures["all five"] > figures["bare interpreter"] >= 0


def test_the_kit_is_measured() -> None:
    """Beginning, resetting, a socket, time, and tests that pass."""
    figures = list(kit.measure(TINY))
    rows = dict.fromkeys(figure.row for figure in figures)

    assert ["one venue", "all venues", "2 tests"] == list(rows)
    assert all(figure.value > 0 for figure in figures)


def test_streams_are_measured() -> None:
    """Every subscriber hears each change once, beside a slow one too."""
    figures = {(f.row, f.column): f.value for f in streams.measure(TINY)}

    assert figures["4 subscribers", "frames of a core"] > 0
    assert figures["4 subscribers, one slow", "p99 after the answer, ms"] != 0


def test_the_cost_of_a_history_is_measured() -> None:
    """Killed, stopped and compacted, it is the same exchange: what measures it asserts that."""
    figures = list(soak.measure(TINY))
    parts = dict.fromkeys(figure.part for figure in figures)
    assert [soak.PAUSES, soak.CANCELS, soak.STARTS, soak.SIZES, soak.TIMES] == list(parts)
    turns = [f.value for f in figures if f.part == soak.PAUSES and f.column == "by processor"]
    assert sum(turns[:-1]) > 0
    assert turns[-1] > 0


def test_loopring_s_signatures_are_measured() -> None:
    """They are checked by the book first."""
    columns = [figure.column for figure in loopring_crypto.measure(TINY)]

    assert "by the book / it" in columns


def test_client_is_measured_beside_bare_requests() -> None:
    """Both shells, without a ledger and with one, where one answer proves and where two do."""
    figures = list(client.measure(TINY))
    rows = dict.fromkeys(figure.row for figure in figures)

    assert len(rows) == 2 * len(client.VENUES) * 2
    assert all(figure.value > 0 for figure in figures)


def test_a_run_is_told_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each figure stands there with its goal."""
    figure = Figure("core", "cancel", "spot", 5.0, "/s", goal=6.0)
    monkeypatch.setattr(bench, "PARTS", {"core": lambda *_: [figure]})
    monkeypatch.setattr(sys, "argv", ["bench", "core", "--json"])

    bench.main()

    told = json.loads(capsys.readouterr().out)["figures"][0]
    assert (5.0, 6.0) == (told["value"], told["goal"])


def test_a_goal_that_is_missed_is_marked() -> None:
    """A least value is missed from below, a greatest one from above."""
    least, greatest = (
        Figure("", "", "", 5.0, goal=6.0),
        Figure("", "", "", 5.0, goal=6.0, at_most=True),
    )

    assert (True, False) == (least.missed, greatest.missed)
    assert "5.00, missed 6" == least.shown.plain
