"""Set the project up with nothing but the standard library.

Verbs: ``sandbox`` and ``dev`` make `.venv` and install that set of requirements, ``browser``
prints the path of a Chromium (installing Debian's when it may), ``lock`` pins requirements anew.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / ".ci" / "requirements"
OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(argv: Sequence[str]) -> int:
    """Run one verb; the exit code is the verb's."""
    if sys.version_info < OLDEST:
        return fail(
            f"python 3.11 or newer is needed; `{sys.executable}` is {sys.version.split()[0]}"
        )
    verbs: dict[str, Callable[[], int]] = {
        "sandbox": lambda: install("sandbox"),
        "dev": lambda: install("dev"),
        "browser": browser,
        "lock": lock,
    }
    if len(argv) != 1 or argv[0] not in verbs:
        return fail(f"expected one of {', '.join(verbs)}")
    return verbs[argv[0]]()


def fail(reason: str) -> int:
    """Tell why on standard error."""
    print(f"set-up: {reason}", file=sys.stderr)
    return 1


def say(line: str, *, end: str = "\n") -> None:
    """Tell what is being done, on standard error: standard output carries results."""
    print(line, end=end, file=sys.stderr, flush=True)


def install(name: str) -> int:
    """Install one pinned set, and the project itself in place."""
    started = time.monotonic()
    pip = make_venv()
    requirements = REQUIREMENTS / f"{name}.txt"
    count = sum("==" in line for line in requirements.read_text(encoding="utf-8").splitlines())
    say(f"set-up: installing {count} pinned packages into .venv")
    wanted = ["--require-hashes", "-r", str(requirements)]
    in_place = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    code = followed([*pip, "install", *wanted], count) or quiet([*pip, "install", *in_place])
    if code == 0:
        # pip does this for all it installs, but not in place; else the first start would
        own = [str(ROOT / package) for package in ("hub", "schemas", "connectors")]
        compiling = [str(VENV / "bin" / "python"), "-m", "compileall", "-q", *own]
        subprocess.run(compiling, check=False, stdout=subprocess.DEVNULL)
        say(f"set-up: done in {time.monotonic() - started:.0f} s")
    return code


def make_venv() -> list[str]:
    """Make `.venv` for this Python, unless it is there; return the command that is its pip."""
    python = VENV / "bin" / "python"
    if version_of(python) != sys.version_info[:2]:
        say(f"set-up: making .venv with Python {sys.version.split()[0]}")
        # Debian ships Python without `ensurepip`: then the pip outside installs into the inside
        bare = ["--without-pip"] if not has_ensurepip() else []
        subprocess.run([sys.executable, "-m", "venv", "--clear", *bare, str(VENV)], check=True)
    if (VENV / "bin" / "pip").exists():
        return [str(python), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(python)]


def version_of(python: Path) -> tuple[int, ...] | None:
    """Tell the version of an interpreter, or None when it does not run."""
    ask = "import json, sys; print(json.dumps(sys.version_info[:2]))"
    try:
        answer = subprocess.run([python, "-c", ask], capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(json.loads(answer.stdout))


def has_ensurepip() -> bool:
    """Tell whether this Python can put a pip into a new environment."""
    try:
        import ensurepip  # noqa: PLC0415 - its absence is the question
    except ImportError:
        return False
    return bool(ensurepip.version())


def followed(command: list[str], count: int) -> int:
    """Run pip, showing one line that counts on a terminal and nothing elsewhere."""
    live = sys.stderr.isatty()
    seen = 0
    tail: list[str] = []
    with subprocess.Popen(
        [*command, "--no-input", "--progress-bar", "off"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            tail = [*tail[-30:], line]
            if live and line.startswith(("Collecting", "Requirement already")):
                seen += 1
                say(f"\r  {seen} of at most {count}\x1b[K", end="")
            elif live and line.startswith("Installing"):
                say("\r  putting them in place\x1b[K", end="")
    if live:
        say("\r\x1b[K", end="")
    if process.returncode:
        say("".join(tail))
    return process.returncode


def quiet(command: list[str]) -> int:
    """Run a command whose errors alone matter."""
    return subprocess.run([*command, "-qq", "--no-input"], check=False).returncode


def browser() -> int:
    """Print the path of a Chromium for the browser tests, or nothing; in CI one must be found."""
    found = os.environ.get("HUB_TEST_BROWSER") or on_path() or (install_browser() and on_path())
    if found:
        print(found)
        return 0
    if os.environ.get("CI") == "true":
        return fail("no Chromium for the browser tests; set HUB_TEST_BROWSER to the path of one")
    say("set-up: no Chromium found, browser tests will be skipped (HUB_TEST_BROWSER gives a path)")
    return 0


def on_path() -> str | None:
    """Find a Chromium on the PATH."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def install_browser() -> bool:
    """Install Debian's Chromium where apt-get and the right to use it exist."""
    become = as_root()
    if shutil.which("apt-get") is None or become is None:
        return False
    say("set-up: installing Debian's Chromium for the browser tests")
    apt = [
        *become,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "-o",
        "Dpkg::Use-Pty=0",
    ]
    attempt = [*apt, "install", "--yes", "--no-install-recommends", "chromium"]
    return silent(attempt) or (silent([*apt, "update"]) and silent(attempt))


def as_root() -> list[str] | None:
    """Give the words that make a command run as root, or None when it may not."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and silent(["sudo", "-n", "true"]) else None


def silent(command: list[str]) -> bool:
    """Run a command, telling only whether it succeeded."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def lock() -> int:
    """Pin all three sets anew, each a part of the next, with hashes and no address."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        uv = Path(folder) / "bin" / "uv"
        subprocess.run([uv.with_name("pip"), "install", "-qq", "uv"], check=True)
        for name, extras in (
            ("dev", ["dev"]),
            ("sandbox", ["build", "sandbox"]),
            ("hub", ["build"]),
        ):
            say(f"set-up: pinning {name}")
            subprocess.run(compile_command(uv, name, extras), cwd=ROOT, check=True)
    addressed = [p.name for p in REQUIREMENTS.iterdir() if "://" in p.read_text(encoding="utf-8")]
    return fail(f"an address got into {', '.join(addressed)}") if addressed else 0


def compile_command(uv: Path, name: str, extras: Sequence[str]) -> list[str]:
    """Build the command that pins one set; `dev` is pinned first and binds the others."""
    target = REQUIREMENTS / f"{name}.txt"
    bound = [] if name == "dev" else ["--constraints", str(REQUIREMENTS / "dev.txt")]
    wanted = [word for extra in extras for word in ("--extra", extra)]
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-header"]
    python = ["--no-annotate", "--python-version", ".".join(map(str, OLDEST)), "--quiet"]
    return [str(uv), "pip", "compile", "pyproject.toml", *options, *python, *wanted, *bound,
            "--output-file", str(target)]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
