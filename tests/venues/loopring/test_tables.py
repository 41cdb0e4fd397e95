"""What the cryptography prepares is prepared where the venue is served, and nowhere else."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from countermand.venues import VENUES
from countermand.venues.loopring.crypto import eddsa
from countermand.venues.loopring.crypto.poseidon import poseidon

def made():
    return eddsa._base_comb.cache_info().currsize, poseidon.cache_info().currsize

print(made())
VENUES["loopring"].prepare()
print(made())
"""


def test_tables_are_made_when_the_venue_is_prepared() -> None:
    """Importing every venue makes none; being served makes the base point's and both hashes'."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )

    assert ["(0, 0)", "(1, 2)"] == ran.stdout.splitlines()
