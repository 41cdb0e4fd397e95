"""
Health: what an engine tells of itself, and of which entry an answer is.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Health(Struct, frozen=True):
    """
    How the engine is, for people who run it.

    `reason` is why no commands are taken and `advice` what to do; None while they are taken.
    """

    taking_commands: bool
    reason: str | None
    advice: str | None
    clock_behind_ns: int
    seq: int


class Answer(Struct, frozen=True, gc=False):
    """A view of applied, durable state, and the last entry in it."""

    as_of_seq: int
    view: Any
