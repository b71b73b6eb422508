"""A DNS server on loopback that knows a fixed table, for programs that speak DNS themselves."""
import socket
import struct
import threading

A, SRV = 1, 33


def encode_name(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".") if part) + b"\0"


def _question(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
        at += 1 + query[at]
    return ".".join(labels), struct.unpack(">H", query[at + 1:at + 3])[0], query[12:at + 5]


class FakeDns:
    """`services`: name -> targets; `addresses`: target -> IPv4. Answers NXDOMAIN for all other names.

    `additional` False leaves the addresses out of SRV answers; `truncate` answers UDP with TC only.
    """

    def __init__(self, services, addresses, additional=True, truncate=False):
        self.services, self.addresses = services, addresses
        self.additional, self.truncate = additional, truncate
        self.asked = []
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self.port = self._udp.getsockname()[1]
        self._tcp = socket.create_server(("127.0.0.1", self.port))
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def close(self):
        for sock in (self._udp, self._tcp):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # an unconnected UDP socket says so, and wakes its reader all the same
            sock.close()

    def _answer(self, query, transport):
        name, kind, question = _question(query)
        self.asked.append((transport, name, kind))
        if self.truncate and transport == "udp":
            return query[:2] + struct.pack(">HHHHH", 0x8780, 1, 0, 0, 0) + question
        answers, extra = [], []
        if kind == SRV:
            for target in self.services.get(name, []):
                data = struct.pack(">HHH", 0, 33, 80) + encode_name(target)
                answers.append(b"\xc0\x0c" + struct.pack(">HHIH", SRV, 1, 5, len(data)) + data)
                if self.additional and target in self.addresses:
                    extra.append(encode_name(target) + self._a(target))
        elif name in self.addresses:
            answers.append(b"\xc0\x0c" + self._a(name))
        rcode = 0 if answers or name in self.services or name in self.addresses else 3
        head = query[:2] + struct.pack(">HHHHH", 0x8580 | rcode, 1, len(answers), 0, len(extra))
        return head + question + b"".join(answers + extra)

    def _a(self, name):
        return struct.pack(">HHIH", A, 1, 5, 4) + socket.inet_aton(self.addresses[name])

    def _serve_udp(self):
        while True:
            try:
                query, client = self._udp.recvfrom(4096)
                if not query:
                    return
                self._udp.sendto(self._answer(query, "udp"), client)
            except OSError:
                return

    def _serve_tcp(self):
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            with connection:
                size = struct.unpack(">H", connection.recv(2))[0]
                answer = self._answer(connection.recv(size), "tcp")
                connection.sendall(struct.pack(">H", len(answer)) + answer)
