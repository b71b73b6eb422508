"""The API's figures: lists, watches, writes, the start with many objects, the disk of an idle node.

The agent runs beside its containerd; the pods it serves belong to another node, so that it runs none of them.
"""
import json
import multiprocessing
import os
import selectors
import socket
import ssl
import statistics
import time

from harness.api import Connection, ask, context
from harness.wait import stays
from harness.world import run

PODS, WATCHERS, CHANGES = 1000, 100, 1000
LIST = "/api/v1/namespaces/default/pods"
SECRETS = "/api/v1/namespaces/default/secrets"
MAPS = "/api/v1/namespaces/default/configmaps"


def pod(number):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"far-{number}", "labels": {"app": "far"}},
            "spec": {"nodeName": "elsewhere", "containers": [{"name": "main", "image": "example.test/far:1"}]}}


def config_map(name):
    return {"metadata": {"name": name}, "data": {"value": "x" * 200}}


class ApiBench:
    def __init__(self, agent):
        self.agent = agent
        self.tls = context(os.path.join(agent.state, "admin.kubeconfig"))

    def fill(self):
        link = Connection(self.tls)
        for number in range(PODS):
            link.send("POST", LIST, pod(number))
            status, body = link.answer()
            assert status == 201, body
        link.close()

    def listing(self, rounds=15):
        """(milliseconds, megabytes) of a list of all pods."""
        link, own = Connection(self.tls), []
        for _ in range(rounds):
            begin = time.perf_counter()
            link.send("GET", LIST)
            status, body = link.answer()
            own.append((time.perf_counter() - begin) * 1000)
            assert status == 200 and body.count(b'"far-') >= PODS
        link.close()
        return statistics.median(own), len(body) / 1e6

    def watching(self):
        """(milliseconds from the first change to the last event at the last watcher, events, milliseconds of the same
        changes with nobody watching)."""
        alone = self.changes("alone")
        path = f"{MAPS}?watch=true&resourceVersion={self.revision()}"
        watchers, poll = [Watcher(self.tls, path) for _ in range(WATCHERS)], selectors.DefaultSelector()
        for watcher in watchers:
            poll.register(watcher.link.socket, selectors.EVENT_READ, watcher)
        writer = multiprocessing.Process(target=self.changes, args=("watched",))
        begin = time.perf_counter()
        writer.start()
        while any(watcher.seen < CHANGES for watcher in watchers):
            for key, _ in poll.select(60):
                key.data.drain()
        took = (time.perf_counter() - begin) * 1000
        writer.join()
        for watcher in watchers:
            watcher.link.close()
        return took, sum(watcher.seen for watcher in watchers), alone

    def revision(self):
        return ask(self.tls, "GET", f"{MAPS}?limit=1")[1]["metadata"]["resourceVersion"]

    def changes(self, name):
        """Milliseconds of CHANGES writes, one after another."""
        link = Connection(self.tls)
        begin = time.perf_counter()
        for number in range(CHANGES):
            link.send("POST", MAPS, config_map(f"{name}-{number}"))
            status, body = link.answer()
            assert status == 201, body
        took = (time.perf_counter() - begin) * 1000
        link.close()
        return took

    def writes(self, writers, seconds=3):
        """Acknowledged writes a second, by a client that leaves the machine to the agent (api_writes.cc)."""
        program = os.path.join(os.environ["ORDINAL_BUILD"], "tests", "bench", "api_writes")
        return int(run(program, os.path.join(self.agent.state, "pki"), str(writers), str(seconds)))

    def load(self, *arguments):
        """What api_load.cc prints."""
        program = os.path.join(os.environ["ORDINAL_BUILD"], "tests", "bench", "api_load")
        return json.loads(run(program, os.path.join(self.agent.state, "pki"), *map(str, arguments)))

    def load_rows(self):
        mixed = self.load("mixed", 5000, 200, 10)
        ask(self.tls, "DELETE", SECRETS)
        many = self.load("clients", 1000, 10)
        self.empty_maps()
        return [
            ("5,000 secrets, 200 mixed requests a second", f"mean {mixed['mean']:.1f} ms, 99th {mixed['p99']:.1f} ms", "",
             f"{mixed['errors']} errors of {mixed['requests']}", "≤ 5 ms, ≤ 20 ms, 0",
             mixed["mean"] <= 5 and mixed["p99"] <= 20 and mixed["errors"] == 0),
            ("1,000 clients that write at once", f"{many['writes']} writes, {many['events']} events", "",
             f"{many['errors']} errors, {many['twice']} twice, {many['disordered']} disordered", "0, 0, 0",
             many["errors"] + many["twice"] + many["disordered"] == 0 and many["events"] == many["writes"]),
        ]

    def syncs(self, seconds=2):
        """fdatasync after each 4 KiB, a second, in the directory of the store: the floor of one writer."""
        path = os.path.join(self.agent.state, "floor")
        done, end = 0, time.perf_counter() + seconds
        with open(path, "wb", buffering=0) as file:
            while time.perf_counter() < end:
                file.write(b"x" * 4096)
                os.fdatasync(file.fileno())
                done += 1
        os.unlink(path)
        return done / seconds

    def empty_maps(self):
        status, _ = ask(self.tls, "DELETE", MAPS)
        assert status == 200

    def start(self, rounds=7):
        """Milliseconds from the exec of the agent with PODS stored objects until it says READY=1; megabytes then."""
        took, resident = [], []
        for number in range(rounds):
            self.agent.terminate()
            path = self.agent.path(f"notify-{number}")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
                notify.bind(path)
                notify.settimeout(30)
                self.agent.environment = {**os.environ, "NOTIFY_SOCKET": path}
                begin = time.perf_counter()
                self.agent.start()
                while b"READY=1" not in notify.recv(4096):
                    pass
                took.append((time.perf_counter() - begin) * 1000)
            resident.append(self.resident())
            self.agent.environment = None
        return statistics.median(took), statistics.median(resident)

    def resident(self):
        with open(f"/proc/{self.agent.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024

    def written(self):
        with open(f"/proc/{self.agent.pid}/io", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("write_bytes"))

    def idle(self, seconds):
        """Bytes the agent wrote to the disk while nobody asked it anything."""
        before = None
        while before != self.written():  # the copy of the store that is made half a minute after the last change
            before = self.written()
            stays("the agent", self.agent.running, 40)
        stays("the agent", self.agent.running, seconds)
        return self.written() - before


class Watcher:
    """One watch; counts the events that have arrived."""

    EVENT = b'"type":"ADDED"'

    def __init__(self, tls, path):
        self.link, self.seen, self.tail = Connection(tls), 0, b""
        self.link.send("GET", path)
        self.link.socket.setblocking(False)

    def drain(self):
        while True:
            try:
                got = self.link.socket.recv(1 << 20)
            except ssl.SSLWantReadError:
                return
            if not got:
                raise ConnectionError("the agent ended a watch")
            self.seen += (self.tail + got).count(self.EVENT)
            self.tail = (self.tail + got)[1 - len(self.EVENT):]  # too short for an event counted already


def rows(agent, idle_seconds):
    """The lines of the table: (what, own, floor, ratio, bar, met)."""
    api = ApiBench(agent)
    api.fill()
    took, size = api.listing()
    watched, events, alone = api.watching()
    api.empty_maps()
    syncs = api.syncs()
    one, sixteen = api.writes(1), api.writes(16)
    api.empty_maps()
    loads = api.load_rows()
    ready, resident = api.start()
    idle = api.idle(idle_seconds)
    return [
        (f"list of {PODS} pods", f"{took:.1f} ms, {size:.2f} MB", "", f"{size / took * 1000:.0f} MB/s", "≤ 15 ms", took <= 15),
        (f"{WATCHERS} watchers of {CHANGES} changes ({events} events)", f"{watched:.0f} ms", f"unwatched: {alone:.0f} ms",
         f"{watched / alone:.2f} ×", "≤ 1500 ms", watched <= 1500),
        ("writes a second, 1 writer", f"{one:.0f}", f"fdatasync: {syncs:.0f}", f"{one / syncs:.2f} ×", "≥ 0.5 ×",
         one >= 0.5 * syncs),
        ("writes a second, 16 writers", f"{sixteen:.0f}", f"fdatasync: {syncs:.0f}", f"{sixteen / syncs:.2f} ×", "≥ 2 ×",
         sixteen >= 2 * syncs),
        (f"start with {PODS} stored pods → READY=1", f"{ready:.0f} ms", "", "", "< 200 ms", ready < 200),
        ("resident memory then", f"{resident:.1f} MB", "", "", "≤ 40 MB", resident <= 40),
        (f"bytes written in {idle_seconds / 60:g} idle minutes", f"{idle}", "", "", "0", idle == 0),
        *loads,
    ]
