"""
Doors: how a port's requests reach what answers them, layer by layer, and the sites made of it.
"""

from __future__ import annotations

from msgspec import Struct

from countermand.app.founding import is_published
from countermand.server.admission import Admission
from countermand.server.front import front
from countermand.server.pipeline import Pipeline
from countermand.server.ports import Begin, Refuse
from countermand.server.request_log import explained


class Door(Struct, frozen=True):
    """One venue's way in; with `is_published` keys only requests for known names come through."""

    begin: Begin
    refuse: Refuse
    is_published: bool


def door(pipeline: Pipeline, admission: Admission) -> Door:
    """Return the way to a pipeline, with every layer that its world asks for."""
    venue, settings, keys = pipeline.venue, pipeline.settings, pipeline.keys
    begin = admission.through(pipeline.gate())
    published = is_published(venue.name, keys)
    if published:
        begin = explained(begin, venue, keys, settings, pipeline.proof_clock)
    return Door(front(begin, venue, settings), pipeline.refuse, published)
