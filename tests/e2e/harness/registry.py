"""A registry of images of the test's own: Debian's docker-registry on loopback, over plain HTTP, as containerd is told by
its hosts.toml. Images are called registry.test:5000/…, a name that nothing but that file leads to an address."""
import os
import shutil
import tempfile
import urllib.request
from urllib.error import HTTPError

from harness.process import Process
from harness.wait import wait_for
from harness.world import run

HOST = "registry.test:5000"
ADDRESS = "127.0.0.1:5000"
USER, PASSWORD = "puller", "correct-horse"
# bcrypt, the only form that the registry takes.
HTPASSWD = USER + ":$2b$04$SemKQg6FjrSS1ffonbwkTu0zYrRa73791j8drPukU/ow6jYOIPGI.\n"

CONFIG = """
version: 0.1
log: {{level: info}}
storage:
  filesystem: {{rootdirectory: "{directory}/content"}}
http: {{addr: "{address}", secret: none}}
"""
WITH_PASSWORD = """
auth:
  htpasswd: {{realm: test, path: "{directory}/htpasswd"}}
"""
HOSTS = """
server = "http://{address}"
[host."http://{address}"]
  capabilities = ["pull", "resolve"]
"""


def missing():
    """What these tests need and is not here, or None."""
    for program in ("docker-registry", "skopeo"):
        if shutil.which(program) is None:
            return f"{program} is not installed (apt-get install {program})"
    return None


class Registry(Process):
    def __init__(self, directory, containerd, password=False):
        self.directory, self.password = directory, password
        os.makedirs(directory)
        text = CONFIG + (WITH_PASSWORD if password else "")
        self._write("config.yml", text.format(directory=directory, address=ADDRESS))
        self._write("htpasswd", HTPASSWD)
        hosts = os.path.join(containerd.registries, HOST)
        os.makedirs(hosts)
        with open(os.path.join(hosts, "hosts.toml"), "w", encoding="utf-8") as file:
            file.write(HOSTS.format(address=ADDRESS))
        super().__init__("docker-registry", [shutil.which("docker-registry"), "serve", self._path("config.yml")],
                         self._path("registry.log"))

    def _path(self, name):
        return os.path.join(self.directory, name)

    def _write(self, name, text):
        with open(self._path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def start(self):
        super().start()
        wait_for("the registry to answer", self._answers, 20)

    def _answers(self):
        self.check()
        try:
            urllib.request.urlopen(f"http://{ADDRESS}/v2/", timeout=5).close()
        except HTTPError as error:
            return error.code == 401 and self.password
        return True

    def push(self, tarball, name):
        """Puts the image of an OCI tarball there as `name` ("team/app:1"); its digest there."""
        with tempfile.NamedTemporaryFile(dir=self.directory) as digest:
            who = ["--dest-creds", f"{USER}:{PASSWORD}"] if self.password else []
            run("skopeo", "copy", "--insecure-policy", "--quiet", "--dest-tls-verify=false", *who, "--digestfile", digest.name,
                f"oci-archive:{tarball}", f"docker://{ADDRESS}/{name}")
            return digest.read().decode()

    def requests(self):
        """How many it has answered: each is a line of its log."""
        return self.text().count("http.request.method")
