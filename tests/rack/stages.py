"""The stages of tests/run: each a function that runs programs and counts tests; a failing one never stops the others.

Prints wall and CPU seconds per stage, a table at the end, and as the last line ctest's own summary over all of them.
"""

import argparse
import fcntl
import hashlib
import json
import os
import re
import resource
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rack.paths import BUILD, PYTHON, SOURCE  # noqa: E402

JOBS = os.cpu_count() or 2
SUMMARY = re.compile(r"tests passed, (\d+) tests failed out of (\d+)")
RACK_TESTS = ["test_new_user", "test_steps", "test_gate", "test_full_disk", "test_arm::nothing_is_armed", "test_alarms", "test_retire",
              "test_rack_up::blank_server", "test_refusals", "test_kills::serve_is_killed_during", "test_firmware::bios_by_the_ipxe_rom_of_its_card", "test_segment",
              "test_root_expression::planned", "test_root_expression::providers", "test_root_expression::host_types_conform",
              "test_deployments"]
LONG_RACK_TESTS = ["test_systems", "test_kills::the_power_goes", "test_kills::serve_is_killed_at_every_line",
                   "test_rack_up::bios_server", "test_arm::a_disk_with_data",
                   "test_rescue", "test_trust", "test_impostor", "test_ways_back", "test_rack_up::three_servers",
                   "test_client_packets", "test_firmware", "test_network_first", "test_two_disks", "test_disks", "test_copies",
                   "test_disko", "test_root_expression::brings"]


def call(*argv, log: Path | None = None, **options) -> int:
    """Runs a program, its output to the terminal or to a log whose end is shown when it fails; the exit status."""
    argv = [str(word) for word in argv]
    if log is None:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, **options).returncode
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        status = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, **options).returncode
    if status != 0:
        print("\n".join(log.read_text(errors="replace").splitlines()[-40:]), flush=True)
        print(f"    {argv[0]} ended with {status}; all of it: {log}", flush=True)
    return status


