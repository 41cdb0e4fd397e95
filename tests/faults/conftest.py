"""
One exchange for the tests of a file, a bot on each of its venues, and an operator.

The published Python SDK of one venue is importable where our signer stands in for its native part.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.faults.operator import Operator
from tests.served import Served

# First, so that tests run alike where the native module is installed; with it, pytest passes and
# then crashes as the process ends.
sys.path.insert(0, str(Path(__file__).parents[1] / "venues" / "deltadefi" / "standin"))

if TYPE_CHECKING:
    from tests.faults.bots import Bot


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One exchange for all these tests."""
    with Served(None) as running:
        yield running


@pytest.fixture(scope="module")
def bots(served: Served) -> Iterator[dict[str, Bot]]:
    """A bot on each venue."""
    from tests.faults.bots import BOTS  # noqa: PLC0415  (it needs the path above)

    made = {name: bot(served.venue(name)) for name, bot in BOTS.items()}
    yield made
    for bot in made.values():
        bot.close()


@pytest.fixture
def operator(served: Served) -> Iterator[Operator]:
    """An operator, whose faults are cleared afterwards."""
    made = Operator(served.ready["control"])
    yield made
    made.clear()
    made.keep(0)
    made.close()
