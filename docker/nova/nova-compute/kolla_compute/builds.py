"""The builds of servers that a process of nova-compute has taken from its queue."""

import threading
import time

# Between two looks, in seconds.
SOON = 0.2


class Builds:
    def __init__(self):
        self.stopping = False
        # Whatever came since the start, by the server's UUID, as long as that is asked for.
        self.seen = set()
        # What has come, and not begun, or begun, and not ended: the act that puts it back into the queue.
        self.waiting, self.building = {}, {}
        # What is not to begin in this process.
        self.held = []
        self.lock = threading.Lock()

    def come(self, uuid, put_back):
        """One has come: it waits until it begins."""
        with self.lock:
            if self.seen is not None:
                self.seen.add(uuid)
            self.waiting[uuid] = put_back

    def begin(self, uuid):
        """Whether one that has come is to be built here."""
        with self.lock:
            put_back = self.waiting.pop(uuid, None)
            if self.stopping and put_back:
                self.held.append((uuid, put_back))
                return False
            self.building[uuid] = put_back
            return True

    def end(self, uuid):
        with self.lock:
            self.building.pop(uuid, None)

    def forget_seen(self):
        """UUIDs of whatever has come since the start; from now on that is not kept."""
        with self.lock:
            seen, self.seen = self.seen, None
            return seen

    def under_way(self):
        """UUIDs of those that have begun."""
        with self.lock:
            return sorted(self.building)

    def drain(self, seconds):
        """From now on none begins. Waits until those that have begun have ended, so long; returns what has not."""
        self.stopping = True
        deadline = time.monotonic() + seconds
        while self.under_way() and time.monotonic() < deadline:
            time.sleep(SOON)
        return self.under_way()

    def put_back(self):
        """Puts what has not begun back into the queue, once nobody takes from it any more; returns its UUIDs."""
        with self.lock:
            back = [*self.held, *self.waiting.items()]
            self.held, self.waiting = [], {}
        for _, act in back:
            act()
        return [uuid for uuid, _ in back]
