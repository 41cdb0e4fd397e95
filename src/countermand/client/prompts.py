"""Prompts: how a client asks the person whose key it has, and shows them its progress."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Prompts(Struct, frozen=True):
    """
    Both functions are called where the client runs; None where no person is there.

    Shape:  `prompt` is given a question and returns the answer; `progress` is given two counts, of
            the orders that are settled and of all.
    """

    prompt: Callable[[str], str] | None = None
    progress: Callable[[int, int], None] | None = None

    def answer(self, question: str) -> str:
        """Return what the person answers, empty where no person is there."""
        return "" if self.prompt is None else self.prompt(question)

    def tell(self, done: int, of: int) -> None:
        """Show the progress."""
        if self.progress is not None:
            self.progress(done, of)


NO_PROMPTS = Prompts()