def test_seed() -> str:
    """Where tests over random orders start (tests/support/random_orders.hpp): another place for every commit."""
    try:
        found = subprocess.run(["git", "-c", f"safe.directory={SOURCE}", "-C", str(SOURCE), "rev-parse", "HEAD"],
                               stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except FileNotFoundError:   # a bare machine has no git, and the source came as an archive or from elsewhere
        return "1"
    return str(int(found.stdout[:15], 16)) if found.returncode == 0 else "1"


def sanitizer_prefix() -> list:
    """LLVM 16's sanitizers crash at random when the kernel randomises addresses by more than 28 bits."""
    try:
        bits = int(Path("/proc/sys/vm/mmap_rnd_bits").read_text())
    except (OSError, ValueError):
        return []
    if bits > 28:
        print(f"    vm.mmap_rnd_bits is {bits}: sanitizer programs run under setarch -R", flush=True)
        return ["setarch", "-R"]
    return []


def build(preset: str, *targets: str) -> tuple:
    """Configures and builds; one test of its own: no warning, no error."""
    folder = BUILD / preset
    logs = BUILD / "logs"
    configured = call("cmake", "--preset", preset, "-B", folder, cwd=SOURCE, log=logs / f"{preset}-configure.log")
    words = ["--target", *targets] if targets else []
    built = configured == 0 and call("cmake", "--build", folder, "-j", JOBS, *words, log=logs / f"{preset}-build.log") == 0
    return (0, 1) if built else (1, 1)


def ctest(preset: str, *options: str, prefix: list = ()) -> tuple:
    """Runs ctest and reads its own summary; nothing run counts as a failure."""
    done = subprocess.run([*prefix, "ctest", "--test-dir", str(BUILD / preset), "--output-on-failure", "-j", str(JOBS), *options],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    (BUILD / "logs" / f"{preset}-ctest.log").write_text(done.stdout)
    found = SUMMARY.search(done.stdout)
    if not found or int(found.group(2)) == 0:
        print(done.stdout[-3000:])
        return 1, 1
    if done.returncode != 0:
        print(done.stdout[-12000:], flush=True)
    return int(found.group(1)), int(found.group(2))


def release_build() -> tuple:
    return build("release")


def units() -> tuple:
    return ctest("release")


def random_orders() -> tuple:
    """100 000 random orders of events through the engine's scheduler; LANDSCAPER_TEST_SEED has the same ones again."""
    program = BUILD / "release/landscaper/engine/landscaper_engine_test"
    log = BUILD / "logs/random-orders.log"
    environment = {**os.environ, "LANDSCAPER_TEST_ORDERS": "100000"}
    return (0, 1) if call(program, "--test-case=whatever happens in whatever order*", log=log, env=environment) == 0 else (1, 1)


def asan_build() -> tuple:
    return build("asan")


def asan_units() -> tuple:
    return ctest("asan", prefix=sanitizer_prefix())


def formatting() -> tuple:
    """clang-format leaves every source as it is."""
    files = [p for tree in ("landscaper", "tftpd", "pxe", "tests", "iso") for p in sorted((SOURCE / tree).rglob("*.?pp"))]
    return (0, 1) if call("clang-format-16", "--dry-run", "-Werror", *files, log=BUILD / "logs/format.log") == 0 else (1, 1)


def gcc_syntax() -> tuple:
    """g++ 12 accepts every source of the programs; failures are counted per file. (Tests are clang's: half the time.)"""
    folder = BUILD / "gcc"
    if call("cmake", "--preset", "gcc", "-B", folder, cwd=SOURCE, log=BUILD / "logs/gcc-configure.log") != 0:
        return 1, 1
    entries = [e for e in json.loads((folder / "compile_commands.json").read_text())
               if not Path(e["file"]).is_relative_to(SOURCE / "tests")]

    def check(entry: dict) -> bool:
        words = [word for word in shlex.split(entry["command"]) if not word.endswith("ccache")]
        words = words[:words.index("-o")] + ["-fsyntax-only"] + words[words.index("-c"):]
        done = subprocess.run(words, cwd=entry["directory"], capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            print(f"    {entry['file']}\n{done.stderr[:3000]}", flush=True)
        return done.returncode == 0

    with ThreadPoolExecutor(JOBS) as pool:
        results = list(pool.map(check, entries))
    return results.count(False), len(results)


def gcc_coroutines() -> tuple:
    """The coroutine helpers' tests, compiled by g++ 12 and run: its coroutine bugs show at run time."""
    failed, total = build("gcc", "landscaper_async_test")
    return (failed, total) if failed else ctest("gcc", "-R", "^landscaper_async$")


def python_tests() -> tuple:
    """The rack's own parts that need no rack."""
    return (0, 1) if call(*PYTHON, "-m", "unittest", "discover", "-s", SOURCE / "tests/rack", "-t", SOURCE / "tests", "-p",
                          "unit_*.py", log=BUILD / "logs/rack-units.log") == 0 else (1, 1)


def as_root(*argv) -> list:
    """Root's rights for a rack; tests/run has asked sudo for the password already."""
    words = [*PYTHON, str(SOURCE / "tests/rack/rooted.py"), *map(str, argv)]
    kept = "LANDSCAPER_BUILD,LANDSCAPER_INSTALLER,LANDSCAPER_DISKO,NIXPKGS_LIB"
    return words if os.getuid() == 0 else ["sudo", f"--preserve-env={kept}", "--", *words]


def installer_image() -> tuple:
    # As root like tests/rack-up's, since both fill one cache.
    status = call(*as_root(SOURCE / "iso/installer/build", "--output", BUILD / "installer", "--cache", BUILD / "debs"),
                  log=BUILD / "logs/installer.log")
    return (0, 1) if status == 0 else (1, 1)


def counted(*argv, log: Path) -> tuple:
    """A program that prints `ok ...` and `FAILED ...` lines: how many of each, at least one; what failed is shown."""
    done = subprocess.run([str(w) for w in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace")
    log.write_text(done.stdout)
    passed, failed = (len(re.findall(rf"^{word}\s", done.stdout, re.MULTILINE)) for word in ("ok", "FAILED"))
    if done.returncode != 0 or failed:
        print(f"{done.stdout[-6000:]}\n    {argv[-1]} ended with {done.returncode}; all of it: {log}", flush=True)
        failed = max(failed, 1)
    return failed, max(passed + failed, 1)


def installer_tests(*names: str) -> tuple:
    """The image from the side of its user; no QEMU unless boot-installer is among the names."""
    image = ("--image", BUILD / "installer", "--cache", BUILD / "debs")
    results = [counted(*as_root(SOURCE / "tests/iso" / name, *image), log=BUILD / f"logs/{name}.log") for name in names]
    return sum(r[0] for r in results), sum(r[1] for r in results)


def nbp_tests() -> tuple:
    """The local-boot NBP and a composed UKI, started by real firmware."""
    if build("release", "local_efi", "pxe_nbp_compose")[0]:
        return 1, 1
    results = [call(*as_root(SOURCE / "tests/pxe/nbp" / name, BUILD / "release"), log=BUILD / f"logs/{name}.log")
               for name in ("local-boot", "uki-boot")]
    return sum(status != 0 for status in results), len(results)


def rack_systems() -> tuple:
    return (0, 1) if call(*as_root(SOURCE / "tests/rack/systems/build"), log=BUILD / "logs/systems.log") == 0 else (1, 1)


def rack(*patterns: str) -> tuple:
    """Rack tests one after the other; each prints how it went, and a last line of counts."""
    counts = BUILD / f"rack-counts-{patterns[0]}.json"
    argv = as_root(SOURCE / "tests/rack/run-test", "--counts", counts, *patterns)
    counts.unlink(missing_ok=True)
    call(*argv)
    return tuple(json.loads(counts.read_text())) if counts.exists() else (1, 1)


RACK_NEEDS = ("release build", "installer image", "rack systems")
# name, function, in --quick, only in --full, the stages it needs
STAGES = (
    ("release build", release_build, True, False, ()),
    ("unit tests", units, True, False, ("release build",)),
    ("random orders", random_orders, False, False, ("release build",)),
    ("formatting", formatting, True, False, ()),
    ("rack's own parts", python_tests, True, False, ()),
    ("sanitizer build", asan_build, False, False, ()),
    ("sanitizer tests and fuzzing", asan_units, False, False, ("sanitizer build",)),
    ("g++ syntax", gcc_syntax, False, False, ()),
    ("g++ coroutines", gcc_coroutines, False, False, ()),
    ("installer image", installer_image, False, False, ()),
    ("installer tests", lambda: installer_tests("installer-contract", "installer-network"), False, False, ("installer image",)),
    ("installer in QEMU", lambda: installer_tests("boot-installer"), False, True, ("installer image",)),
    ("NBPs in QEMU", nbp_tests, False, True, ("release build",)),
    ("rack systems", rack_systems, False, False, ()),
    ("rack", partial(rack, *RACK_TESTS), False, False, RACK_NEEDS),
    *((f"long rack: {pattern}", partial(rack, pattern), False, True, RACK_NEEDS) for pattern in LONG_RACK_TESTS),
)


def source_key() -> str:
    """Changes with every byte of the source tree outside the build folder."""
    total = hashlib.sha256()
    for path in sorted(p for p in SOURCE.rglob("*") if p.is_file() and not p.is_relative_to(BUILD)):
        parts = path.relative_to(SOURCE).parts
        if parts[0] not in (".git", "build") and "__pycache__" not in parts:
            total.update("/".join(parts).encode() + path.read_bytes())
    return total.hexdigest()


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_stage(name: str, function) -> dict:
    print(f"== {name}", flush=True)
    wall, cpu = time.monotonic(), cpu_seconds()
    try:
        failed, total = function()
    except Exception as problem:   # a stage that cannot run has failed; the others still count
        print(f"    {type(problem).__name__}: {problem}", flush=True)
        failed, total = 1, 1
    row = {"name": name, "failed": failed, "total": total, "wall": time.monotonic() - wall, "cpu": cpu_seconds() - cpu}
    print(f"   {name}: {total - failed} of {total} passed, {row['wall']:.1f} s wall, {row['cpu']:.1f} s CPU", flush=True)
    return row


def print_table(rows: list) -> None:
    print(f"\n{'stage':<30}{'wall s':>9}{'CPU s':>9}{'failed':>9}{'of':>7}")
    for row in rows:
        print(f"{row['name']:<30}{row['wall']:>9.1f}{row['cpu']:>9.1f}{row['failed']:>9}{row['total']:>7}")
    print(f"{'total':<30}{sum(r['wall'] for r in rows):>9.1f}{sum(r['cpu'] for r in rows):>9.1f}\n")


def chosen(arguments) -> list:
    stages = [s for s in STAGES if s[2] or not arguments.quick]
    stages = [s for s in stages if not s[3] or arguments.full]
    return [s for s in stages if not arguments.only or arguments.only in s[0]]


PASSED = BUILD / "passed-stages.json"


def passed_before(key: str) -> dict:
    """Rows of the stages that passed on this source, by their names."""
    known = json.loads(PASSED.read_text()) if PASSED.exists() else {}
    return known.get("rows", {}) if known.get("source") == key else {}


def keep_row(key: str, row: dict) -> None:
    """Another tests/run on the same source may be at other stages."""
    with PASSED.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = passed_before(key)
        rows.pop(row["name"], None)
        rows |= {} if row["failed"] else {row["name"]: row}
        fresh = PASSED.with_suffix(".new")
        fresh.write_text(json.dumps({"source": key, "rows": rows}))
        fresh.replace(PASSED)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/run")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--only", metavar="WORD")
    arguments = parser.parse_args()
    os.environ.setdefault("LANDSCAPER_TEST_SEED", test_seed())
    print(f"LANDSCAPER_TEST_SEED={os.environ['LANDSCAPER_TEST_SEED']}", flush=True)
    key = source_key()
    rows: list = []
    for name, function, _, _, needs in chosen(arguments):
        broken = [row["name"] for row in rows if row["name"] in needs and row["failed"]]
        passed = passed_before(key) if arguments.resume else {}
        if name in passed:
            print(f"== {name}: passed before on this source, {passed[name]['wall']:.1f} s wall")
            rows.append(passed[name])
        elif broken:
            print(f"== {name}: not run, {broken[0]} failed", flush=True)
            rows.append({"name": name, "failed": 1, "total": 1, "wall": 0.0, "cpu": 0.0})
        else:
            rows.append(run_stage(name, function))
            keep_row(key, rows[-1])
    if not rows:
        parser.error(f"no stage is called {arguments.only}")
    print_table(rows)
    failed, total = sum(row["failed"] for row in rows), sum(row["total"] for row in rows)
    print(f"{round(100 * (total - failed) / total)}% tests passed, {failed} tests failed out of {total}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
