"""The front of tests/rack-up: starts a rack, shows `landscaper watch` while it racks up, and sums up what came of it.

Needs root. The rack itself runs behind (supervisor.py in a scope); when this program ends, however it ends, the rack ends,
unless --keep was given and everything went well.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rack import prepare, scope  # noqa: E402
from rack.drives import CONTROLLERS  # noqa: E402
from rack.paths import PYTHON, rack_folder  # noqa: E402

HERE = Path(__file__).resolve().parent


class Behind:
    """The rack's supervisor: requests out, answers in."""

    def __init__(self, name: str, servers: int, firmware: str, disk: str, log: Path):
        argv = [*PYTHON, scope.__file__, "--enter-outliving", name, *PYTHON, HERE / "supervisor.py", name, servers, firmware, disk]
        self.process = subprocess.Popen([str(w) for w in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=log.open("wb"), text=True, start_new_session=True)

    def ask(self, what: str) -> dict:
        try:
            self.process.stdin.write(json.dumps({"do": what}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        fields = json.loads(line) if line else {"error": "the rack ended"}
        if "error" in fields:
            raise RuntimeError(fields["error"])
        return fields

    def end(self) -> None:
        """The rack ends with its input."""
        self.process.stdin.close()
        self.process.wait(30)


def watch(name: str, argv: list, plain: bool) -> int:
    """landscaper watch in the foreground; its exit status."""
    words = argv + (["--plain"] if plain else [])
    return subprocess.run(scope.enter_running(name, words)).returncode


def seconds_between(start: int, end: int) -> str:
    return f"{(end - start) / 1000:.1f} s" if end else "-"


def print_host(name: str, row: dict, powered_on: float) -> None:
    """One server: where it is, how long each phase took, its pin and its generation."""
    phases = row.get("phases", [])
    done = next((p["started"] for p in phases if p["phase"] == "ok"), 0)
    total = f", {done / 1000 - powered_on:.1f} s from power-on" if done else ""
    print(f"  {name}: {row['phase']} ({row['condition']}){total}")
    if row.get("sentence") and row["condition"] != "run":
        print(f"    {row['sentence']}")
    if phases:
        print("    " + "  ".join(f"{p['phase']} {seconds_between(p['started'], p['ended'])}" for p in phases if p["phase"] != "ok"))
    print(f"    pinned key   {row.get('permanent_key') or 'none yet'}")
    print(f"    generation   {row.get('generation') or '-'}  {row.get('toplevel', '')}")


def print_summary(summary: dict, powered_on: float) -> None:
    print("\nracked up:")
    for name, row in summary["hosts"].items():
        print_host(name, row, powered_on)
    for name, used in {**summary["programs"], **summary["machines"]}.items():
        print(f"  {name:<18} {used['cpu_seconds']:7.1f} CPU s  {used['peak_mb']:6} MB at most")


def print_kept(name: str) -> None:
    print(f"\nThe rack stays up. Look around:\n"
          f"  tests/rack/enter {name}                        a shell on the appliance\n"
          f"  tests/rack/enter {name} landscaper watch       the console again\n"
          f"  tests/rack/enter {name} landscaper ssh px01    a shell on a server\n"
          f"End it: tests/rack/end {name}")


def rack_up(arguments) -> int:
    name = "rack-up"
    folder = rack_folder(name)
    scope.refuse_when_running(name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    behind = Behind(name, arguments.hosts, arguments.firmware, arguments.disk, folder / "supervisor.log")
    try:
        command = behind.ask("start")["watch"]
        powered_on = behind.ask("power_on")["at"]
        print(f"{arguments.hosts} server(s) switched on; logs: {folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder}",
              flush=True)
        status = watch(name, command, arguments.plain)
        print_summary(behind.ask("summary"), powered_on)
        if arguments.keep:
            behind.ask("keep")
            print_kept(name)
        return status
    finally:
        behind.process.stdin.close()
        if not arguments.keep:
            behind.process.wait(30)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/rack-up", description="Racks up blank virtual servers with landscaper.")
    parser.add_argument("--hosts", type=int, default=1, metavar="N", help="how many servers (1 to 9)")
    parser.add_argument("--firmware", choices=["uefi", "bios"], default="uefi")
    parser.add_argument("--disk", choices=CONTROLLERS, default="virtio", help="what the servers' disks hang on")
    parser.add_argument("--plain", action="store_true", help="one line per event instead of the console")
    parser.add_argument("--keep", action="store_true", help="leave the rack up afterwards")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)   # downloads and images only
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)     # the command line only
    arguments = parser.parse_args()
    if not 1 <= arguments.hosts <= 9:
        parser.error("--hosts takes 1 to 9 servers")
    if arguments.check:
        return 0
    try:
        if arguments.prepare:
            prepare.everything()
            return 0
        return rack_up(arguments)
    except (RuntimeError, OSError, scope.RackBusy, TimeoutError) as problem:
        print(f"rack-up: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main())
