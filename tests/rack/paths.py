"""Where things lie: the source tree, and the build folder that holds everything a rack makes or downloads.

Nothing here is ever written outside the build folder (LANDSCAPER_BUILD, default SOURCE/build).
"""

import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LANDSCAPER_BUILD", SOURCE / "build")).resolve()
RACKS = BUILD / "rack"
PYTHON = ("/usr/bin/python3", "-B")   # no byte code beside the sources


def given_folders() -> set:
    """Folders that the environment names for landscaper: disko (LANDSCAPER_DISKO) and nixpkgs' lib (NIXPKGS_LIB)."""
    return {Path(os.environ[name]).resolve() for name in ("LANDSCAPER_DISKO", "NIXPKGS_LIB") if os.environ.get(name)}


def rack_folder(name: str) -> Path:
    """The folder of one rack: disks, logs, the network folder and the appliance's state."""
    return RACKS / name
