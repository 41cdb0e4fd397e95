"""
Exposition: the figures of a running server as Prometheus reads them, at the time it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from countermand.engine.histogram import BOUNDS_NS, Histogram
from countermand.engine.sequencer import Engine
from countermand.server.admission import Admission
from countermand.server.metrics import Metrics

_BOUNDS = (*[str(bound / 1e9) for bound in BOUNDS_NS], "+Inf")


class Exposition:
    """Reads the plain counters of the engine, the admission and every venue."""

    def __init__(self, engine: Engine, admission: Admission, metrics: Iterable[Metrics]) -> None:
        self._engine, self._admission = engine, admission
        self._metrics = tuple(metrics)
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> tuple[bytes, str]:
        """Return every figure as Prometheus' text, and its media type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def collect(self) -> Iterator[Metric]:
        """Yield every metric family as it stands."""
        yield from self._of_venues()
        yield from self._of_engine()
        yield GaugeMetricFamily(
            "countermand_requests_waiting",
            "Requests that were read and wait for a turn.",
            len(self._admission),
        )

    def _of_venues(self) -> Iterator[Metric]:
        answers = CounterMetricFamily(
            "countermand_http_answers", "Answers by venue and status.", labels=("venue", "status")
        )
        latency = HistogramMetricFamily(
            "countermand_request_seconds",
            "From the beginning of a request to its answer, by venue and operation.",
            labels=("venue", "operation"),
        )
        for metrics in self._metrics:
            for status, count in sorted(metrics.answers.items()):
                answers.add_metric((metrics.venue, str(status)), count)
            asked = ((op, seen) for op, seen in metrics.latencies.items() if any(seen.counts))
            for operation, histogram in asked:
                _add(latency, (metrics.venue, operation.value), histogram)
        yield answers
        yield latency

    def _of_engine(self) -> Iterator[Metric]:
        engine = self._engine
        sync = HistogramMetricFamily(
            "countermand_journal_write_seconds", "Making a group of commands durable."
        )
        _add(sync, (), engine.writes)
        yield sync
        yield CounterMetricFamily(
            "countermand_groups", "Groups committed since the start.", engine.groups
        )
        gauges = {
            "countermand_seq": ("Number of the last applied entry.", engine.seq),
            "countermand_commands_waiting": ("Commands that wait for a group.", engine.waiting),
            "countermand_open_orders": ("Orders that are open.", engine.open_orders),
            "countermand_clock_behind_seconds": (
                "How far the clock is behind the journal; 0 when that is no matter.",
                engine.clock_behind_ns / 1e9,
            ),
            "countermand_taking_commands": (
                "1 while commands are taken.",
                0 if engine.stopped_because else 1,
            ),
        }
        for name, (help_text, value) in gauges.items():
            yield GaugeMetricFamily(name, help_text, value)


def _add(family: HistogramMetricFamily, labels: tuple[str, ...], histogram: Histogram) -> None:
    buckets = list(zip(_BOUNDS, accumulate(histogram.counts), strict=True))
    family.add_metric(labels, buckets, histogram.sum_ns / 1e9)
