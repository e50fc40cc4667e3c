"""The racks' Nix store as the tests see it inside a rack: the systems, a signed cache folder, Nix commands."""

import json
import os
from pathlib import Path

from rack.command import output
from rack.paths import RACKS, SOURCE


def environment() -> dict:
    """Settings for Nix that depend on nothing of this machine."""
    return {**os.environ, "NIX_CONF_DIR": str(RACKS / "nix-conf"), "HOME": "/root"}


def systems() -> dict:
    """What tests/rack/systems/build printed: store paths and sizes of base and toplevel. Call it outside a rack first."""
    return json.loads(output(SOURCE / "tests/rack/systems/build", timeout=1800))


def layout(devices: list, **options) -> dict:
    """The scripts of the rehearsal's layout for these devices."""
    words = ["nix-instantiate", "--eval", "--strict", "--json", SOURCE / "tests/rack/systems/layout.nix",
             "--argstr", "layout", "single-ext4", "--arg", "devices", "[ " + " ".join(f'"{d}"' for d in devices) + " ]"]
    for name, value in options.items():
        words += ["--argstr", name, value]
    return json.loads(output(*words, env=environment()))


def make_cache(folder: Path, *paths: str) -> str:
    """A signed binary cache of the closures in a folder; returns its public key."""
    folder.mkdir(parents=True, exist_ok=True)
    secret, public = folder.with_suffix(".secret"), folder.with_suffix(".public")
    if not secret.exists():
        output("nix-store", "--generate-binary-cache-key", "rack-1", secret, public, env=environment())
    output("nix", "copy", "--to", f"file://{folder}?secret-key={secret}&compression=zstd", *paths, env=environment(),
           timeout=600)
    return public.read_text().strip()
