"""
The scenarios still go as they are written.

After a change that is meant, `pytest tests/core --rewrite` writes down how they go; read the diff.
"""

from pathlib import Path

import pytest
from tests.core.stage import play

STORIES = sorted((Path(__file__).parent / "scenarios").glob("*.txt"))


def test_there_are_stories() -> None:
    """An empty folder would prove nothing."""
    assert len(STORIES) >= 10


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_story_goes_as_written(story: Path, request: pytest.FixtureRequest) -> None:
    """Every line, word for word."""
    written = story.read_text(encoding="utf-8")
    played = play(written)
    if request.config.getoption("--rewrite", default=False):
        story.write_text(played, encoding="utf-8")
        return

    assert played == written


def test_story_that_goes_otherwise_is_noticed() -> None:
    """What is expected is compared, not only run."""
    written = STORIES[0].read_text(encoding="utf-8")
    expectation = next(line for line in written.splitlines() if line.startswith("    "))

    assert play(written.replace(expectation, "    nothing")) == play(written)
    assert play(written) != written.replace(expectation, "    nothing")
