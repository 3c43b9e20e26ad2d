"""Under whose account PostgreSQL runs when the hub runs as root, and what it may reach.

PostgreSQL refuses to run as root. Then it gets an account without rights, and whatever that
account cannot reach (a checkout under ``/root``, say) is put into a shelter outside.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from hub.sandbox.servers.failure import POSTGRES, ServerFailed

ORDINARY = ("nobody", "daemon")
SHELTER = Path("/var/tmp/vienreiz-servers")  # noqa: S108 - checked for its owner before use


class Identity(TypedDict, total=False):
    """The arguments of ``subprocess`` that change the account."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of this machine."""

    name: str
    uid: int
    gid: int

    def can_run(self, program: Path) -> bool:
        """Tell whether this account can start ``program``, by trying."""
        return self._succeeds([str(program), "--version"])

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account can enter ``folder``, by trying."""
        return self._succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def own(self, path: Path) -> None:
        """Give ``path`` itself, not what is in it, to this account."""
        os.chown(path, self.uid, self.gid)

    def _succeeds(self, words: list[str]) -> bool:
        try:
            done = subprocess.run(  # noqa: S603 - our own words, no shell
                words,
                **identity(self),
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError:
            return False
        return done.returncode == 0


def identity(account: Account | None) -> Identity:
    """Return what makes ``subprocess`` run as ``account``; None changes nothing."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def ordinary_account() -> Account | None:
    """Choose the account for PostgreSQL: None, unless this process is root's.

    Raises:
        ServerFailed: Root runs this, and the machine has none of the accounts we would use.
    """
    if os.geteuid() != 0:
        return None
    for name in ORDINARY:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=found.pw_uid, gid=found.pw_gid)
    wanted = " or ".join(f"`{name}`" for name in ORDINARY)
    raise ServerFailed(POSTGRES, f"it does not run as root, and there is no account {wanted}")


def owner_of(folder: Path) -> Account | None:
    """Return whose ``folder`` is, or None when there is no such folder."""
    try:
        found = folder.stat()
    except FileNotFoundError:
        return None
    return Account(name=f"uid {found.st_uid}", uid=found.st_uid, gid=found.st_gid)


def shelter() -> Path:
    """Return the folder outside, root's own and readable by all.

    Raises:
        ServerFailed: Somebody else made a folder of that name, or may write to it.
    """
    SHELTER.mkdir(mode=0o755, exist_ok=True)
    found = SHELTER.lstat()
    others_write = stat.S_IMODE(found.st_mode) & 0o022
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or others_write:
        raise ServerFailed(POSTGRES, f"`{SHELTER}` must be a folder that root alone may change")
    SHELTER.chmod(0o755)
    return SHELTER


def home_for(account: Account | None, data_dir: Path) -> Path:
    """Return the folder that holds PostgreSQL's files: ``data_dir``, or its shelter outside.

    A shelter is written down in ``data_dir``, so that a later start finds the same data.
    """
    if account is None:
        return data_dir
    data_dir.chmod(0o711)
    if known := shelter_of(data_dir):
        home = known
    elif account.can_enter(data_dir):
        return data_dir
    else:
        home = shelter() / f"data-{hashlib.sha256(bytes(data_dir)).hexdigest()[:16]}"
        if home.exists():  # of an earlier folder of this name, since removed
            shutil.rmtree(home)
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    home.chmod(0o711)
    _record(data_dir).write_text(f"{home}\n", encoding="utf-8")
    return home


def shelter_of(data_dir: Path) -> Path | None:
    """Return the shelter written down in ``data_dir``, None where there is none."""
    try:
        return Path(_record(data_dir).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None


def _record(data_dir: Path) -> Path:
    return data_dir / "location"
