"""Running programs: one place that names the program, its exit status and its last words when it fails."""

import subprocess


class CommandFailed(Exception):
    """A program ended with another status than 0; the message carries the end of what it printed."""


def run(*argv, timeout=120, check=True, **options) -> subprocess.CompletedProcess:
    """Run a program to its end and return its output as text. Raises CommandFailed unless check is off."""
    argv = [str(word) for word in argv]
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(argv, text=True, capture_output=True, timeout=timeout, errors="replace", **options)
    if check and done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise CommandFailed(f"{' '.join(argv)[:300]}: exit status {done.returncode}: {words}")
    return done


def output(*argv, **options) -> str:
    """What a program printed on its standard output, without the last newline."""
    return run(*argv, **options).stdout.rstrip("\n")
