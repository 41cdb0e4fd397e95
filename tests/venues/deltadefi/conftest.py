"""
Makes the published Python SDK importable: our signer stands in where the native one is missing.
"""

import sys
from pathlib import Path

# Last, so that an installed native module goes before it.
sys.path.append(str(Path(__file__).parent / "standin"))
