"""The agent's API as a program of the test's own speaks it: raw HTTP/1.1 over TLS with the admin's certificate."""
import base64
import http.client
import json
import re
import socket
import ssl
import tempfile

ADDRESS = ("127.0.0.1", 6443)


def context(kubeconfig):
    """TLS with the admin's certificate, read off the kubeconfig."""
    with open(kubeconfig, encoding="utf-8") as file:
        text = file.read()

    def data(key):
        return base64.b64decode(re.search(rf"{key}: *\"?([A-Za-z0-9+/=]+)", text).group(1)).decode()
    made = ssl.create_default_context(cadata=data("certificate-authority-data"))
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as pem:
        pem.write(data("client-certificate-data") + data("client-key-data"))
        pem.flush()
        made.load_cert_chain(pem.name)
    return made


def anonymous_context(kubeconfig):
    """TLS that knows the agent and shows nothing of its own."""
    with open(kubeconfig, encoding="utf-8") as file:
        found = re.search(r"certificate-authority-data: *\"?([A-Za-z0-9+/=]+)", file.read())
    return ssl.create_default_context(cadata=base64.b64decode(found.group(1)).decode())


def status(tls, method, path):
    """The status of one request on a connection of its own."""
    connection = http.client.HTTPSConnection(*ADDRESS, context=tls, timeout=20)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()


def ask(tls, method, path, body=None):
    """(status, document) of one request on a connection of its own."""
    connection = http.client.HTTPSConnection(*ADDRESS, context=tls, timeout=20)
    try:
        connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class Connection:
    """A kept connection; requests are bytes made beforehand, so that a load costs its maker little."""

    def __init__(self, tls):
        self.socket = tls.wrap_socket(socket.create_connection(ADDRESS, timeout=60), server_hostname=ADDRESS[0])

    def close(self):
        self.socket.close()

    def send(self, method, path, body=None):
        content = json.dumps(body).encode() if body is not None else b""
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: {ADDRESS[0]}\r\nContent-Type: application/json\r\n"
                            f"Content-Length: {len(content)}\r\n\r\n".encode() + content)

    def answer(self):
        """(status, body) of an answer with a known or a chunked length."""
        text = bytearray()  # grows in place: of a long answer, bytes would be copied with each record that comes
        while b"\r\n\r\n" not in text:
            text += self.read()
        head, _, body = text.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        while len(body) < int(length[1]) if length else not body.endswith(b"0\r\n\r\n"):
            body += self.read()
        return status, bytes(body)

    def read(self):
        got = self.socket.recv(1 << 20)
        if not got:
            raise ConnectionError("the agent closed the connection")
        return got
