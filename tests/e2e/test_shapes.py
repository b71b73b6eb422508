"""Shapes of real deployments, as charts write them (examples/shapes): data goes in, and meanwhile members are killed,
scaled and updated. Nothing that was acknowledged may be lost. Real programs of Debian's packages where a product has
one there, the small server of examples/kubia or a few lines of shell otherwise."""
import base64
import json
import os
import socket
import subprocess
import urllib.request

from harness import http
from harness.case import SOURCE
from harness.wait import wait_for
from harness.writer import Writer
from test_kubectl import KubectlCase

SHAPES = os.path.join(SOURCE, "examples/shapes")
REVISION = '{"spec":{"template":{"metadata":{"annotations":{"example.com/revision":"2"}}}}}'


class ShapeCase(KubectlCase):
    def members(self, name, count, image=None):
        if image:
            self.agent.add_image(os.path.join(os.environ["ORDINAL_BUILD"], f"products/{image}.tar"))
        self.kubectl("apply", "-f", os.path.join(SHAPES, f"{name}.yaml"))
        names = [f"{name}-{number}" for number in range(count)]
        self.ready(names)
        return names

    def ready(self, names, seconds=90):
        def all_ready():
            pods = self.agent.pods()
            return sorted(pods) == sorted(names) and self.agent.ready_pods() == sorted(names)
        wait_for(lambda: f"{names} to be ready:\n{self.kubectl('get', 'pods')}\n{self.kubectl('get', 'events')}",
                 all_ready, seconds)

    def kill(self, pod, container):
        os.kill(next(c for c in self.cri.containers(pod, "running")
                     if c["labels"]["io.kubernetes.container.name"] == container)["pid"], 9)

    def trouble(self, name, names, container, writers, fewer):
        """What happens to a deployment in its life, while the writers write."""
        for writer in writers:
            writer.start()
        try:
            self.write_on(writers)
            for with_the_agent in (False, True):
                for pod in names:
                    self.kill(pod, container)
                if with_the_agent:
                    self.agent.kill9()
                    self.agent.start()
                    self.agent.wait_ready()
                self.ready(names)
                self.write_on(writers)
            self.kubectl("patch", "statefulset", name, "-p", REVISION)
            self.kubectl("rollout", "status", f"statefulset/{name}", "--timeout=120s", seconds=130)
            self.kubectl("scale", "statefulset", name, f"--replicas={fewer}")
            wait_for("some to be gone", lambda: sorted(self.agent.pods()) == names[:fewer], 60)
            self.kubectl("scale", "statefulset", name, f"--replicas={len(names)}")
            self.ready(names)
            self.write_on(writers)
        finally:
            for writer in writers:
                writer.stop()

    def write_on(self, writers, more=5):
        before = [len(writer.acknowledged) for writer in writers]
        wait_for(f"everybody to write beyond {before}", lambda: all(
            len(writer.acknowledged) >= had + more for writer, had in zip(writers, before)), 60)

    def nothing_lost(self, writer, stored):
        print(f"{writer.name}: {len(writer.acknowledged)} acknowledged, {len(stored)} stored")
        self.assertEqual(set(writer.acknowledged) - set(stored), set(), f"of {writer.name}")
        self.assertGreater(len(writer.acknowledged), 20)


