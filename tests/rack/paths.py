"""Where things lie: the source tree, and the build folder that holds everything a rack makes or downloads.

Nothing here is ever written outside the build folder (LANDSCAPER_BUILD, default SOURCE/build).
"""

import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LANDSCAPER_BUILD", SOURCE / "build")).resolve()
RACKS = BUILD / "rack"
PYTHON = ("/usr/bin/python3", "-B")   # no byte code beside the sources


def rack_folder(name: str) -> Path:
    """The folder of one rack: disks, logs, the network folder and the appliance's state."""
    return RACKS / name
