"""Become the program named in the arguments, under another account and bound to a parent.

Run by path, before anything of the hub is imported: ``launch.py PARENT SIGNAL UID GID PROGRAM...``.
A negative ``UID`` keeps the account. On Linux the kernel sends ``SIGNAL`` when the parent dies.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
# what this process's parents may ignore, and Python does, the server shall not
HEEDED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGPIPE,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGXFSZ,
)


def main() -> None:
    """Drop rights, bind to the parent, then exec; never returns."""
    parent, death_signal, uid, gid = (int(word) for word in sys.argv[1:5])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # after setuid, which forgets it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit("the process that asked for this server is gone")
    for number in HEEDED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execv(sys.argv[5], sys.argv[5:])  # noqa: S606 - to become the program is the purpose


if __name__ == "__main__":
    main()