class Shapes(ShapeCase):
    def psql(self, pod, text):
        root = os.path.join(os.environ["ORDINAL_BUILD"], "products/root")
        libraries = ":".join(f"{root}{path}/x86_64-linux-gnu" for path in ("/lib", "/usr/lib"))
        done = subprocess.run(
            [f"{root}/lib64/ld-linux-x86-64.so.2", "--library-path", libraries,
             f"{root}/usr/lib/postgresql/15/bin/psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", self.cri.address(pod),
             "-U", "postgres", "-c", text], capture_output=True, text=True, check=False, timeout=30,
            env={"PGPASSWORD": "not-to-be-told", "PGCONNECT_TIMEOUT": "2"})
        assert done.returncode == 0, done.stderr
        return done.stdout

    def test_postgres(self):
        names = self.members("postgres", 2, "postgres")
        self.psql("postgres-0", "create table written (number int primary key)")
        writer = Writer("postgres", lambda number: self.psql("postgres-0", f"insert into written values ({number})"))
        self.trouble("postgres", names, "postgres", [writer], 1)

        def stored(pod):
            return [int(line) for line in self.psql(pod, "select number from written").split()]
        self.nothing_lost(writer, stored("postgres-0"))
        wait_for("the replica to have it too", lambda: set(writer.acknowledged) <= set(stored("postgres-1")), 30)
        self.assertEqual(self.psql("postgres-1", "select pg_is_in_recovery()"), "t\n")
        self.take_down()

    def etcd(self, pod, verb, **body):
        body = {key: base64.b64encode(value.encode()).decode() for key, value in body.items()}
        request = urllib.request.Request(f"http://{self.cri.address(pod)}:2379/v3/kv/{verb}",
                                         json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.load(response)

    def test_etcd(self):
        names = self.members("etcd", 3, "etcd")
        writers = [Writer(name, lambda number, name=name: self.etcd(name, "put", key=f"{name}/{number:08}", value="x"))
                   for name in names]
        self.trouble("etcd", names, "etcd", writers, 2)
        for writer in writers:
            for name in names:
                found = self.etcd(name, "range", key=f"{writer.name}/", range_end=f"{writer.name}0")["kvs"]
                self.nothing_lost(writer, [int(base64.b64decode(each["key"]).decode().split("/")[1]) for each in found])
        self.take_down()


class LongShapes(ShapeCase):
    """Those that wait for time-outs of their own, and those of which others have what they show."""

    def line(self, pod, port, text):
        """What a program of a line says to this one."""
        with socket.create_connection((self.cri.address(pod), port), 2) as client:
            client.settimeout(10)
            client.sendall(text.encode() + b"\n")
            with client.makefile() as file:
                return file.read()

    def put(self, pod, port, text):
        assert self.line(pod, port, f"put {text}") == "ok\n"

    def test_ensemble(self):
        names = self.members("ensemble", 3, "tools")
        writers = [Writer(name, lambda number, name=name: self.put(name, 2181, f"{name}/{number}")) for name in names]
        self.trouble("ensemble", names, "member", writers, 2)
        stored = {line for name in names for line in self.line(name, 2181, "get").split()}
        for writer in writers:
            self.nothing_lost(writer, [int(line.split("/")[1]) for line in stored if line.startswith(writer.name)])
        for number, name in enumerate(names):
            self.assertEqual(self.line(name, 2181, "srvr").split(),
                             [str(number + 1), "default", self.cri.address(name), "e2e-node"])
        self.take_down()

    def test_queue(self):
        names = self.members("queue", 3, "tools")
        writers = [Writer(name, lambda number, name=name: self.put(name, 5672, f"not-to-be-told {number}"))
                   for name in names]
        self.trouble("queue", names, "queue", writers, 1)
        for writer in writers:
            self.nothing_lost(writer, [int(each) for each in self.line(
                writer.name, 5672, "get not-to-be-told").split()])
            self.assertEqual(self.line(writer.name, 5672, "who not-to-be-told"), "system:serviceaccount:default:queue\n")
            self.assertEqual(self.line(writer.name, 5672, "get guessed"), "")
        self.take_down()

    def test_broker(self):
        names = self.members("broker", 3)
        writers = [Writer(name, lambda number, name=name: http.post(self.cri.address(name), f"{name} {number}"))
                   for name in names]
        self.trouble("broker", names, "broker", writers, 1)
        for writer in writers:  # it keeps the last text only
            found = int(http.get(self.cri.address(writer.name)).rsplit(f"{writer.name} ", 1)[1].split()[0])
            self.assertGreaterEqual(found, writer.acknowledged[-1])
            self.assertGreater(len(writer.acknowledged), 20)
        self.take_down()

    def redis(self, pod, *lines):
        """The answers to inline commands, each a line or a list."""
        with socket.create_connection((self.cri.address(pod), 6379), 2) as client, client.makefile("rwb") as file:
            answers = []
            for line in lines:
                file.write(line.encode() + b"\r\n")
                file.flush()
                answers.append(self.answer(file))
            return answers

    def answer(self, file):
        line = file.readline().decode().strip()
        assert line and line[0] != "-", line
        if line[0] == "*":
            return [self.answer(file) for _ in range(int(line[1:]))]
        return file.read(int(line[1:]) + 2)[:-2].decode() if line[0] == "$" else line[1:]

    def test_redis(self):
        names = self.members("redis", 3, "redis")

        def write(number):
            for name in names:
                try:
                    _, copies = self.redis(name, f"rpush written {number}", "wait 2 1000")
                except (OSError, AssertionError):
                    continue  # away, or no primary
                assert int(copies) == 2
                return
            raise AssertionError("no primary")
        writer = Writer("redis", write)
        self.trouble("redis", names, "redis", [writer], 2)
        for name in names:
            wait_for(f"{name} to have it", lambda pod=name: set(writer.acknowledged) <= {
                int(each) for each in self.redis(pod, "lrange written 0 -1")[0]}, 30)
        self.nothing_lost(writer, [int(each) for each in self.redis(names[0], "lrange written 0 -1")[0]])
        self.take_down()
