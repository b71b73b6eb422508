"""ordinald under test: its directories below one directory, its output in a file."""
import json
import os
import shutil
import subprocess

from harness.process import Process
from harness.wait import wait_for


class Agent(Process):
    def __init__(self, directory, endpoint):
        self.directory = directory
        self.state, self.manifests = self.path("state"), self.path("manifests")
        self.volumes, self.pod_logs, self.run_dir = self.path("volumes"), self.path("pods"), self.path("run")
        for path in (self.manifests, os.path.join(self.state, "images")):
            os.makedirs(path, exist_ok=True)
        self.binary = os.path.join(os.environ["ORDINAL_BUILD"], "ordinald")
        self.flags = ["--state-dir", self.state, "--manifest-dir", self.manifests, "--run-dir", self.run_dir,
                      "--volumes-dir", self.volumes, "--log-dir", self.pod_logs, "--runtime-endpoint", endpoint,
                      "--dns-listen", "169.254.20.10:53", "--node-name", "e2e-node", "--log-level", "debug",
                      # However full the disk of the machine is that runs the tests.
                      "--eviction-hard", "memory.available<10Mi"]
        super().__init__("ordinald", [self.binary] + self.flags, self.path("ordinald.log"))

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def ask(self, *arguments):
        """Runs a subcommand; (exit code, output)."""
        done = subprocess.run([self.binary] + self.flags + list(arguments), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        return done.returncode, done.stdout

    def wait_ready(self, seconds=30):
        def ready():
            self.check()
            return self.ask("status")[0] == 0
        wait_for(lambda: f"ordinald to be ready, whose log ends with\n{self.tail()}", ready, seconds)

    def get(self, *arguments):
        code, text = self.ask("get", *arguments)
        assert code == 0, f"ordinald get {' '.join(arguments)} ended with {code}: {text}"
        return text

    def objects(self, kind):
        """name → object, of the namespace default or without namespace."""
        return {item["metadata"]["name"]: item for item in json.loads(self.get(kind, "-o", "json"))["items"]}

    def pods(self):
        return self.objects("pods")

    def ready_pods(self):
        return sorted(name for name, pod in self.pods().items() if condition(pod, "Ready") == "True")

    def apply(self, name, content):
        """Puts a manifest file in place, whole at once."""
        temporary = self.path(".new-" + name)
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(content)
        os.rename(temporary, os.path.join(self.manifests, name))

    def remove_manifest(self, name):
        os.unlink(os.path.join(self.manifests, name))

    def add_image(self, tarball):
        name = os.path.basename(tarball)
        temporary = os.path.join(self.state, "images", "." + name + ".tmp")
        shutil.copy(tarball, temporary)
        os.rename(temporary, os.path.join(self.state, "images", name))


def condition(pod, kind):
    return next((c["status"] for c in pod.get("status", {}).get("conditions", []) if c["type"] == kind), None)
