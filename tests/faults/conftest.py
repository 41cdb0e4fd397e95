"""
Makes the published Python SDK importable: our signer stands in for its native module.
"""

import sys
from pathlib import Path

# First, so that tests run alike where the native module is installed; with it, pytest passes and
# then crashes as the process ends.
sys.path.insert(0, str(Path(__file__).parents[1] / "venues" / "deltadefi" / "standin"))
