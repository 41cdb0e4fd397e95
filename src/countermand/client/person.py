"""The person behind the key, as a client speaks with them: questions and progress."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Person(Struct, frozen=True):
    """
    Both are called where the client runs; None where there is no person.

    Shape:  `prompt` is given a question and returns the answer; `progress` is told how many of how
            many are settled.
    """

    prompt: Callable[[str], str] | None = None
    progress: Callable[[int, int], None] | None = None

    def answer(self, question: str) -> str:
        """Return what a person answers, nothing where there is none."""
        return "" if self.prompt is None else self.prompt(question)

    def tell(self, done: int, of: int) -> None:
        """Tell how far it has come."""
        if self.progress is not None:
            self.progress(done, of)


NOBODY = Person()
