"""A server whose next generation takes over the sockets that it listens on, as load balancers can.

PORT, DIRECTORY that generations share, FILE with what it answers. It makes SERVING once it accepts. SIGUSR1: nothing more is accepted, and it ends once
all that was accepted has been answered.
"""

import os
import signal
import socket
import sys
import threading
import time

port, shared, content = int(sys.argv[1]), sys.argv[2], sys.argv[3]
path = f"{shared}/socket"
SERVING = "/tmp/serving"
running: set[threading.Thread] = set()
is_leaving = False


def inherited() -> list[socket.socket]:
    """The sockets of the generation that serves; none where no one does."""
    asker = socket.socket(socket.AF_UNIX)
    try:
        asker.connect(path)
    except OSError:
        return []
    _, files, _, _ = socket.recv_fds(asker, 1, 2)
    return [socket.socket(fileno=number) for number in files]


def own() -> list[socket.socket]:
    """Sockets of its own: the port, and the path at which it hands both over."""
    served = socket.create_server(("127.0.0.1", port))
    if os.path.exists(path):
        os.unlink(path)
    asked = socket.socket(socket.AF_UNIX)
    asked.bind(path)
    asked.listen()
    return [served, asked]


def answer(client: socket.socket) -> None:
    """One request, which takes its time."""
    client.recv(4096)
    time.sleep(0.05)
    with open(content, "rb") as file:
        body = file.read()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    client.sendall(head.encode() + body)
    client.close()


def accept(listener: socket.socket, serve) -> None:
    """Others accept at the same socket: a look says that somebody may be there, not that he still is."""
    while not is_leaving:
        try:
            client, _ = listener.accept()
        except (BlockingIOError, TimeoutError):
            continue
        client.settimeout(None)
        thread = threading.Thread(target=serve, args=[client])
        running.add(thread)
        thread.start()


def leave() -> None:
    """Accepts nothing more, and ends once all that was accepted is answered."""
    global is_leaving
    is_leaving = True
    for thread in acceptors:
        thread.join()
    for thread in running:
        thread.join()
    os._exit(0)


# Signals are waited for: of a handler, a main thread that waits for something else may not hear until the next one comes.
HEARD = {signal.SIGUSR1, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
if os.path.exists(SERVING):
    os.unlink(SERVING)
listener, asked = sockets = inherited() or own()
for each in sockets:
    each.settimeout(0.1)
hand_over = lambda client: (socket.send_fds(client, [b"x"], [listener.fileno(), asked.fileno()]), client.close())
acceptors = [threading.Thread(target=accept, args=pair) for pair in [(listener, answer), (asked, hand_over)]]
for thread in acceptors:
    thread.start()
open(SERVING, "w").close()
while signal.sigwait(HEARD) == signal.SIGUSR1:
    threading.Thread(target=leave).start()
os._exit(0)
