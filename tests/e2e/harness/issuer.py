"""An issuer of OpenID Connect of the test's own: https on loopback, its tokens signed by keys that openssl makes."""
import base64
import http.server
import json
import os
import ssl
import threading
import time

from harness.world import run


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory)
        self.certificate = self.path("issuer.pem")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=issuer", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.path("issuer.key"),
            "-out", self.certificate)
        self.keys = {}
        self.asked = []
        self.port, self.server = 0, None
        self.start()

    def path(self, name):
        return os.path.join(self.directory, name)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def start(self):
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802: the library's name
                issuer.asked.append(self.path)
                body = json.dumps(issuer.document(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, self.path("issuer.key"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def document(self, path):
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": self.url + "/keys"}
        return {"keys": list(self.keys.values())}

    def rotate(self, name):
        """From now on the key of that name is the only one, whose tokens count."""
        run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.path(name))
        modulus = run("openssl", "rsa", "-in", self.path(name), "-noout", "-modulus").strip().removeprefix("Modulus=")
        self.keys = {name: {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "e": "AQAB",
                            "n": encode(bytes.fromhex(modulus))}}

    def token(self, key, **claims):
        """Of Ada, for an hour; `claims` replace what it says."""
        now = int(time.time())
        said = {"iss": self.url, "aud": "kubernetes", "sub": "ada", "iat": now, "exp": now + 3600, **claims}
        text = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": key}, said))
        with open(self.path("text"), "w", encoding="utf-8") as file:
            file.write(text)
        run("openssl", "dgst", "-sha256", "-sign", self.path(key), "-out", self.path("signature"), self.path("text"))
        with open(self.path("signature"), "rb") as file:
            return f"{text}.{encode(file.read())}"
