"""
Control: the site of the control port, over a host.
"""

from __future__ import annotations

from functools import partial

from countermand.app.host import Host
from countermand.server.asgi import AppHandler
from countermand.server.control import control_app, refuse
from countermand.server.limits import Limits
from countermand.server.site import Site


def control_site(host: Host, names: frozenset[bytes], token: bytes | None = None) -> Site:
    """Return the control port's site, for requests to `names`; an operator brings the `token`."""
    app = control_app(host, host.base_urls, partial(_figures, host), host.operated, token)
    handler = AppHandler(app, refuse)
    return Site(handler.begin, handler.refuse, Limits(), names)


def _figures(host: Host) -> tuple[bytes, str]:
    # Prometheus' library costs a tenth of what a start does, and not every server is asked.
    from countermand.server.exposition import Exposition  # noqa: PLC0415  (loaded when it is needed)

    generation = host.generation
    metrics = [pipeline.metrics for pipeline in generation.made()]
    return Exposition(generation.engine, host.admission, metrics).text()
