"""The API's front under those who mean it harm: nobody else is kept out or kept waiting."""
import multiprocessing
import os
import resource
import socket
import ssl
import statistics
import threading
import time

from harness import api
from harness.case import AgentCase
from harness.wait import pause, stays, wait_for

MANY = 5000
REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
CLAIM = "/api/v1/namespaces/default/configmaps/abuse"


class FrontAbuse(AgentCase):
    def setUp(self):
        super().setUp()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.agent.start()
        self.agent.wait_ready()
        self.tls = api.context(os.path.join(self.agent.state, "admin.kubeconfig"))

    def test_strangers_keep_nobody_out(self):
        """5,000 connections without a credential: silent, shaken and trickling, opened again when they are ended."""
        before = self.resident()
        kept = api.Connection(self.tls)
        self.addCleanup(kept.close)
        kept.send("GET", "/api/v1/namespaces/default")
        self.assertEqual(kept.answer()[0], 200)
        crowd = Crowd()
        self.addCleanup(crowd.end)
        crowd.fill()
        api_times, socket_times = [], []

        def served():
            begin = time.perf_counter()
            self.assertEqual(api.ask(self.tls, "GET", "/api/v1/namespaces/default")[0], 200)
            api_times.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            self.assertEqual(self.agent.ask("status")[0], 0)
            socket_times.append(time.perf_counter() - begin)
            kept.send("GET", "/api/v1/namespaces/default")
            self.assertEqual(kept.answer()[0], 200)
            return True
        stays("service beside strangers", served, 8)
        print(f"{crowd.opened.value} connections: a new client was served in {max(api_times) * 1000:.0f} ms at most, the command "
              f"socket in {max(socket_times) * 1000:.0f} ms; resident {self.resident():.0f} MB")
        self.assertLess(max(api_times), 1)
        self.assertLess(max(socket_times), 1)
        self.assertLess(self.resident(), 150)
        crowd.end()
        seen = wait_for(lambda: f"the memory to be given back: {self.resident():.0f} MB, {before:.0f} MB before",
                        lambda: self.resident() < 45 and self.resident(), 60)
        print(f"resident {before:.0f} MB before, {seen:.0f} MB after")

    def test_bodies_hold_nobody_up(self):
        """Four clients post bodies that take long to read; a read beside them takes a few milliseconds."""
        code, text = self.agent.ask("kubeconfig", "--role", "view")
        self.assertEqual(code, 0, text)
        with open(self.agent.path("view.kubeconfig"), "w", encoding="utf-8") as file:
            file.write(text)
        reader = api.context(self.agent.path("view.kubeconfig"))
        self.assertEqual(api.ask(self.tls, "POST", os.path.dirname(CLAIM), {"metadata": {"name": "abuse"}})[0], 201)
        deep = b"[" * 3_100_000
        posters = [Poster(reader, "POST", REVIEW, "application/json", deep),
                   Poster(reader, "POST", REVIEW, "application/json", b'{"spec":' + deep),
                   Poster(self.tls, "PATCH", CLAIM, "application/merge-patch+json", b'{"data":' + deep),
                   Poster(self.tls, "PATCH", CLAIM + "?fieldManager=a", "application/apply-patch+yaml", deep)]
        link, times = api.Connection(self.tls), []
        self.addCleanup(link.close)
        for poster in posters:
            self.addCleanup(poster.end)
            poster.start()

        def served():
            begin = time.perf_counter()
            link.send("GET", "/api/v1/namespaces/default")
            self.assertEqual(link.answer()[0], 200)
            times.append(time.perf_counter() - begin)
            return True
        stays("service beside large bodies", served, 6)
        for poster in posters:
            poster.end()
        print(f"{sum(poster.count for poster in posters)} bodies beside {len(times)} reads: "
              f"{statistics.median(times) * 1000:.1f} ms, at most {max(times) * 1000:.0f} ms")
        self.assertLess(statistics.median(times), 0.05)
        self.assertLess(max(times), 0.5)
        for poster in posters:
            self.assertGreater(poster.count, 3)
            self.assertEqual(poster.answers, {400})
            self.assertIn(b"nested more than 128 levels deep", poster.last)

    def test_a_crowd_at_the_command_socket(self):
        """Connections that send nothing, half a request, or watch: the command socket answers beside them."""
        path = os.path.join(self.agent.run_dir, "ordinald.sock")
        watch = b"GET /api/v1/pods?watch=true HTTP/1.1\r\nHost: x\r\n\r\n"
        for sent in (b"", watch[:20], watch):
            for _ in range(100):
                link = socket.socket(socket.AF_UNIX)
                self.addCleanup(link.close)
                link.connect(path)
                link.sendall(sent)
            begin = time.perf_counter()
            self.assertEqual(self.agent.ask("status")[0], 0)
            self.assertEqual(self.agent.ask("get", "nodes")[0], 0)
            self.assertLess(time.perf_counter() - begin, 1)

    def resident(self):
        with open(f"/proc/{self.agent.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


class Crowd:
    """Connections of three kinds, of a process of their own; each that the agent ends is opened again."""

    def __init__(self):
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.makers = [self.silent] * 8 + [self.shaken, self.trickling]
        self.links = []
        fork = multiprocessing.get_context("fork")
        self.opened, self.full, self.over = fork.Value("i", 0), fork.Event(), fork.Event()
        self.process = fork.Process(target=self.keep_up, daemon=True)

    def silent(self):
        return socket.create_connection(api.ADDRESS, timeout=5)

    def shaken(self):
        return self.tls.wrap_socket(self.silent(), server_hostname=api.ADDRESS[0])

    def trickling(self):
        link = self.shaken()
        link.sendall(b"GET /api HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        return link

    def open(self, kind):
        try:
            self.links.append((kind, kind()))
            self.opened.value += 1
        except OSError:
            pass  # it was ended while it began

    def fill(self):
        self.process.start()
        assert self.full.wait(60), "the crowd did not come together"

    def keep_up(self):
        for number in range(MANY):
            self.open(self.makers[number % len(self.makers)])
        self.full.set()
        while not self.over.is_set():
            pause()
            links, self.links = self.links, []
            for kind, link in links:
                if self.alive(kind, link):
                    self.links.append((kind, link))
                else:
                    link.close()
                    self.open(kind)

    def alive(self, kind, link):
        link.setblocking(False)
        try:
            if kind == self.trickling:
                link.send(b"x")
            return link.recv(4096) != b""
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False

    def end(self):
        self.over.set()
        if self.process.pid is not None:
            self.process.join()


class Poster(threading.Thread):
    """Sends one body after another, as fast as it is answered."""

    def __init__(self, tls, method, path, content_type, body):
        super().__init__(daemon=True)
        self.tls, self.body, self.going = tls, body, True
        self.head = (f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n").encode()
        self.count, self.answers, self.last = 0, set(), b""

    def run(self):
        while self.going:
            link = api.Connection(self.tls)
            try:
                link.socket.sendall(self.head)
                link.socket.sendall(self.body)
            except OSError:
                pass  # it was refused before it was sent
            try:
                status, self.last = link.answer()
                self.answers.add(status)
                self.count += 1
            except OSError:
                pass
            link.close()

    def end(self):
        self.going = False
        if self.is_alive():
            self.join()
