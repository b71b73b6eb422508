"""A burst leaves nothing behind: memory, the store's files and its writes are soon what they were before it."""
import os
import threading
import time

from harness.api import Connection, context
from harness.case import KubiaCase
from harness.wait import wait_for

OBJECTS = int(os.environ.get("ORDINAL_OBJECTS", "12000"))
CONNECTIONS = int(os.environ.get("ORDINAL_CONNECTIONS", "300"))
MAKERS = 8
IDLE = 12  # seconds; longer than a heartbeat's
PATH = "/api/v1/namespaces/default/secrets"
MB = 1000 * 1000


def secret(name):
    return {"metadata": {"name": name, "labels": {"of": "burst"}}, "type": "Opaque", "stringData": {"key": "value " * 8}}


class Footprint(KubiaCase):
    def setUp(self):
        super().setUp()
        self.last_written = (None, 0)
        self.tls = context(os.path.join(self.agent.state, "admin.kubeconfig"))

    def resident(self):
        """Bytes of memory of the agent."""
        with open(f"/proc/{self.agent.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))

    def written(self):
        with open(f"/proc/{self.agent.pid}/io", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("write_bytes:"))

    def idle_for(self):
        """True when nothing has been written for IDLE seconds."""
        now, written = time.monotonic(), self.written()
        if written != self.last_written[0]:
            self.last_written = (written, now)
        return now - self.last_written[1] >= IDLE

    def size(self, suffix=""):
        return os.path.getsize(os.path.join(self.agent.state, "store.db" + suffix))

    def in_parallel(self, work):
        """Calls `work(connection, number)` for the numbers of all objects, over a few kept connections."""
        faults = []

        def run(first):
            try:
                connection = Connection(self.tls)
                for number in range(first, OBJECTS, MAKERS):
                    work(connection, number)
                connection.close()
            except Exception as error:  # pylint: disable=broad-except
                faults.append(error)
        threads = [threading.Thread(target=run, args=(first,), daemon=True) for first in range(MAKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])

    def make(self, connection, number):
        connection.send("POST", PATH, secret(f"s-{number}"))
        self.assertEqual(connection.answer()[0], 201)

    def remove(self, connection, number):
        connection.send("DELETE", f"{PATH}/s-{number}")
        self.assertEqual(connection.answer()[0], 200)

    def many_connections(self):
        """All open at once, each used once."""
        connections = []
        for _ in range(CONNECTIONS):
            connections.append(Connection(self.tls))
            connections[-1].send("GET", "/api/v1/namespaces/default/pods")
            self.assertEqual(connections[-1].answer()[0], 200)
        for connection in connections:
            connection.close()

    def large_bodies(self):
        """Of 3 MB each: read, and refused."""
        for _ in range(10):
            connection = Connection(self.tls)
            try:
                connection.send("POST", "/api/v1/namespaces/default/configmaps",
                                {"metadata": {"name": "large"}, "data": {"text": "x" * (3 * MB)}})
                self.assertIn(connection.answer()[0], (413, 422))
            except (ConnectionError, BrokenPipeError):
                pass  # refused before it was sent whole
            connection.close()

    def test_after_a_burst_it_is_as_small_as_before(self):
        before = self.resident()
        self.assertLess(before, 30 * MB, "with the example")
        started = time.monotonic()
        self.in_parallel(self.make)
        self.in_parallel(self.remove)
        self.many_connections()
        self.large_bodies()
        high = self.resident()
        print(f"{before / MB:.1f} MB before; {OBJECTS} objects in {time.monotonic() - started:.0f} s: {high / MB:.1f} MB,"
              f" store.db {self.size() / MB:.1f} MB")
        wait_for(lambda: f"memory to come back from {high / MB:.1f} to {before / MB + 15:.1f} MB; it is "
                         f"{self.resident() / MB:.1f}", lambda: self.resident() < before + 15 * MB, 60)
        wait_for(lambda: f"the store's files to shrink; they are {self.size()} and {self.size('-wal')}",
                 lambda: self.size() < 4 * MB and self.size("-wal") < MB, 20)
        print(f"after {time.monotonic() - started:.0f} s: {self.resident() / MB:.1f} MB, store.db {self.size()}, "
              f"its log {self.size('-wal')} bytes")
        # What is idle does not write, whatever heartbeats there are.
        wait_for(f"{IDLE} s without a write to the disk, after the last backup", self.idle_for, 120)
        self.take_down()
