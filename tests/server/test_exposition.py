"""Figures for Prometheus: what the server counted, as it stands when asked."""

from __future__ import annotations

import asyncio
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families
from tests.bot import Bot
from tests.engine.desk import FOUNDING, engine_over, order
from tests.served import Served

from countermand.engine.histogram import BOUNDS_NS, Histogram
from countermand.engine.memory import MemoryJournal
from countermand.server.admission import Admission
from countermand.server.exposition import Exposition
from countermand.server.metrics import Metrics
from countermand.wire.operation import Operation

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    """Every sample by its name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_histogram_counts_by_upper_bound() -> None:
    """A bound belongs to its own bucket, and what is longer than all of them has one too."""
    histogram = Histogram()
    for duration_ns in (0, BOUNDS_NS[0], BOUNDS_NS[0] + 1, BOUNDS_NS[-1], BOUNDS_NS[-1] + 1):
        histogram.observe(duration_ns)

    assert [2, 1, 1, 1] == [histogram.counts[at] for at in (0, 1, -2, -1)]
    assert 2 * BOUNDS_NS[0] + 2 * BOUNDS_NS[-1] + 2 == histogram.sum_ns


def test_latencies_are_told_by_venue_and_operation() -> None:
    """Cumulative, in seconds, and only where there was a request."""

    async def story() -> Samples:
        engine = engine_over(MemoryJournal())
        await engine.start()
        metrics = Metrics("acme")
        metrics.latency(Operation.PLACE_ORDER)
        seen = metrics.latency(Operation.CANCEL_ORDER)
        for duration_ns in (60_000, 70_000, 2_000_000):
            seen.observe(duration_ns)
        await engine.submit_all([*FOUNDING, order()])
        told = samples(Exposition(engine, Admission(lambda: 0), [metrics]).text()[0].decode())
        await engine.stop()
        return told

    told = asyncio.run(story())
    labels = (("operation", "cancel-order"), ("venue", "acme"))

    def bucket(bound: str) -> float:
        return told["countermand_request_seconds_bucket", tuple(sorted((*labels, ("le", bound))))]

    assert [0, 2, 3, 3] == [bucket(bound) for bound in ("5e-05", "0.0001", "0.0025", "+Inf")]
    assert (3, 0.00213) == (
        told["countermand_request_seconds_count", labels],
        told["countermand_request_seconds_sum", labels],
    )
    assert "place-order" not in str(told)
    assert 1 == told["countermand_open_orders", ()]
    assert 1 == told["countermand_journal_write_seconds_count", ()]


def test_a_server_tells_how_it_is_doing() -> None:
    """From outside, after an order and its cancel."""
    with Served(None, "--venue", "coinbase-intx") as running:
        bot = Bot(running.venue("coinbase-intx"), "alice")
        bot.place("counted", "BUY", "2700", "0.01")
        bot.place("counted", "BUY", "2700", "0.01")
        bot.cancel("counted")
        bot.close()
        with urlopen(f"{running.ready['control']}/metrics") as answer:
            told = samples(answer.read().decode())

    venue = ("venue", "coinbase-intx")
    counts = {
        dict(labels)["operation"]: value
        for (name, labels), value in told.items()
        if name == "countermand_request_seconds_count" and venue in labels
    }
    assert {"place-order": 2, "cancel-order": 1} == counts
    quoted = 2 * len(running.venue("coinbase-intx")["markets"])
    assert (quoted, 0, 0) == tuple(
        told[f"countermand_{name}", ()]
        for name in ("open_orders", "commands_waiting", "requests_waiting")
    )
    assert (
        told["countermand_groups_total", ()] <= told["countermand_journal_write_seconds_count", ()]
    )
