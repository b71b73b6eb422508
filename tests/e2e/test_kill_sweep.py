"""kill -9 in the middle of a pod's start and end: nothing of it is left, neither after the next start nor by `down`.

ORDINAL_KILLS=100 is the long run; ORDINAL_SEED repeats one.
"""
import os
import random
import time

from harness import leaks
from harness.cri import POD_UID
from harness.wait import stays, wait_for
from test_kubectl import BUSYBOX, KubectlCase

KILLS = int(os.environ.get("ORDINAL_KILLS", "12"))
SEED = int(os.environ.get("ORDINAL_SEED", "1"))

POD = """
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{{name: scratch, emptyDir: {{medium: Memory}}}}]
  containers:
  - name: main
    image: {image}
    command: [/bin/sh, -c, "trap 'exit 0' TERM; while true; do sleep 0.05; done"]
    volumeMounts: [{{name: scratch, mountPath: /scratch}}]
    {ports}
"""


def pod(name, host_port=None):
    ports = f"ports: [{{containerPort: 80, hostPort: {host_port}}}]" if host_port else ""
    return POD.format(name=name, image=BUSYBOX, ports=ports)


class SweepCase(KubectlCase):
    def note_sandboxes(self):
        sandboxes = self.cri.list()["sandboxes"]
        self.sandboxes = getattr(self, "sandboxes", set()) | {s["id"] for s in sandboxes}
        self.uids |= {s["labels"].get(POD_UID, "") for s in sandboxes} - {""}

    def running(self):
        return sorted(name for name, each in self.agent.pods().items() if each["status"].get("phase") == "Running")

    def start_again(self):
        self.agent.start()
        self.agent.wait_ready()

    def left(self):
        """What is left of pods while the agent runs: without its own network."""
        uids = {each["metadata"]["uid"] for each in self.agent.pods().values()} | self.uids
        found = {"attached": leaks.attached_to(self.sandboxes), "chains": leaks.masquerade_chains(),
                 "cgroups": leaks.cgroups(uids), "network namespaces": leaks.network_namespaces(),
                 **leaks.of_pods(self.agent)}
        return {kind: things for kind, things in found.items() if things}

    def hold_iptables(self, words, seconds):
        """From now on the plugins' iptables stands still when it is asked for that. A function ends it."""
        self.hold, self.reached = (os.path.join(self.directory, name) for name in ("hold", "reached"))
        tools = os.path.join(self.directory, "tools")
        os.makedirs(tools)
        path = os.path.join(tools, "iptables")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""#!/bin/sh
case "$*" in *"{words}"*)
  if [ -e {self.hold} ]; then : >{self.reached}; sleep {seconds}; exit 1; fi;;
esac
exec /usr/sbin/iptables "$@"
""")
        os.chmod(path, 0o755)
        self.containerd.terminate()
        self.containerd.environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
        self.containerd.start()
        with open(self.hold, "w", encoding="utf-8"):
            pass
        return lambda: os.unlink(self.hold)


class KilledInTheMiddleOfAStep(SweepCase):
    def end_interrupted(self, interrupt):
        """A pod that is being deleted while `interrupt` happens, between its link and its rules."""
        # Before it removes a pod's masquerade rule.
        release = self.hold_iptables("-D POSTROUTING", 5)
        foreign = self.cri.run_foreign_sandbox("stranger")
        self.kubectl("create", "-f", "-", text=pod("victim", 18080))
        wait_for("the pod to run", lambda: self.running() == ["victim"], 30)
        self.sandboxes = {self.cri.sandbox("victim")["id"]}
        self.uids.add(self.agent.pods()["victim"]["metadata"]["uid"])
        self.kubectl("delete", "pod", "victim", "--wait=false")
        wait_for("the plugin to be about to remove the rules", lambda: os.path.exists(self.reached), 30)
        interrupt()
        release()
        return foreign

    def check_swept(self, foreign):
        wait_for(lambda: f"nothing to be attached; there is {leaks.attached_to(self.sandboxes)}",
                 lambda: leaks.attached_to(self.sandboxes) == [], 15)
        self.assertNotEqual(leaks.attached_to({foreign}), [], "what others made stays")
        self.cri.remove_sandbox(foreign)
        self.take_down()

    def test_the_next_agent_sweeps(self):
        foreign = self.end_interrupted(self.agent.kill9)
        self.start_again()
        wait_for("the pod to be gone", lambda: not self.agent.pods(), 30)
        self.check_swept(foreign)

    def test_so_it_is_when_the_agent_was_stopped_in_good_order(self):
        foreign = self.end_interrupted(self.agent.terminate)
        self.start_again()
        wait_for("the pod to be gone", lambda: not self.agent.pods(), 30)
        self.check_swept(foreign)

    def test_and_when_the_runtime_was_restarted(self):
        foreign = self.end_interrupted(self.containerd.restart)
        wait_for("the pod to be gone", lambda: not self.agent.pods(), 60)
        self.check_swept(foreign)

    def test_down_sweeps_too(self):
        foreign = self.end_interrupted(self.agent.kill9)
        code, text = self.agent.ask("down")
        self.assertEqual(code, 0, text)
        self.check_swept(foreign)


class KilledAtRandomMoments(SweepCase):
    PODS = {"sweep-a": 18081, "sweep-b": 18082, "sweep-c": None}

    def kill_within(self, seconds):
        """The moment is drawn."""
        moment = time.monotonic() + self.random.random() * seconds
        wait_for("the moment", lambda: time.monotonic() >= moment)
        self.agent.kill9()
        self.note_sandboxes()

    def test_nothing_is_left(self):
        print(f"{KILLS} kills, ORDINAL_SEED={SEED}")
        self.random = random.Random(SEED)
        self.sandboxes = set()
        manifest = "---".join(pod(name, port) for name, port in self.PODS.items())
        for _ in range(max(1, KILLS // 2)):
            self.kubectl("create", "-f", "-", text=manifest)
            self.kill_within(0.5)
            self.start_again()
            wait_for(lambda: f"all pods to run\n{self.agent.ask('get', 'pods')[1]}\n{self.agent.tail()}",
                     lambda: self.running() == sorted(self.PODS), 60)
            self.note_sandboxes()
            self.uids |= {each["metadata"]["uid"] for each in self.agent.pods().values()}
            force = ["--grace-period=0", "--force"] if self.random.random() < 0.4 else []
            self.kubectl("delete", "pods", "--all", "--wait=false", *force)
            self.kill_within(0.7)
            self.start_again()
            wait_for("all pods to be gone", lambda: not self.agent.pods() and not self.cri.sandboxes(), 150)
        wait_for(lambda: f"nothing to be left while the agent runs, but there is {self.left()}",
                 lambda: self.left() == {}, 20)
        stays("nothing", lambda: self.left() == {}, 1)
        self.take_down()
