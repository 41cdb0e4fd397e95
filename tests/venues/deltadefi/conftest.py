"""
A booth for each test. Makes the published Python SDK importable: our signer stands in for its
native module.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.venues.deltadefi.booth import Booth

# First, so that tests run alike where the native module is installed; with it, pytest passes and
# then crashes as the process ends.
sys.path.insert(0, str(Path(__file__).parent / "standin"))


@pytest.fixture
def booth() -> Booth:
    """A booth of one's own."""
    return Booth()
