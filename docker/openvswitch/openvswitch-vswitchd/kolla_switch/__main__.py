"""
Runs the switch of a host, and hands the host's traffic on from one switch to the next.

The arguments are the switch's command. Where another switch serves (the generation before of this container), this one
gets ready and waits: the database gives its lock to one at a time. When the other is told to stop it writes its flows
down, and this one takes over at once: with its flows, and with ports back in their namespaces.
"""

import os
import signal
import subprocess
import sys
import threading
import time

import flows
import ports
from switch import RUN, Later, current, serves

# In this container alone: where its own switch answers, whichever serves.
CONTROL = "/run/ovs-vswitchd.ctl"
# Between two looks, in seconds.
SOON = 0.02
PORTS_SECONDS = 60


def say(words):
    print(f"kolla_switch: {words}", flush=True)


def point(link, target):
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(target, link)


class Switch:
    def __init__(self, command):
        name = f"{RUN}/ovs-vswitchd.{os.urandom(4).hex()}"
        self.control, self.pidfile = f"{name}.ctl", f"{name}.pid"
        self.command = [*command, f"--unixctl={self.control}", f"--pidfile={self.pidfile}"]
        self.before = current()
        # In the kernel's datapath ports stay where they are.
        self.moves_ports = os.environ.get("OVS_DATAPATH") == "netdev"
        self.has_flows, self.works = threading.Event(), threading.Event()
        self.stopping = False
        self.process = None

    def run(self):
        if self.before:
            flows.forget()
        point(CONTROL, self.control)
        signal.signal(signal.SIGTERM, self.stop)
        self.process = subprocess.Popen(self.command)
        threading.Thread(target=self.take_over, daemon=True).start()
        code = self.process.wait()
        return code if code >= 0 else 128 - code

    def take_over(self):
        """Once this one is the host's switch: flows first, which all ports need."""
        while self.before and not flows.fresh() and current() == self.before:
            time.sleep(SOON)
        back = Later(self.bring_ports_back)
        self.await_lock()
        try:
            restored = flows.restore(self.control)
            self.has_flows.set()
            flows.take_canaries_away(restored)
            say(f"flows are back: {', '.join(restored) or 'none were saved'}")
        except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            say(f"flows are not back: {error}")
        self.has_flows.set()
        flows.forget()
        self.show()
        back.result()
        self.works.set()

    def await_lock(self):
        while not serves(self.control):
            time.sleep(SOON)

    def bring_ports_back(self):
        """The switch makes its devices one after another: those that are missing are waited for."""
        if not self.moves_ports:
            return
        try:
            # One that waits for the other to stop need not look for itself; else agents may have changed them since.
            left = flows.saved_ports() if self.before and flows.fresh() else ports.look()
            self.await_lock()
            deadline = time.monotonic() + PORTS_SECONDS
            while left and time.monotonic() < deadline:
                missing = len(left)
                left = ports.put_all_back(left, self.has_flows)
                say(f"{missing - len(left)} ports are back in their namespaces")
                time.sleep(SOON if missing > len(left) else 0.2)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            say(f"ports are not back: {error}")

    def show(self):
        """Lets those who look for the host's switch find this one, as ovs-appctl(8) does."""
        with open(self.pidfile) as file:
            link = f"{RUN}/ovs-vswitchd.{int(file.read())}.ctl"
        point(link, os.path.basename(self.control))
        # Renamed it stays locked by the switch, which is how others know that it runs.
        os.rename(self.pidfile, f"{RUN}/ovs-vswitchd.pid")

    def stop(self, *_):
        if self.stopping:
            return
        self.stopping = True
        try:
            if self.works.is_set():
                flows.save(self.control, ports.look if self.moves_ports else list)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            say(f"flows are not saved: {error}")
        finally:
            self.process.terminate()


if __name__ == "__main__":
    # Not by sys.exit, which would wait for threads that wait for the switch that has ended.
    os._exit(Switch(sys.argv[1:]).run())
