"""kill -9 of ordinald: pods outlive it, are recognised, and nothing is started twice or left over."""
import os
import signal

from harness.case import AgentCase, KubiaCase
from harness.cri import POD_UID
from harness.dns import DOMAIN, dig
from harness.leaks import mounts_below, network_namespaces, shims
from harness.wait import stays, wait_for
from test_kubectl import BUSYBOX, KubectlCase

PODS = KubiaCase.PODS


class Once(AgentCase):
    """What "every pod runs exactly once" means."""

    def check_exactly_once(self):
        self.wait_pods(PODS)
        held = self.cri.list()
        self.assertEqual(sorted(s["name"] for s in held["sandboxes"] if s["state"] == "ready"), PODS)
        # A failed attempt may leave a dead sandbox for a moment; it must be collected.
        wait_for("one sandbox a pod", lambda: len(self.cri.sandboxes()) == 3, 30)
        wait_for("one network namespace a pod", lambda: len(network_namespaces()) == 3, 10)
        wait_for(lambda: f"one shim a pod; there are {shims()} for {[s['id'] for s in self.cri.sandboxes()]}",
                 lambda: len(shims()) == 3, 10)
        self.assertEqual(sorted(c["labels"]["io.kubernetes.pod.name"] for c in self.cri.containers(state="running")),
                         PODS)
        uids = {s["labels"][POD_UID] for s in self.cri.sandboxes()}
        pods_directory = self.agent.path("state", "pods")
        left = set(os.listdir(pods_directory)) - uids if os.path.isdir(pods_directory) else set()
        self.assertEqual(left, set(), "directories of pods that no longer exist")
        strange = [point for point in mounts_below(self.agent.directory) if not any(uid in point for uid in uids)]
        self.assertEqual(strange, [])


class KillWhileRunning(KubiaCase, Once):
    def test_nothing_is_restarted(self):
        self.post("kubia-1", "kept")
        containers, sandboxes = self.container_ids(), sorted(s["id"] for s in self.cri.sandboxes())
        uids = {name: pod["metadata"]["uid"] for name, pod in self.agent.pods().items()}
        self.agent.kill9()
        for pod in PODS:
            self.assertIn(pod, self.text_of(pod), "pods outlive the agent")
        self.agent.start()
        self.agent.wait_ready()
        self.check_exactly_once()
        stays("the same containers", lambda: self.container_ids() == containers, 2)
        self.assertEqual(sorted(s["id"] for s in self.cri.sandboxes()), sandboxes)
        self.assertEqual({name: pod["metadata"]["uid"] for name, pod in self.agent.pods().items()}, uids)
        for pod in PODS:
            self.assertEqual(dig(f"{pod}.kubia.{DOMAIN}").data("A"), [self.cri.address(pod)])
        self.assertEqual(self.text_of("kubia-1", "/data"), "kept")

    def test_term_leaves_the_pods_running_too(self):
        containers = self.container_ids()
        self.assertEqual(self.agent.terminate(), 0)
        self.assertEqual(self.container_ids(), containers)
        self.agent.start()
        self.agent.wait_ready()
        self.check_exactly_once()
        self.assertEqual(self.container_ids(), containers)

    def test_what_happened_meanwhile_is_made_good(self):
        containers = self.container_ids()
        self.agent.kill9()
        self.cri.remove_sandbox(self.cri.sandbox("kubia-1")["id"])
        self.agent.start()
        self.agent.wait_ready()
        wait_for("kubia-1 to run again", lambda: self.cri.running("kubia-1")["id"] != containers["kubia-1"], 30)
        self.check_exactly_once()
        after = self.container_ids()
        self.assertEqual((after["kubia-0"], after["kubia-2"]), (containers["kubia-0"], containers["kubia-2"]))
        self.take_down()


class KillInTheMiddle(Once):
    """Killed at moments spread over a start; each moment is what the runtime shows, not a time."""

    def moments(self):
        def count(kind):
            return len(self.cri.list()[kind])

        def running(number):
            return len(self.cri.containers(state="running")) >= number
        return [
            ("the StatefulSet is in the store", lambda: "kubia" in self.agent.get("statefulsets")),
            ("the first network namespace exists", lambda: len(network_namespaces()) >= 1),
            ("the first sandbox exists", lambda: count("sandboxes") >= 1),
            ("the first container exists", lambda: count("containers") >= 1),
            ("the first container runs", lambda: running(1)),
            ("the second shim was started", lambda: len(shims()) >= 2),
            ("the second container exists", lambda: count("containers") >= 2),
            ("the third network namespace exists", lambda: len(network_namespaces()) >= 3),
            ("the third container runs", lambda: running(3)),
        ]

    def test_every_moment(self):
        self.start_agent()
        for index, (moment, reached) in enumerate(self.moments()):
            with self.subTest(moment=moment):
                self.apply_kubia()
                wait_for(moment, reached, 30)
                survivors = {c["id"] for c in self.cri.containers(state="running")}
                self.agent.kill9()
                self.agent.start()
                self.agent.wait_ready()
                self.check_exactly_once()
                self.assertLessEqual(survivors, set(self.container_ids().values()), "a running container was replaced")
            if index + 1 < len(self.moments()):
                self.agent.remove_manifest("statefulset.yaml")
                wait_for("an empty runtime", lambda: not self.cri.sandboxes() and not self.agent.pods(), 60)
        self.take_down()

    def test_killed_again_and_again(self):
        self.start_agent()
        self.apply_kubia()
        for sandboxes in (1, 2, 3):
            wait_for(f"{sandboxes} sandboxes", lambda n=sandboxes: len(self.cri.sandboxes()) >= n, 60)
            self.agent.kill9()
            self.agent.start()
        self.agent.wait_ready()
        self.check_exactly_once()
        self.take_down()


class KilledTogetherWithAPod(KubectlCase):
    """The container ends, and the agent is killed while it starts the next one: no crash, and no pause after it."""

    TRIES = 10  # the moment lies within the 50 ms that a start takes

    def starts(self):
        return self.containerd.text().count('msg="StartContainer for')

    def cut_off(self, name):
        """True when the start was given up with the agent's connection."""
        self.kubectl("run", name, f"--image={BUSYBOX}", "--command", "--", "/bin/sh", "-c",
                     "trap 'exit 0' TERM; while true; do sleep 0.05; done")
        wait_for(f"{name} to run", lambda: name in self.agent.ready_pods())
        starts, process = self.starts(), self.cri.running(name)["pid"]
        os.kill(process, signal.SIGKILL)
        wait_for("its container to be started again", lambda: self.starts() > starts)
        self.agent.kill9()

        def settled():
            states = {c["attempt"]: c["state"] for c in self.cri.containers(name)}
            return states.get(1) in ("exited", "running") and states
        return wait_for("the runtime to be done with it", settled)[1] == "exited"

    def test_it_runs_again_at_once(self):
        for number in range(self.TRIES):
            name = f"pod-{number}"
            cut = self.cut_off(name)
            self.agent.start()
            self.agent.wait_ready()
            wait_for(f"{name} to run again", lambda each=name: self.cri.running(each)["attempt"] == (2 if cut else 1), 5)
            if cut:
                # What the runtime forgot of the start (containerd 2.x: a process in the pod's cgroup) is gone, too.
                self.take_down()
                return
        self.fail(f"no start was cut off in {self.TRIES} tries")
