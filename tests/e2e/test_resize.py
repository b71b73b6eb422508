"""Processor and memory of a pod are changed while it runs, with kubectl, as far as the kernel's own files."""
import json
import os

from harness.agent import condition
from harness.wait import stays, wait_for
from test_kubectl import BUSYBOX, KubectlCase

MI = 1 << 20


def pod(name, cpu="100m", memory="64Mi", policy="", node=""):
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 1
  {node}
  containers:
  - name: main
    image: {BUSYBOX}
    command: [/bin/sh, -c, "exec sleep 100000"]
    {policy}
    resources:
      requests: {{cpu: {cpu}, memory: {memory}}}
      limits: {{cpu: 8, memory: 256Mi}}
"""


WHOLE = f"""
apiVersion: v1
kind: Pod
metadata: {{name: whole}}
spec:
  terminationGracePeriodSeconds: 1
  resources: {{limits: {{cpu: "1", memory: 128Mi}}, requests: {{cpu: 200m}}}}
  containers:
  - {{name: main, image: {BUSYBOX}, command: [/bin/sh, -c, "exec sleep 100000"]}}
  - {{name: side, image: {BUSYBOX}, command: [/bin/sh, -c, "exec sleep 100000"]}}
"""


def patch(cpu=None, memory=None, most=None):
    requests = {k: v for k, v in (("cpu", cpu), ("memory", memory)) if v}
    resources = {"requests": requests}
    if most:
        resources["limits"] = {"memory": most}
    return json.dumps({"spec": {"containers": [{"name": "main", "resources": resources}]}})


def value(uid, v1, v2, container=""):
    """A file of the pod's cgroup, or of a container's in it, of version 1 or 2."""
    controller, name = v1
    places = ((f"/sys/fs/cgroup/{controller}", name), ("/sys/fs/cgroup", v2))
    for top, file in places:
        path = os.path.join(top, "kubepods/burstable", f"pod{uid}", container, file)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as opened:
                return opened.read().strip()
    raise AssertionError(f"no cgroup of pod {uid} {container}")


def memory_limit(uid, container=""):
    return int(value(uid, ("memory", "memory.limit_in_bytes"), "memory.max", container))


def shares(uid, container=""):
    """cpu.shares; of version 2 the cpu.weight."""
    return int(value(uid, ("cpu", "cpu.shares"), "cpu.weight", container))


def wanted_shares(milli):
    v1 = max(2, milli * 1024 // 1000)
    return v1 if os.path.isdir("/sys/fs/cgroup/cpu") else 1 + (v1 - 2) * 9999 // 262142


class Resize(KubectlCase):
    def make(self, name, **options):
        self.kubectl("create", "-f", "-", text=pod(name, **options))
        wait_for(f"{name} to run", lambda: name in self.agent.ready_pods())
        return self.agent.pods()[name]["metadata"]["uid"]

    def resize(self, name, **options):
        self.kubectl("patch", "pod", name, "--subresource", "resize", "--patch", patch(**options))

    def status(self, name):
        return self.agent.pods()[name]["status"]

    def container(self, name):
        return self.status(name)["containerStatuses"][0]

    def id(self, name):
        return self.cri.running(name)["id"]

    def pending(self, name):
        return [c["reason"] for c in self.status(name)["conditions"] if c["type"] == "PodResizePending"]

    def settled(self, name):
        return not [c for c in self.status(name)["conditions"] if c["type"].startswith("PodResize")]

    def events(self, name):
        return {event["reason"] for event in self.kubectl.object("events")["items"]
                if event["involvedObject"]["name"] == name}

    def node_milli(self):
        cpu = self.kubectl.object("nodes")["items"][0]["status"]["allocatable"]["cpu"]
        return int(cpu[:-1]) if cpu.endswith("m") else 1000 * int(cpu)

    def test_changes_what_runs(self):
        uid = self.make("web")
        before = self.id("web")
        self.assertEqual(memory_limit(uid, before), 256 * MI)
        self.assertEqual(memory_limit(uid), 256 * MI, "the pod's own cgroup")
        self.assertEqual(shares(uid), wanted_shares(100))
        self.resize("web", cpu="300m", memory="96Mi", most="512Mi")
        wait_for("the resize", lambda: self.container("web")["resources"]["limits"]["memory"] == "512Mi")
        wait_for("its conditions to go", lambda: self.settled("web"))
        self.assertEqual(memory_limit(uid, before), 512 * MI)
        self.assertEqual(memory_limit(uid), 512 * MI)
        self.assertEqual(shares(uid, before), wanted_shares(300))
        self.assertEqual(self.container("web")["allocatedResources"], {"cpu": "300m", "memory": "96Mi"})
        self.assertEqual(self.id("web"), before)
        self.assertEqual(self.container("web")["restartCount"], 0)
        # And back: memory that nobody uses is taken away again.
        self.resize("web", memory="64Mi", most="128Mi")
        wait_for("the memory to shrink", lambda: memory_limit(uid, before) == 128 * MI)
        wait_for("the pod's own to shrink", lambda: memory_limit(uid) == 128 * MI)
        wait_for("its conditions to go", lambda: self.settled("web"))
        wait_for("the event", lambda: {"ResizeStarted", "ResizeCompleted"} <= self.events("web"))
        self.assertEqual(self.id("web"), before)
        self.refuses_what_may_not_change()
        self.kubectl("delete", "pods", "--all")
        self.take_down()

    def refuses_what_may_not_change(self):
        for change, why in (({"limits": {"memory": None}}, "resource limits cannot be removed"),
                            ({"requests": {"cpu": "8", "memory": "128Mi"}}, "Pod QOS Class may not change"),
                            ({"limits": {"ephemeral-storage": "1Gi"}}, "only cpu and memory resources are mutable")):
            said = self.kubectl.refused("patch", "pod", "web", "--subresource", "resize", "--patch",
                                        json.dumps({"spec": {"containers": [{"name": "main", "resources": change}]}}))
            self.assertIn(why, said)

    def test_starts_again_what_asks_for_that(self):
        policy = "resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]"
        uid = self.make("cache", policy=policy)
        before = self.id("cache")
        self.resize("cache", cpu="200m")
        wait_for("the processors", lambda: shares(uid, before) == wanted_shares(200))
        self.assertEqual(self.id("cache"), before)
        self.resize("cache", most="384Mi")
        wait_for("another container", lambda: self.container("cache")["restartCount"] == 1 and
                 self.agent.ready_pods() == ["cache"])
        self.assertNotEqual(self.id("cache"), before)
        self.assertEqual(memory_limit(uid, self.id("cache")), 384 * MI)
        wait_for("its conditions to go", lambda: self.settled("cache"))
        self.kubectl("delete", "pods", "--all")
        self.take_down()

    def test_waits_for_room_and_outlives_the_agent(self):
        node = self.node_milli()
        uid = self.make("big", cpu=f"{node - 500}m")
        self.make("other", cpu="300m")
        before = self.id("big")
        self.resize("big", cpu=f"{node - 100}m")
        wait_for("the resize to be deferred", lambda: self.pending("big") == ["Deferred"])
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        stays("deferred", lambda: self.pending("big") == ["Deferred"], 1)
        self.assertEqual(self.container("big")["allocatedResources"]["cpu"], f"{node - 500}m")
        self.assertEqual(shares(uid, before), wanted_shares(node - 500))
        self.kubectl("delete", "pod", "other")
        wait_for("the resize", lambda: shares(uid, before) == wanted_shares(node - 100))
        wait_for("its conditions to go", lambda: self.settled("big"))
        self.resize("big", cpu=f"{node + 100}m")
        wait_for("the resize to be infeasible", lambda: self.pending("big") == ["Infeasible"])
        self.assertEqual(self.id("big"), before)
        # A pod that its writer placed here is asked whether it fits.
        self.kubectl("create", "-f", "-", text=pod("placed", cpu="400m", node="nodeName: e2e-node"))
        wait_for("it to be rejected", lambda: self.status("placed").get("reason") == "OutOfcpu")
        self.assertEqual(self.status("placed")["phase"], "Failed")
        self.assertIn("Node didn't have enough resource: cpu, requested: 400", self.status("placed")["message"])
        wait_for("the event", lambda: "OutOfcpu" in self.events("placed"))
        # Killed right after each write, in the middle of whatever it does.
        for cpu in (node - 450, node - 400, node - 350):
            self.resize("big", cpu=f"{cpu}m")
            self.agent.kill9()
            self.agent.start()
            self.agent.wait_ready()
            wait_for("the resize", lambda each=cpu: shares(uid, before) == wanted_shares(each))
        wait_for("its conditions to go", lambda: self.settled("big"))
        self.assertEqual(self.id("big"), before)
        self.assertTrue(condition(self.agent.pods()["big"], "Ready"))
        self.kubectl("delete", "pods", "--all")
        self.take_down()

    def test_a_pod_as_a_whole(self):
        self.kubectl("create", "-f", "-", text=WHOLE)
        wait_for("it to run", lambda: self.agent.ready_pods() == ["whole"])
        made = self.agent.pods()["whole"]
        uid = made["metadata"]["uid"]
        self.assertEqual(made["spec"]["resources"]["requests"], {"cpu": "200m", "memory": "128Mi"})
        self.assertEqual(made["status"]["qosClass"], "Burstable")
        self.assertEqual(memory_limit(uid), 128 * MI)
        self.assertEqual(shares(uid), wanted_shares(200))
        for container in self.cri.containers("whole", "running"):
            self.assertEqual(memory_limit(uid, container["id"]), 128 * MI)
        self.assertEqual(made["status"]["resources"], made["spec"]["resources"])
        self.resizes_the_whole(uid)
        self.kubectl("delete", "pods", "--all")
        self.take_down()

    def resizes_the_whole(self, uid):
        before = sorted(container["id"] for container in self.cri.containers("whole", "running"))

        def resize(**resources):
            self.kubectl("patch", "pod", "whole", "--subresource", "resize", "--patch",
                         json.dumps({"spec": {"resources": resources}}))

        def has(memory, milli):
            return (memory_limit(uid) == memory * MI and shares(uid) == wanted_shares(milli) and
                    all(memory_limit(uid, each) == memory * MI for each in before))

        def shown(memory, cpu):
            status = self.status("whole")
            return (status["resources"]["limits"]["memory"] == memory and self.settled("whole") and
                    status["allocatedResources"]["cpu"] == cpu)
        resize(requests={"cpu": "300m"}, limits={"memory": "256Mi"})
        wait_for("the pod to grow", lambda: has(256, 300))
        wait_for("its status", lambda: shown("256Mi", "300m"))
        resize(requests={"cpu": "250m"}, limits={"memory": "192Mi"})
        wait_for("the pod to shrink", lambda: has(192, 250))
        wait_for("its status", lambda: shown("192Mi", "250m"))
        # Killed right after each write, in the middle of whatever it does.
        for memory, milli in ((320, 300), (224, 200), (288, 260)):
            resize(requests={"cpu": f"{milli}m"}, limits={"memory": f"{memory}Mi"})
            self.agent.kill9()
            self.agent.start()
            self.agent.wait_ready()
            wait_for("the resize", lambda m=memory, c=milli: has(m, c))
            wait_for("its status", lambda m=memory, c=milli: shown(f"{m}Mi", f"{c}m"))
        resize(requests={"cpu": f"{self.node_milli() + 100}m"}, limits={"cpu": f"{self.node_milli() + 200}m"})
        wait_for("the resize to be infeasible", lambda: self.pending("whole") == ["Infeasible"])
        self.assertTrue(has(288, 260))
        self.assertEqual(sorted(each["id"] for each in self.cri.containers("whole", "running")), before)
        self.assertEqual([each["restartCount"] for each in self.status("whole")["containerStatuses"]], [0, 0])
