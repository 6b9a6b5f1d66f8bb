"""The deployment: one CDK app for every stage, and the local target that runs it.

The domain is a layer and no installed package; whoever imports `infra` finds it all the same.
"""

import sys
from pathlib import Path
from typing import Final

DOMAIN: Final = str(Path(__file__).resolve().parents[1] / "layers" / "socialflow" / "python")

if DOMAIN not in sys.path:
    sys.path.append(DOMAIN)
