"""Streams through the API: WebSocket by kubectl and by hand, and proxies of pods, services and nodes."""
import base64
import http.client
import http.server
import json
import os
import re
import socket
import socketserver
import struct
import threading

from harness import api
from harness.case import BUSYBOX
from harness.wait import wait_for
from harness.world import HOST_ADDRESS
from test_kubectl import KubectlCase

PORT = 9000
PODS = "/api/v1/namespaces/default/pods"


class Behind(http.server.BaseHTTPRequestHandler):
    """What runs in the pod of the host's network: says what it was asked, and speaks a protocol of its own."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        if self.headers.get("Upgrade") == "echo":
            self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
            for line in self.rfile:
                self.wfile.write(line.upper())
            self.close_connection = True
        elif self.path == "/moved":
            self.answer(302, b"", Location="/there")
        else:
            length = int(self.headers.get("Content-Length") or 0)
            taken = 0
            while taken < length:
                taken += len(self.rfile.read(min(1 << 16, length - taken)))
            said = {"method": self.command, "path": self.path, "taken": taken,
                    "headers": {name.lower(): value for name, value in self.headers.items()}}
            self.answer(200, json.dumps(said).encode())
    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


class WebSocket:
    """RFC 6455, the client's side, over TLS."""

    def __init__(self, tls, path, *protocols, headers=()):
        raw = socket.create_connection(api.ADDRESS, timeout=20)
        self.socket = tls.wrap_socket(raw, server_hostname=api.ADDRESS[0])
        lines = [f"GET {path} HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers]
        if protocols:
            lines.append("Sec-WebSocket-Protocol: " + ", ".join(protocols))
        self.socket.sendall("\r\n".join(lines + ["", ""]).encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        for line in iter(self.file.readline, b"\r\n"):
            name, _, value = line.decode().partition(":")
            self.headers[name.lower()] = value.strip()

    def send(self, data):
        assert len(data) < 126
        self.socket.sendall(bytes([0x82, 0x80 | len(data)]) + b"\0\0\0\0" + data)

    def receive(self):
        """(opcode, bytes); (8, …) is the end."""
        first, size = self.file.read(2)
        if size == 126:
            size = struct.unpack(">H", self.file.read(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.file.read(8))[0]
        return first & 15, self.file.read(size)

    def close(self):
        self.file.close()
        self.socket.close()


class Streams(KubectlCase):
    def setUp(self):
        super().setUp()
        self.config = os.path.join(self.agent.state, "admin.kubeconfig")
        self.tls = api.context(self.config)
        container = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never",
                     "command": ["/bin/sh", "-c", "echo a line; trap 'exit 0' TERM; while :; do sleep 0.1; done"]}
        pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
                 "spec": {"terminationGracePeriodSeconds": 1, "hostNetwork": name == "front",
                          "containers": [container]}} for name in ("talker", "front")]
        ports = [{"name": "web", "port": 80, "targetPort": PORT}]
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "front"},
                   "spec": {"clusterIP": "None", "selector": {"app": "front"}, "ports": ports}}
        listed = {"apiVersion": "v1", "kind": "List", "items": [*pods, service]}
        self.kubectl("apply", "-f", "-", text=json.dumps(listed))
        self.kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=30s")
        self.server = Server(("0.0.0.0", PORT), Behind)  # a port that is forwarded is localhost's
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def request(self, method, path, body=None, headers=None):
        """(status, headers, body)"""
        connection = http.client.HTTPSConnection(*api.ADDRESS, context=self.tls, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def test_websockets(self):
        self.kubectl_takes_websockets()
        self.forwarded_ports()
        self.a_session_by_hand()
        self.logs_and_watches()
        self.proxied_requests()
        self.proxied_upgrades()
        self.kubectl_through_proxies()
        self.kubectl("delete", "pod", "--all", "--timeout=30s")
        self.take_down()

    def kubectl_takes_websockets(self):
        """No command falls back to SPDY, and standard input ends."""
        code, out, said = self.kubectl.run("exec", "-v=7", "-i", "talker", "--", "cat", text="through\nstdin\n")
        self.assertEqual((code, out), (0, "through\nstdin\n"), said)
        self.assertIn("v5.channel.k8s.io", said)
        self.assertNotRegex(said, "(?i)fallback|SPDY/3.1")
        code, _, said = self.kubectl.run("exec", "talker", "--", "/bin/sh", "-c", "echo no >&2; exit 7")
        self.assertEqual(code, 7)
        self.assertIn("no\n", said)
        path = os.path.join(self.directory, "large")
        with open(path, "wb") as file:
            file.write(os.urandom(3 << 20))
        self.kubectl("cp", path, "talker:/large")
        self.kubectl("cp", "talker:/large", path + ".back")
        with open(path, "rb") as sent, open(path + ".back", "rb") as back:
            self.assertTrue(sent.read() == back.read(), "what was copied there and back is the same")

    def forwarded_ports(self):
        """kubectl port-forward over a WebSocket: to the pod of the host's network."""
        forward = self.kubectl.start("port-forward", "-v=7", "front", f":{PORT}")
        self.addCleanup(forward.wait)
        self.addCleanup(forward.kill)
        said = ""
        while "Forwarding from 127.0.0.1" not in said:
            line = forward.stdout.readline()
            self.assertTrue(line, said)
            said += line
        port = int(re.search(r"127\.0\.0\.1:(\d+) ->", said)[1])
        for _ in range(3):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/forwarded")
            self.assertEqual(json.loads(connection.getresponse().read())["path"], "/forwarded")
            connection.close()
        forward.terminate()
        said += forward.stdout.read()
        forward.stdout.close()
        self.assertNotRegex(said, "(?i)fallback")

    def a_session_by_hand(self):
        path = f"{PODS}/talker/exec?command=cat&stdin=true&stdout=true&stderr=true"
        session = WebSocket(self.tls, path, "v5.channel.k8s.io", "v4.channel.k8s.io")
        self.assertEqual((session.status, session.headers.get("sec-websocket-protocol")), (101, "v5.channel.k8s.io"))
        self.assertEqual(session.receive(), (2, b"\1"))
        session.send(b"\0said\n")
        self.assertEqual(session.receive(), (2, b"\1said\n"))
        session.send(b"\xff\0")
        opcode, end = session.receive()
        self.assertEqual((opcode, end[:1], json.loads(end[1:])["status"]), (2, b"\3", "Success"))
        self.assertEqual(session.receive()[0], 8)
        session.close()

    def logs_and_watches(self):
        token = self.kubectl("create", "token", "default").strip()
        encoded = "base64url.bearer.authorization.k8s.io." + base64.urlsafe_b64encode(token.encode()).decode().strip("=")
        anonymous = api.anonymous_context(self.config)
        log = f"{PODS}/talker/log"
        refused = WebSocket(anonymous, log, encoded, "binary.k8s.io")
        self.assertEqual(refused.status, 403, "it is the account's, which may not")
        refused.close()
        self.kubectl("create", "clusterrolebinding", "reads", "--clusterrole=view", "--serviceaccount=default:default")
        for protocol, opcode, line in (("binary.k8s.io", 2, b"a line\n"),
                                       ("base64.binary.k8s.io", 1, base64.b64encode(b"a line\n"))):
            logs = WebSocket(anonymous, log, encoded, protocol)
            self.assertEqual((logs.status, logs.headers.get("sec-websocket-protocol")), (101, protocol))
            self.assertEqual([logs.receive() for _ in range(2)], [(opcode, b""), (opcode, line)])
            self.assertEqual(logs.receive()[0], 8)
            logs.close()
        watch = WebSocket(self.tls, PODS + "?watch=true")
        seen = {watch.receive()[1] for _ in range(2)}
        events = [json.loads(event) for event in seen]
        self.assertEqual({(event["type"], event["object"]["metadata"]["name"]) for event in events},
                         {("ADDED", "talker"), ("ADDED", "front")})
        self.kubectl("label", "pod", "talker", "seen=yes")
        opcode, event = watch.receive()
        self.assertEqual((opcode, json.loads(event)["object"]["metadata"]["labels"].get("seen")), (1, "yes"))
        watch.close()

    def proxied_requests(self):
        prefix = f"{PODS}/front:{PORT}/proxy"
        wait_for("the endpoint of the service", lambda: self.request(
            "GET", "/api/v1/namespaces/default/services/front:web/proxy/")[0] == 200, 20)
        for path in (prefix, "/api/v1/namespaces/default/services/front:80/proxy", f"/api/v1/nodes/e2e-node:{PORT}/proxy"):
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
                status, _, body = self.request(method, path + "/a/b?watch=true", headers={"X-Mine": "1"})
                self.assertEqual(status, 200, body)
                said = json.loads(body)
                self.assertEqual((said["method"], said["path"]), (method, "/a/b?watch=true"))
                self.assertEqual(said["headers"]["x-forwarded-uri"], path + "/a/b")
                self.assertEqual(said["headers"]["x-mine"], "1")
                self.assertNotIn("authorization", said["headers"])
        status, _, body = self.request("POST", prefix + "/up", bytes(20 << 20))
        self.assertEqual((status, json.loads(body)["taken"]), (200, 20 << 20), "a body longer than any of the API's own")
        status, headers, _ = self.request("GET", prefix + "/moved")
        self.assertEqual((status, headers["Location"]), (302, prefix + "/there"))
        status, headers, _ = self.request("GET", prefix + "?x=y")
        self.assertEqual((status, headers["Location"]), (301, prefix + "/?x=y"))
        for path, status, message in (
                (f"{PODS}/front:1/proxy/", 503, f"error trying to reach service: dial tcp {HOST_ADDRESS}:1: connect: "
                                                "connection refused"),
                (f"{PODS}/nosuch:80/proxy/", 404, 'pods "nosuch" not found'),
                ("/api/v1/namespaces/default/services/front:81/proxy/", 503,
                 'no service port 81 found for service "front"')):
            got, _, body = self.request("GET", path)
            self.assertEqual((got, json.loads(body)["message"]), (status, message))

    def proxied_upgrades(self):
        for path in (f"{PODS}/front:{PORT}/proxy/up", "/api/v1/namespaces/default/services/front:web/proxy/up",
                     f"/api/v1/nodes/e2e-node:{PORT}/proxy/up"):
            raw = socket.create_connection(api.ADDRESS, timeout=20)
            with self.tls.wrap_socket(raw, server_hostname=api.ADDRESS[0]) as client, client.makefile("rb") as read:
                client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n".encode())
                self.assertIn(b"101", read.readline())
                for _ in iter(read.readline, b"\r\n"):
                    pass
                client.sendall(b"hello\n")
                self.assertEqual(read.readline(), b"HELLO\n")

    def kubectl_through_proxies(self):
        said = json.loads(self.kubectl("get", "--raw", f"{PODS}/front:{PORT}/proxy/raw"))
        self.assertEqual((said["method"], said["path"]), ("GET", "/raw"))
        self.assertEqual(self.kubectl("get", "--raw", "/api/v1/nodes/e2e-node/proxy/healthz"), "ok")
        self.assertEqual(self.kubectl("get", "--raw", "/api/v1/nodes/e2e-node:10250/proxy/healthz"), "ok")
        proxy = self.kubectl.start("proxy", "--port=0")
        self.addCleanup(proxy.wait)
        self.addCleanup(proxy.kill)
        port = int(re.search(r"127\.0\.0\.1:(\d+)", proxy.stdout.readline())[1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", f"{PODS}/front:{PORT}/proxy/local", b"x" * 100)
        self.assertEqual(json.loads(connection.getresponse().read())["taken"], 100)
        connection.close()
        proxy.terminate()
        proxy.stdout.close()
