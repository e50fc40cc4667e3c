"""Kernels and stage-1 initrds of the systems: one initrd for ext4, mirrored or not, and one more per layout that needs more.

What a layout needs is a second archive behind the first, so that the ordinary initrd stays as small as it is: the
firmware loads it slowly.
"""

import shutil
from pathlib import Path

from rack.command import output, run
from rack.debs import unpacked
from rack.systems import packages
from rack.systems.modules import ARRAYS, FILES, HARDWARE, LAYOUTS, VIRTIO, Modules
from rack.systems.newc import archive

HERE = Path(__file__).resolve().parent
APPLETS = ("sh", "mount", "insmod", "cat", "grep", "head", "cut", "readlink", "seq", "sleep", "mkdir", "switch_root", "uname", "wc")


def stage_program(tree: Path, root: Path, name: str) -> None:
    """A program of the unpacked packages in `root`, and the libraries it is linked with."""
    libraries = root / "usr/lib/x86_64-linux-gnu"
    loader = libraries / "ld-linux-x86-64.so.2"
    said = output(loader, "--library-path", libraries, "--list", root / "usr/sbin" / name)
    files = [Path(word) for line in said.splitlines() for word in line.split() if word.startswith(str(libraries))]
    for folder in ("bin", "lib64"):
        (tree / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy2(root / "usr/sbin" / name, tree / "bin")
    for file in [loader, *files]:
        shutil.copy2(file, tree / "lib64")


def stage_modules(tree: Path, files: list, **lists) -> None:
    """The modules' files, and for stage 1 the lists of their names in the order in which they are loaded."""
    (tree / "modules").mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, tree / "modules" / file.name)
    for name, chosen in lists.items():
        (tree / "modules" / name).write_text("".join(f"{file.name}\n" for file in chosen))


def packed(tree: Path) -> bytes:
    """The folder as a compressed archive."""
    plain, small = tree.with_suffix(".cpio"), tree.with_suffix(".zst")
    plain.write_bytes(archive(tree))
    run("zstd", "-q", "-f", "-9", plain, "-o", small)
    content = small.read_bytes()
    plain.unlink()
    small.unlink()
    return content


def without(tree: Path, there: Path) -> None:
    """Removes from a tree the files that the archive before it has brought."""
    for path in sorted(tree.rglob("*")):
        if path.is_file() and (there / path.relative_to(tree)).exists():
            path.unlink()


def stage_layout(tree: Path, layout: str, modules: Modules, loaded: list) -> None:
    """What stage 1 needs for this layout: modules beside those in `loaded`, its table of file systems, its programs."""
    more = [file for file in modules.ordered(LAYOUTS[layout]) if file not in loaded]
    stage_modules(tree, more, layout=more)
    shutil.copytree(HERE / "layouts" / layout / "etc", tree / "etc")
    for program in packages.LAYOUT_STAGE_1[layout]:
        stage_program(tree, unpacked(packages.LAYOUTS[layout], packages.WITHOUT), program)


def stage_kernel(stage: Path, flavour: str, busybox: Path) -> None:
    """The kernel, the modules of the real machines' list, and the stage-1 initrds."""
    root = unpacked([packages.kernel_package(flavour)], deps=False)
    (stage / f"linux-{flavour}").mkdir()
    shutil.copyfile(next((root / "boot").glob("vmlinuz-*")), stage / f"linux-{flavour}/bzImage")
    modules = Modules(root)
    files = modules.ordered(VIRTIO + FILES + HARDWARE + ARRAYS)
    for file in files:
        place = stage / f"linux-{flavour}-modules/lib/modules" / modules.version / file.relative_to(modules.folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    tree = stage / f"initrd-{flavour}.tree"
    for folder in ("bin", "proc", "sys", "dev", "new"):
        (tree / folder).mkdir(parents=True)
    shutil.copy2(busybox, tree / "bin/busybox")
    for applet in APPLETS:
        (tree / "bin" / applet).symlink_to("busybox")
    first = modules.ordered(VIRTIO + FILES)
    arrays = [file for file in modules.ordered(ARRAYS) if file not in first]
    hardware = [file for file in files if file not in first + arrays]
    stage_modules(tree, files, order=first, hardware=hardware, arrays=arrays)
    # A mirrored root is put together before anything else is there.
    stage_program(tree, unpacked(["mdadm", "libc6", "libudev1"], deps=False), "mdadm")
    (tree / "lib").symlink_to("lib64")
    shutil.copy2(HERE / "files/stage-1-init", tree / "init")
    ordinary = packed(tree)
    write_initrd(stage / f"initrd-{flavour}", ordinary)
    for layout in LAYOUTS:
        more = stage / f"initrd-{flavour}-{layout}.tree"
        stage_layout(more, layout, modules, first)
        without(more, tree)
        write_initrd(stage / f"initrd-{flavour}-{layout}", ordinary + packed(more))


def write_initrd(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "initrd").write_bytes(content)


def stage_dead_initrd(stage: Path, busybox: Path) -> None:
    """An initrd whose init ends at once: the kernel panics, and restarts the machine."""
    tree = stage / "initrd-dead.tree"
    (tree / "bin").mkdir(parents=True)
    shutil.copy2(busybox, tree / "bin/busybox")
    (tree / "init").write_text("#!/bin/busybox sh\nexit 1\n")
    (tree / "init").chmod(0o755)
    write_initrd(stage / "initrd-dead", archive(tree))
