"""Builds the program of docs/verification.md with Go, out of what comes with Go itself."""

import os
import shutil
import subprocess
from importlib import resources
from pathlib import Path

SOURCE = Path(__file__).parent / "go"
SUMDB = "src/cmd/vendor/golang.org/x/mod/sumdb"


def built(folder: Path) -> Path:
    """Build it without any network, in a folder of its own."""
    root = Path(str(resources.files("go")))
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True)
    for package in ("note", "tlog"):
        shutil.copytree(root / SUMDB / package, folder / "mod" / "sumdb" / package)
    (folder / "mod" / "go.mod").write_text("module golang.org/x/mod\n\ngo 1.24\n")
    told = {
        "GOROOT": str(root),
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOSUMDB": "off",
        "GOTOOLCHAIN": "local",
        "GOENV": "off",
        "CGO_ENABLED": "0",
        "GOCACHE": str(folder / "cache"),
        "GOPATH": str(folder / "path"),
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    words = [str(root / "bin" / "go"), "build", "-trimpath", "-o", "checklog", "."]
    done = subprocess.run(
        words, cwd=folder, env=told, check=False, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree(folder / "cache")
    return folder / "checklog"


def run(program: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *map(str, words)], check=False, capture_output=True, text=True, timeout=30
    )
