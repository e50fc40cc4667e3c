"""Debian packages as files: downloaded and unpacked into the build folder by iso/installer/fetch-debs, never installed."""

import hashlib
import os
import shutil
from pathlib import Path

from rack.command import output
from rack.paths import BUILD, SOURCE

FETCH = SOURCE / "iso/installer/fetch-debs"
CACHE = BUILD / "debs"


def fetch(packages: list, without: list = (), deps: bool = True) -> list:
    """The .deb files of the packages (with all they depend on unless deps is off), downloaded when missing."""
    options = ["--cache", CACHE] + ([] if deps else ["--no-deps"])
    for package in without:
        options += ["--without", package]
    return [Path(line) for line in output(FETCH, *options, *packages, timeout=900).splitlines()]


def unpacked(packages: list, without: list = (), deps: bool = True) -> Path:
    """A folder holding the packages' files, unpacked once per list of file names; callers only read it."""
    files = fetch(packages, without, deps)
    key = hashlib.sha256("\n".join(f.name for f in files).encode()).hexdigest()[:16]
    folder = BUILD / "unpacked" / f"{packages[0]}-{key}"
    if folder.exists():
        return folder
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    output(FETCH, "--cache", CACHE, "--no-deps", "--unpack", fresh,
           *(f.name.split("_")[0] for f in files), timeout=900)
    fresh.rename(folder)
    return folder
