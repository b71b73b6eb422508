"""What the runtime holds, seen past the agent: see tests/e2e/tools/crils.cc."""
import json
import os
import subprocess

from harness.wait import wait_for
from harness.world import run

POD_NAME = "io.kubernetes.pod.name"
POD_NAMESPACE = "io.kubernetes.pod.namespace"
POD_UID = "io.kubernetes.pod.uid"
CONTAINER_NAME = "io.kubernetes.container.name"


class Cri:
    def __init__(self, endpoint):
        self._command = [os.path.join(os.environ["ORDINAL_BUILD"], "tests/e2e/crils"), "--endpoint", endpoint]

    def list(self):
        return json.loads(run(*self._command, "list"))

    def images(self):
        return json.loads(run(*self._command, "images"))

    def sandboxes(self, pod=None):
        return [s for s in self.list()["sandboxes"] if pod in (None, s["name"])]

    def containers(self, pod=None, state=None):
        return [c for c in self.list()["containers"]
                if pod in (None, c["labels"].get(POD_NAME)) and state in (None, c["state"])]

    def running(self, pod):
        """The one running container of the pod; anything but one, for longer than a moment, is a failure.

        The moment is the runtime's: it tells of an end before its record shows it, and the successor may run by then.
        """
        def only():
            found = self.containers(pod, "running")
            assert len(found) == 1, f"{pod} has {len(found)} running containers: {[c['id'][:12] for c in found]}"
            return found[0]
        return wait_for(f"one running container of {pod}", only, 5)

    def sandbox(self, pod):
        """The one ready sandbox of the pod."""
        found = [s for s in self.sandboxes(pod) if s["state"] == "ready"]
        assert len(found) == 1, f"{pod} has {len(found)} ready sandboxes: {[s['id'][:12] for s in found]}"
        return found[0]

    def address(self, pod):
        return self.sandbox(pod)["ips"][0]

    def run_foreign_sandbox(self, name):
        """A sandbox of somebody else's, with the standard labels; its id."""
        return run(*self._command, "run-sandbox", name).strip()

    def remove_sandbox(self, identifier):
        # The agent sees the end of the containers and stops the sandbox too: of two CNI DELs at once bridge fails one.
        def stopped():
            return subprocess.run([*self._command, "stop-sandbox", identifier], capture_output=True,
                                  check=False).returncode == 0
        wait_for(f"sandbox {identifier} to be stopped", stopped, 10)
        run(*self._command, "remove-sandbox", identifier)

    def exec(self, container, *command):
        return run(*self._command, "exec", container, *command)
