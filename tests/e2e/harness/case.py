"""The base of the tests: a containerd, an agent, and the kubia example on them."""
import os
import re
import shutil
import tempfile
import time
import unittest

from harness import http, leaks
from harness.agent import Agent
from harness.containerd import PrivateContainerd
from harness.cri import POD_UID, Cri
from harness.wait import wait_for
from harness.world import run, scrub

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
EXAMPLE = os.path.join(SOURCE, "examples/kubia")
IMAGE = "docker.io/luksa/kubia-pet:latest"
BUSYBOX = "docker.io/library/busybox:1.35"


def example(name):
    with open(os.path.join(EXAMPLE, name), encoding="utf-8") as file:
        return file.read()


def statefulset(replicas):
    text, count = re.subn(r"(?m)^(  replicas:) \d+$", rf"\1 {replicas}", example("statefulset.yaml"))
    assert count == 1
    return text


def make_image(out):
    program = os.path.join(os.environ["ORDINAL_BUILD"], "examples/kubia_demo")
    run(os.path.join(SOURCE, "examples/make-image"), IMAGE, out, "/kubia", f"{program}=/kubia")


def make_busybox(out):
    run(os.path.join(SOURCE, "examples/make-image"), BUSYBOX, out, "/bin/sh",
        *(f"/bin/busybox=/bin/{name}" for name in ("sh", "sleep", "hostname", "cat", "tar", "echo", "true", "ls")))


class AgentCase(unittest.TestCase):
    """Each test starts on an empty host and must leave one: `ordinald down` takes everything away again."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ordinal-e2e-")
        self.uids = set()
        result = self._outcome.result
        self._failures_before = len(result.failures) + len(result.errors)
        self.containerd = PrivateContainerd(os.path.join(self.directory, "containerd"))
        self.agent = Agent(os.path.join(self.directory, "agent"), self.containerd.endpoint)
        self.cri = Cri(self.containerd.endpoint)
        # Cleanups run in reverse order, and run whatever happened.
        self.addCleanup(shutil.rmtree, self.directory)
        self.addCleanup(self._stop)
        self.addCleanup(self._show_logs_of_a_failure)
        self.containerd.start()

    def start_agent(self):
        make_image(os.path.join(self.directory, "kubia.tar"))
        self.agent.add_image(os.path.join(self.directory, "kubia.tar"))
        self.agent.start()
        self.agent.wait_ready()

    def apply_kubia(self, replicas=3):
        for name in ("persistent-volumes.yaml", "service.yaml"):
            self.agent.apply(name, example(name))
        self.agent.apply("statefulset.yaml", statefulset(replicas))

    def wait_pods(self, names, seconds=60):
        """Exactly these pods, all Ready, each with one running container that answers."""
        names = sorted(names)

        def reached():
            self.agent.check()
            pods = self.agent.pods()
            self.uids |= {pod["metadata"]["uid"] for pod in pods.values()}
            return sorted(pods) == names and self.agent.ready_pods() == names
        wait_for(lambda: f"pods {names} to be Ready; the agent says\n{self.agent.ask('get', 'pods')[1]}\n"
                         f"and its log ends with\n{self.agent.tail()}", reached, seconds)
        for name in names:
            wait_for(f"{name} to answer", lambda pod=name: self.text_of(pod), 10)

    def text_of(self, pod, path="/"):
        return http.get(self.cri.address(pod), path)

    def container_ids(self):
        """pod name → id of its running container."""
        return {c["labels"]["io.kubernetes.pod.name"]: c["id"] for c in self.cri.containers(state="running")}

    def take_down(self):
        """Stops the agent and removes all it made; then nothing may be left. Returns how many seconds `down` took."""
        self.uids |= {s["labels"].get(POD_UID, "") for s in self.cri.sandboxes()} - {""}
        if self.agent.running():
            self.assertEqual(self.agent.terminate(), 0, "exit code of ordinald after TERM")
        began = time.monotonic()
        code, text = self.agent.ask("down")
        took = time.monotonic() - began
        self.assertEqual(code, 0, f"ordinald down: {text}")
        self.assertEqual(self.cri.list(), {"sandboxes": [], "containers": []})
        wait_for(lambda: f"the shims to end: {leaks.shims()}", lambda: not leaks.shims(), 10)
        # The kernel and containerd take mounts and links away a moment after the call that asked for it.
        places = ("/run/containerd", "/run/netns", self.agent.directory)
        wait_for(lambda: f"nothing to be left, but there is {leaks.everything(self.uids, places, agent=self.agent)}",
                 lambda: leaks.everything(self.uids, places, agent=self.agent) == {}, 10)
        return took

    def _show_logs_of_a_failure(self):
        result = self._outcome.result
        if len(result.failures) + len(result.errors) == self._failures_before:
            return
        print("\n".join(text for case, text in result.failures + result.errors if case is self))
        for process in (self.agent, self.containerd):
            print(f"---- the end of {process.name}'s log\n{process.tail(80)}")

    def _stop(self):
        """Leaves an empty host to the next test, whatever this one did."""
        if self.agent.running():
            self.agent.kill9()
        if not self.containerd.running():
            self.containerd.start()
        self.agent.ask("down")
        self.containerd.kill9()
        scrub()


class KubiaCase(AgentCase):
    """The example is running with three replicas before each test."""

    PODS = ["kubia-0", "kubia-1", "kubia-2"]

    def setUp(self):
        super().setUp()
        self.start_agent()
        self.apply_kubia()
        self.wait_pods(self.PODS)

    def post(self, pod, data):
        self.assertEqual(http.post(self.cri.address(pod), data), f"Data stored on pod {pod}\n")

    def volume_of(self, pod):
        """The host directory behind the container's /var/data."""
        mounts = {m["containerPath"]: m["hostPath"] for m in self.cri.running(pod)["mounts"]}
        self.assertIn("/var/data", mounts)
        return mounts["/var/data"]
