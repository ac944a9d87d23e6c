"""
Keeps libvirt from being stopped under a build, and builds from beginning without it.

A libvirt of ours that is told to stop waits for two files (start-libvirt.sh): whoever builds holds one, and whoever
wants to has to pass the other, so that new builds do not keep it waiting. Locks end with the process that has them.
"""

import contextlib
import fcntl
import os
import socket
import time

RUN = "/run/libvirt"
GATE, LOCK = f"{RUN}/kolla-build.gate", f"{RUN}/kolla-build.lock"
SOCKET = f"{RUN}/libvirt-sock"
# Between two looks, and how long libvirt may be away, in seconds.
SOON = 0.2
AWAY = 120


@contextlib.contextmanager
def kept(hurried):
    """
    While libvirt answers and is not stopped: True, or False when it did not come back. Waits for that; not any longer,
    and for nothing, once `hurried()`, or where libvirt is not of ours.
    """
    if not os.path.exists(LOCK):
        yield True
        return
    deadline = time.monotonic() + AWAY

    def patient():
        return time.monotonic() < deadline and not hurried()

    with open(GATE) as gate, open(LOCK) as lock:
        while not pass_gate(gate, lock) and patient():
            time.sleep(SOON)
        while not answers() and patient():
            time.sleep(SOON)
        yield answers()


def pass_gate(gate, lock):
    try:
        fcntl.flock(gate, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    finally:
        fcntl.flock(gate, fcntl.LOCK_UN)


def answers():
    """Whether somebody listens where libvirt does."""
    try:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(1)
            asked.connect(SOCKET)
            return True
    except OSError:
        return False


def back(connect):
    """Connects to a libvirt that went away, as soon as it is there again; False when it is not."""
    deadline = time.monotonic() + AWAY
    while time.monotonic() < deadline:
        # One that ends may listen for a moment more.
        time.sleep(1)
        if answers():
            try:
                connect()
                return True
            except Exception:
                continue
    return False
