"""
What is asked of a switch by its control socket, of its database, and of other programs.

The image has Debian's python3-minimal, without much of the library (concurrent.futures, shutil, secrets).
"""

import json
import os
import socket
import subprocess
import threading

RUN = "/run/openvswitch"
SECONDS = 30
AT_ONCE = threading.Semaphore(8)


class Later(threading.Thread):
    """Does something beside all else; its result is what that returned, or raised."""

    def __init__(self, do, *of):
        super().__init__(daemon=True)
        self.do, self.of, self.value, self.error = do, of, None, None
        self.start()

    def run(self):
        try:
            self.value = self.do(*self.of)
        except Exception as error:
            self.error = error

    def result(self):
        self.join()
        if self.error:
            raise self.error
        return self.value


def some_at_once(do, *of):
    """One of many that are done later: not all of them begin at the same time."""
    with AT_ONCE:
        return do(*of)


def run(*words, given=None):
    """Standard output of a program that ended well."""
    done = subprocess.run(words, input=given, check=True, capture_output=True, text=True, timeout=SECONDS)
    return done.stdout


def vsctl(*words):
    return run("ovs-vsctl", f"--db=unix:{RUN}/db.sock", "--retry", f"--timeout={SECONDS}", *words)


def rows(lines):
    """What ovs-vsctl --format=json says of several tables, one a line: a list of rows for each."""
    return [json.loads(line)["data"] for line in lines.splitlines() if line]


def ask(control, method, *words):
    """The answer of the switch at a control socket (ovs-appctl(8)); OSError where none answers."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(SECONDS)
        door.connect(control)
        door.sendall(json.dumps({"id": 0, "method": method, "params": words}).encode())
        heard = b""
        while True:
            part = door.recv(65536)
            if not part:
                raise OSError(f"{control} hung up")
            heard += part
            try:
                answer = json.loads(heard)
            except ValueError:
                continue
            if answer.get("error"):
                raise OSError(f"{control}: {answer['error']}")
            return answer["result"]


def current():
    """Where the switch that serves listens, if one does: the file of its process says so, as it does to ovs-appctl."""
    try:
        with open(f"{RUN}/ovs-vswitchd.pid") as file:
            link = f"{RUN}/ovs-vswitchd.{int(file.read())}.ctl"
        control = os.path.realpath(link)
        ask(control, "version")
        return control
    except (OSError, ValueError):
        return None


def serves(control):
    """Whether a switch has the database's lock, and bridges and ports as the database says: it has configured itself."""
    try:
        return int(ask(control, "coverage/read-counter", "bridge_reconfigure")) > 0
    except (OSError, ValueError):
        return False
