"""A ReplicaSet of 3 on real containers: one killed pod is replaced, a stray one trimmed, scaled to none, deleted."""
import os
import signal

from harness import http
from harness.case import IMAGE, SOURCE, AgentCase
from harness.wait import wait_for

MANIFEST = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: %d
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: %s
        imagePullPolicy: IfNotPresent
"""

STRAY = """\
apiVersion: v1
kind: Pod
metadata:
  name: stray
  labels: {app: web}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: %s
    imagePullPolicy: IfNotPresent
"""


class ReplicaSet(AgentCase):
    def setUp(self):
        super().setUp()
        self.start_agent()

    def scale(self, replicas):
        self.agent.apply("web.yaml", MANIFEST % (replicas, IMAGE))

    def wait_for_pods(self, count, seconds=60):
        """Exactly so many pods, all Ready; their names."""
        def reached():
            self.agent.check()
            pods = self.agent.pods()
            self.uids |= {pod["metadata"]["uid"] for pod in pods.values()}
            return len(pods) == count and len(self.agent.ready_pods()) == count
        wait_for(lambda: f"{count} Ready pods; the agent says\n{self.agent.ask('get', 'pods')[1]}\n"
                         f"and its log ends with\n{self.agent.tail()}", reached, seconds)
        return sorted(self.agent.pods())

    def status(self):
        return self.agent.objects("replicasets")["web"]["status"]

    def wait_status(self, **wanted):
        wanted["observedGeneration"] = self.agent.objects("replicasets")["web"]["metadata"]["generation"]
        wait_for(lambda: f"the status {wanted}, it is {self.status()}", lambda: self.status() == wanted, 20)

    def events(self):
        """(object's kind, reason, component) in the order of their first time, then of their names."""
        items = self.agent.objects("events").values()
        return [(e["involvedObject"]["kind"], e["reason"], e["reportingComponent"]) for e in items]

    def test_keeps_its_pods_up(self):
        self.scale(3)
        first = self.wait_for_pods(3)
        for name in first:
            self.assertRegex(name, r"^web-[bcdfghjklmnpqrstvwxz2456789]{5}$")
        self.wait_status(replicas=3, fullyLabeledReplicas=3, readyReplicas=3, availableReplicas=3)

        killed = self.cri.running(first[0])
        os.kill(killed["pid"], signal.SIGKILL)
        wait_for("the killed container to run again in its pod",
                 lambda: [c for c in self.cri.containers(first[0], "running") if c["id"] != killed["id"]], 30)
        self.assertEqual(self.wait_for_pods(3), first, "a container that ends is its pod's affair")

        self.scale(0)
        self.wait_for_pods(0)
        wait_for("no container to run", lambda: not self.container_ids(), 30)
        self.wait_status(replicas=0)
        self.scale(2)
        again = self.wait_for_pods(2)
        self.assertFalse(set(again) & set(first), "names are not used twice")
        self.assertEqual(len(set(self.cri.address(name) for name in again)), 2)

        self.agent.remove_manifest("web.yaml")
        wait_for("the pods to follow their set", lambda: not self.agent.pods(), 30)
        self.take_down()

    def test_adopts_a_stray_pod_instead_of_making_one(self):
        self.agent.apply("stray.yaml", STRAY % IMAGE)
        self.wait_for_pods(1)
        stray = self.agent.pods()["stray"]["metadata"]["uid"]
        self.scale(2)
        names = self.wait_for_pods(2)
        self.assertIn("stray", names)
        pod = self.agent.pods()["stray"]["metadata"]
        self.assertEqual(pod["uid"], stray)
        self.assertEqual(pod["ownerReferences"][0]["name"], "web")
        self.wait_status(replicas=2, fullyLabeledReplicas=2, readyReplicas=2, availableReplicas=2)

    def test_says_what_it_did(self):
        self.scale(1)
        name = self.wait_for_pods(1)[0]
        wanted = {("ReplicaSet", "SuccessfulCreate", "replicaset-controller"), ("Pod", "Scheduled", "default-scheduler"),
                  ("Pod", "Pulled", "kubelet"), ("Pod", "Created", "kubelet"), ("Pod", "Started", "kubelet")}
        wait_for(lambda: f"the events {wanted}, there are {self.events()}", lambda: set(self.events()) == wanted, 20)
        started = next(e for e in self.agent.objects("events").values() if e["reason"] == "Started")
        self.assertEqual(started["involvedObject"]["name"], name)
        self.assertEqual(started["involvedObject"]["fieldPath"], "spec.containers{main}")
        self.assertEqual(started["source"], {"component": "kubelet", "host": "e2e-node"})


class Volumes(AgentCase):
    """The examples of ReplicaSets with volumes."""

    def setUp(self):
        super().setUp()
        self.start_agent()

    def run_example(self, name):
        with open(os.path.join(SOURCE, "examples/replicaset", name), encoding="utf-8") as file:
            self.agent.apply(name, file.read())
        wait_for(lambda: f"three pods of {name}; the agent says\n{self.agent.ask('get', 'pods')[1]}",
                 lambda: len(self.agent.ready_pods()) == 3, 60)
        return {pod: self.cri.address(pod) for pod in self.agent.ready_pods()}

    def test_one_volume_for_all(self):
        addresses = self.run_example("shared-volume.yaml")
        http.post(list(addresses.values())[0], "said once")
        for pod, address in addresses.items():
            self.assertIn("said once", http.get(address), f"{pod} sees what another wrote")
        with open(os.path.join(self.agent.volumes, "default/shared/kubia.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "said once")

    def test_a_directory_for_each(self):
        addresses = self.run_example("own-directories.yaml")
        for pod, address in addresses.items():
            http.post(address, f"of {pod}")
        volume = os.path.join(self.agent.volumes, "default/apart")
        self.assertEqual(sorted(os.listdir(volume)), sorted(addresses))
        for pod in addresses:
            with open(os.path.join(volume, pod, "kubia.txt"), encoding="utf-8") as file:
                self.assertEqual(file.read(), f"of {pod}")
