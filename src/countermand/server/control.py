"""
Control: what an operator or a script asks of the whole server, on a port of its own.

    GET /          where the venues are, as in the ready line but without secrets
    GET /health    200 while commands are taken; 503 with the reason and what to do when not
    GET /metrics   Prometheus text
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import to_builtins
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from countermand.engine.sequencer import Engine
from countermand.server.metrics import Metrics


class _Collector:
    """Reads the plain counters of the request path when somebody asks for them."""

    def __init__(self, engine: Engine, metrics: Iterable[Metrics]) -> None:
        self._engine = engine
        self._metrics = tuple(metrics)

    def collect(self) -> Iterator[Metric]:
        """Yield every metric family as it stands."""
        answers = CounterMetricFamily(
            "countermand_http_answers", "Answers by venue and status.", labels=("venue", "status")
        )
        for metrics in self._metrics:
            for status, count in sorted(metrics.answers.items()):
                answers.add_metric((metrics.venue, str(status)), count)
        yield answers
        yield GaugeMetricFamily(
            "countermand_seq", "Number of the last applied entry.", self._engine.seq
        )
        yield CounterMetricFamily(
            "countermand_groups", "Groups committed since the start.", self._engine.groups
        )
        yield GaugeMetricFamily(
            "countermand_clock_behind_seconds",
            "How far the clock is behind the journal; 0 when that is no matter.",
            self._engine.clock_behind_ns / 1e9,
        )
        yield GaugeMetricFamily(
            "countermand_taking_commands",
            "1 while commands are taken.",
            0 if self._engine.stopped_because else 1,
        )


def control_app(
    engine: Engine, base_urls: Mapping[str, str], metrics: Iterable[Metrics]
) -> Starlette:
    """Return the ASGI application of the control port."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(engine, metrics))

    async def index(request: Request) -> Response:
        return JSONResponse({"venues": dict(base_urls), "seq": engine.seq})

    async def health(request: Request) -> Response:
        found = engine.health()
        return JSONResponse(to_builtins(found), 200 if found.taking_commands else 503)

    async def exposition(request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/", index), Route("/health", health), Route("/metrics", exposition)]
    )
