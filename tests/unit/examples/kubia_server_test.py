"""The demo server of examples/kubia, run on loopback: usage: kubia_server_test.py PATH-OF-kubia_demo."""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

from fake_dns import FakeDns

BINARY = None
SERVICE = "kubia.default.svc.cluster.local"


def free_port():
    with socket.create_server(("0.0.0.0", 0)) as probe:
        return probe.getsockname()[1]


class Server:
    def __init__(self, port, address="127.0.0.1", dns_port=53, search="default.svc.cluster.local"):
        self.directory = tempfile.TemporaryDirectory()
        self.url = f"http://{address}:{port}"
        resolv_conf = os.path.join(self.directory.name, "resolv.conf")
        with open(resolv_conf, "w", encoding="utf-8") as file:
            file.write(f"# a pod's\nnameserver 127.0.0.1\nsearch {search} cluster.local\noptions ndots:5\n")
        os.mkdir(self.path(""))
        self.process = subprocess.Popen(
            [BINARY], stdout=subprocess.PIPE, text=True,
            env={"PORT": str(port), "BIND_ADDRESS": address, "DATA_DIR": self.path(""), "RESOLV_CONF": resolv_conf,
                 "DNS_PORT": str(dns_port)})
        self.first_line = self.process.stdout.readline()

    def path(self, name):
        return os.path.join(self.directory.name, "data", name)

    def get(self, path="/", data=None, method=None):
        request = urllib.request.Request(self.url + path, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(timeout=5)
        self.process.stdout.close()
        return code


class KubiaServer(unittest.TestCase):
    def setUp(self):
        self.port = free_port()

    def start(self, **options):
        server = Server(self.port, **options)
        self.addCleanup(server.directory.cleanup)
        self.addCleanup(lambda: server.process.poll() is None and server.stop(signal.SIGKILL))
        return server

    def dns(self, *args, **options):
        server = FakeDns(*args, **options)
        self.addCleanup(server.close)
        return server

    def test_says_first_that_it_listens(self):
        self.assertEqual(self.start().first_line, f"kubia listening on :{self.port}\n")

    def test_ends_with_0_on_term_even_with_a_connection_open(self):
        server = self.start()
        with socket.create_connection(("127.0.0.1", self.port)) as idle:
            idle.sendall(b"GET / HTT")
            self.assertEqual(server.stop(), 0)

    def test_keeps_what_was_posted_over_a_kill(self):
        server, name = self.start(), socket.gethostname()
        self.assertEqual(server.get(), (200, f"You've hit {name}\nData stored on this pod: No data posted yet\n"))
        self.assertEqual(server.get("/data"), (200, ""))
        self.assertEqual(server.get(data=b"first"), (200, f"Data stored on pod {name}\n"))
        self.assertEqual(server.get(data=b"second"), (200, f"Data stored on pod {name}\n"))
        server.stop(signal.SIGKILL)
        with open(server.path("kubia.txt"), "rb") as file:
            self.assertEqual(file.read(), b"second")
        self.assertEqual(os.listdir(server.path("")), ["kubia.txt"])

    def test_refuses_what_it_does_not_understand(self):
        server = self.start()
        cases = [
            (dict(path="/nowhere"), 404),
            (dict(path="/data", data=b"x"), 405),
            (dict(method="DELETE"), 405),
            (dict(data=b"x" * (600 * 1024)), 413),
        ]
        for request, status in cases:
            with self.subTest(**{key: str(value)[:40] for key, value in request.items()}):
                try:
                    self.assertEqual(server.get(**request)[0], status)
                except urllib.error.URLError as error:  # refused before the large body was read
                    self.assertIsInstance(error.reason, (ConnectionResetError, BrokenPipeError))

    def test_says_why_data_was_not_stored(self):
        server = self.start()
        os.rmdir(server.path(""))
        status, text = server.get(data=b"x")
        self.assertEqual(status, 500)
        self.assertIn("No such file or directory", text)

    def test_survives_malformed_requests(self):
        server = self.start()
        for bad in (b"\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                    b"GET / HTTP/1.1\r\nA: " + b"a" * 20000, b"POST / HTTP/1.1\r\n\r\n"):
            with self.subTest(request=bad[:40]), socket.create_connection(("127.0.0.1", self.port)) as client:
                client.sendall(bad)
                self.assertRegex(client.recv(64), rb"^HTTP/1.1 4\d\d ")
        self.assertEqual(server.get()[0], 200)

    def peers_of_three(self, **dns_options):
        names = [f"kubia-{i}.{SERVICE}" for i in range(3)]
        addresses = {name: f"127.0.0.{i + 1}" for i, name in enumerate(names)}
        dns = self.dns({SERVICE: names}, addresses, **dns_options)
        servers = [self.start(address=addresses[name], dns_port=dns.port) for name in names]
        servers[1].get(data=b"one\n")
        status, text = servers[0].get("/peers")
        self.assertEqual(status, 200)
        self.assertEqual(text.splitlines()[1:], [
            "Data stored in the cluster:", f"- {names[0]}: No data posted yet", f"- {names[1]}: one",
            f"- {names[2]}: No data posted yet"])
        return dns, servers

    def test_peers_come_from_one_srv_answer(self):
        dns, _ = self.peers_of_three()
        self.assertEqual(dns.asked, [("udp", SERVICE, 33)])

    def test_peers_without_additional_section_are_looked_up(self):
        dns, _ = self.peers_of_three(additional=False)
        self.assertEqual([kind for _, _, kind in dns.asked], [33, 1, 1, 1])

    def test_a_truncated_answer_is_asked_for_again_over_tcp(self):
        dns, _ = self.peers_of_three(truncate=True)
        self.assertEqual(dns.asked, [("udp", SERVICE, 33), ("tcp", SERVICE, 33)])

    def test_unreachable_peers_are_named(self):
        names = ["kubia-0." + SERVICE, "kubia-1." + SERVICE, "kubia-2." + SERVICE]
        dns = self.dns({SERVICE: names}, {names[0]: "127.0.0.1", names[1]: "127.0.0.2"})
        text = self.start(dns_port=dns.port).get("/peers")[1]
        self.assertIn(f"- {names[0]}: No data posted yet\n", text)
        self.assertIn(f"- {names[1]}: unreachable (Connection refused)\n", text)
        self.assertIn(f"- {names[2]}: unreachable (no address in DNS)\n", text)

    def test_a_service_without_records_is_an_error(self):
        dns = self.dns({}, {})
        status, text = self.start(dns_port=dns.port).get("/peers")
        self.assertEqual((status, text), (502, "cannot find the peers: no SRV records for kubia\n"))
        self.assertEqual([name for _, name, _ in dns.asked], [SERVICE, "kubia.cluster.local", "kubia"])


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
