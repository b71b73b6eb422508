"""Lookups as programs make them: a process in a pod's network that calls getaddrinfo(3) for ever, and single datagrams.

Run as a program it is that process: resolver.py NAME FAMILY PROGRESS, until something comes on its standard input; then it prints what it
saw as JSON.
"""
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time

PAUSE = 0.002  # seconds between two lookups


def look_up_until_told(name, family, progress):
    lookups, failures, longest = 0, {}, 0.0
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        started = time.monotonic()
        try:
            socket.getaddrinfo(name, 80, family, socket.SOCK_STREAM)
        except socket.gaierror as error:
            failures[str(error.errno)] = failures.get(str(error.errno), 0) + 1
        lookups += 1
        os.pwrite(progress, b"%9d" % lookups, 0)
        longest = max(longest, time.monotonic() - started)
    return {"lookups": lookups, "failures": failures, "longest_ms": round(longest * 1000, 1)}


class Lookups:
    """getaddrinfo(name) again and again in the network of the process `pid`, with its resolv.conf."""

    def __init__(self, name, pid, family=socket.AF_UNSPEC):
        self._progress = f"/run/lookups-{pid}-{name}-{int(family)}"
        # A mount of another mount namespace cannot be bound here, so it is a copy.
        # Each has its own: they start side by side.
        copy = f"{self._progress}.resolv.conf"
        inside = f"cp /proc/{pid}/root/etc/resolv.conf {copy} && mount --bind {copy} /etc/resolv.conf && " \
                 f"exec nsenter -t {pid} -n {sys.executable} {os.path.abspath(__file__)} {name} {int(family)} " \
                 f"{self._progress}"
        self._process = subprocess.Popen(["unshare", "--mount", "sh", "-c", inside], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)

    def made(self):
        """How many lookups have ended so far."""
        try:
            with open(self._progress, encoding="ascii") as file:
                return int(file.read() or 0)
        except FileNotFoundError:
            return 0

    def end(self):
        out, _ = self._process.communicate("\n", timeout=60)
        return json.loads(out)

    def stop(self):
        """Ends it whatever it does; may follow end()."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()


def rcode(server, name, timeout):
    """The response code of one A question over UDP; None without an answer in time."""
    return ask(server, name, timeout)[0]


def ask(server, name, timeout):
    """(response code, addresses) of one A question over UDP; (None, []) without an answer in time."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(timeout)
        client.connect((server, 53))
        try:
            client.send(question)
            reply = client.recv(512)
        except OSError:
            return None, []
    # Each record of the answer: a pointer to the question's name, type, class, TTL, length 4, the address.
    records = [reply[at:at + 16] for at in range(len(question), len(reply), 16)][:struct.unpack("!H", reply[6:8])[0]]
    return reply[3] & 15, [socket.inet_ntoa(record[12:]) for record in records]


class NobodyKnows(threading.Thread):
    """A resolver on 127.0.0.1:53 that knows no name: NXDOMAIN to everything, as of a host's real one for our names."""

    _running = None

    @classmethod
    def ensure(cls):
        """It runs until the test's process ends."""
        if cls._running is None:
            cls._running = cls()
            cls._running.start()

    def __init__(self):
        super().__init__(daemon=True)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))

    def run(self):
        while True:
            query, client = self._socket.recvfrom(4096)
            self._socket.sendto(query[:2] + b"\x81\x83" + query[4:6] + b"\0\0\0\0\0\0" + query[12:], client)


if __name__ == "__main__":
    descriptor = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    print(json.dumps(look_up_until_told(sys.argv[1], int(sys.argv[2]), descriptor)))
