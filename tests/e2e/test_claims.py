"""Volumes made for claims and taken back: the default class, reclaim policies, and what is never touched."""
import json
import os

from harness.case import IMAGE, AgentCase, example, statefulset
from harness.http import post
from harness.kubectl import Kubectl
from harness.wait import stays, wait_for

VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata: {name: %s}
spec:
  capacity: {storage: 1Mi}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: %s
  hostPath: {path: %s}
"""

CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: %s}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: "%s"
  resources: {requests: {storage: 1Mi}}
"""


class ClaimsCase(AgentCase):
    def setUp(self):
        super().setUp()
        self.start_agent()
        self.kubectl = Kubectl(self.agent)

    def apply(self, text):
        self.kubectl("apply", "-f", "-", text=text)

    def phase(self, kind, name):
        """None when there is no such object."""
        found = self.agent.objects(kind).get(name)
        return found and found["status"].get("phase")

    def wait_phase(self, kind, name, phase, seconds=30):
        wait_for(lambda: f"{kind} {name} to be {phase}; the log ends with\n{self.agent.tail()}",
                 lambda: self.phase(kind, name) == phase, seconds)

    def wait_gone(self, kind, name):
        wait_for(lambda: f"{kind} {name} to be gone; the log ends with\n{self.agent.tail()}",
                 lambda: name not in self.agent.objects(kind))

    def make_volume(self, name, policy, path=None):
        """A volume made by hand and its directory."""
        path = path or os.path.join(self.directory, "disks", name)
        os.makedirs(path, exist_ok=True)
        self.apply(VOLUME % (name, policy, path))
        self.wait_phase("pv", name, "Available")
        return path

    def claim(self, name, class_name=""):
        self.apply(CLAIM % (name, class_name))
        self.wait_phase("pvc", name, "Bound")
        return self.agent.objects("pvc")[name]["spec"]["volumeName"]

    def volume_directory(self, *names):
        return os.path.join(self.agent.volumes, "default", *names)

    def events(self, name):
        return [e["reason"] for e in self.agent.objects("events").values() if e["involvedObject"]["name"] == name]


WITHOUT_CLASS = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - {name: main, image: %s, imagePullPolicy: IfNotPresent, volumeMounts: [{name: data, mountPath: /var/data}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: none
      resources: {requests: {storage: 1Mi}}
"""


class NeverPlaced(ClaimsCase):
    def test_the_claim_of_a_pod_that_was_never_placed_goes_at_once_and_is_made_again(self):
        self.apply(WITHOUT_CLASS % IMAGE)
        # kubectl's question whether it is gone must never meet the new claim as if it were the old one: 20 tries.
        for _ in range(20):
            wait_for("the claim to be there", lambda: self.phase("pvc", "data-db-0") == "Pending")
            before = self.agent.objects("pvc")["data-db-0"]["metadata"]["uid"]
            self.kubectl("delete", "pvc", "data-db-0", "--timeout=5s")
            wait_for("the set to make the claim again",
                     lambda old=before: self.agent.objects("pvc").get("data-db-0", {"metadata": {"uid": old}})
                     ["metadata"]["uid"] != old)
        self.assertEqual(self.agent.pods()["db-0"]["status"]["phase"], "Pending")


class Provisioned(ClaimsCase):
    def test_a_statefulset_without_volumes_gets_them_and_they_go_with_their_claims(self):
        self.agent.apply("service.yaml", example("service.yaml"))
        self.agent.apply("statefulset.yaml", statefulset(2))
        self.wait_pods(["kubia-0", "kubia-1"])
        for pod in ("kubia-0", "kubia-1"):
            post(self.cri.address(pod), f"data of {pod}")
            with open(self.volume_directory(f"data-{pod}", "kubia.txt"), encoding="utf-8") as file:
                self.assertEqual(file.read(), f"data of {pod}")
        claims = self.agent.objects("pvc")
        self.assertEqual({c["spec"]["storageClassName"] for c in claims.values()}, {"ordinal-local"})
        described = self.kubectl("describe", "pvc", "data-kubia-1")
        for line in (r"StorageClass:\s+ordinal-local", r"Status:\s+Bound", r"Capacity:\s+1Mi", r"Used By:\s+kubia-1",
                     r"Normal\s+ProvisioningSucceeded\s.*Successfully provisioned volume pvc-"):
            self.assertRegex(described, line)
        self.assertIn("ordinal-local (default)", self.kubectl("get", "sc"))

        # A claim grows while it is used
        bigger = {"spec": {"resources": {"requests": {"storage": "2Mi"}}}}
        self.kubectl("patch", "pvc", "data-kubia-0", "-p", json.dumps(bigger))
        wait_for("the claim to grow",
                 lambda: self.agent.objects("pvc")["data-kubia-0"]["status"]["capacity"]["storage"] == "2Mi")

        self.agent.apply("statefulset.yaml", statefulset(1))
        self.wait_pods(["kubia-0"])
        self.assertTrue(os.path.exists(self.volume_directory("data-kubia-1", "kubia.txt")), "scaling down keeps data")
        self.kubectl("delete", "pvc", "data-kubia-1")
        self.wait_gone("pv", claims["data-kubia-1"]["spec"]["volumeName"])
        self.assertEqual(os.listdir(self.volume_directory()), ["data-kubia-0"])
        self.assertEqual(self.text_of("kubia-0", "/data"), "data of kubia-0")

        # A claim in use waits for its pod, and so does its data
        self.kubectl("delete", "pvc", "data-kubia-0", "--wait=false")
        stays("the data of a claim in use",
              lambda: os.path.exists(self.volume_directory("data-kubia-0", "kubia.txt")), 1)
        self.agent.remove_manifest("statefulset.yaml")
        wait_for("the claim's volume to go", lambda: not self.agent.objects("pv"), 60)
        self.assertEqual(os.listdir(self.agent.volumes), [])
        self.take_down()

    def test_making_and_deleting_in_a_loop_leaves_nothing(self):
        for _ in range(10):
            volume = self.claim("x", "ordinal-local")
            with open(self.volume_directory("x", "data"), "w", encoding="utf-8") as file:
                file.write("x")
            self.kubectl("delete", "pvc", "x")
            self.wait_gone("pv", volume)
            self.assertEqual(os.listdir(self.agent.volumes), [])
        self.assertEqual((self.agent.objects("pv"), self.agent.objects("pvc")), ({}, {}))

    def asked(self, name):
        """Waits for the question about the directory of the claim; what `kubectl describe` shows."""
        wait_for(lambda: f"the question; the log ends with\n{self.agent.tail()}",
                 lambda: "DirectoryHoldsData" in self.events(name))
        self.assertEqual(self.phase("pvc", name), "Pending")
        return self.kubectl("describe", "pvc", name)

    def test_old_data_is_not_handed_to_a_new_claim(self):
        os.makedirs(self.volume_directory("x"))
        with open(self.volume_directory("x", "old"), "w", encoding="utf-8") as file:
            file.write("of an earlier claim")
        self.apply(CLAIM % ("x", "ordinal-local"))
        text = self.asked("x")
        self.assertIn(self.volume_directory("x") + " holds data", text)
        self.kubectl("annotate", "pvc", "x", "ordinal.dev/directory=new")
        self.wait_phase("pvc", "x", "Bound")
        volume = self.agent.objects("pvc")["x"]["spec"]["volumeName"]
        path = self.agent.objects("pv")[volume]["spec"]["local"]["path"]
        self.assertEqual(path, self.volume_directory("x-" + volume[len("pvc-"):][:8]))
        self.assertIn(path, text, "the question named it")
        self.assertEqual(os.listdir(path), [])
        self.assertIn("holds the data of an earlier claim", self.kubectl("describe", "pvc", "x"))
        self.kubectl("delete", "pvc", "x")
        self.wait_gone("pv", volume)
        self.assertEqual(os.listdir(self.volume_directory()), ["x"])

    def test_a_claim_of_a_lost_store_finds_its_data_again(self):
        self.claim("x", "ordinal-local")
        with open(self.volume_directory("x", "data"), "w", encoding="utf-8") as file:
            file.write("precious")
        self.agent.kill9()
        for name in os.listdir(self.agent.state):
            if name.startswith("store.db"):
                os.unlink(os.path.join(self.agent.state, name))
        self.agent.start()
        self.agent.wait_ready()
        self.apply(CLAIM % ("x", "ordinal-local"))
        self.asked("x")
        self.assertEqual(os.listdir(self.volume_directory()), ["x"], "nothing is made meanwhile")
        self.kubectl("annotate", "pvc", "x", "ordinal.dev/directory=adopt")
        self.wait_phase("pvc", "x", "Bound")
        volume = self.agent.objects("pvc")["x"]["spec"]["volumeName"]
        self.assertEqual(self.agent.objects("pv")[volume]["spec"]["local"]["path"], self.volume_directory("x"))
        with open(self.volume_directory("x", "data"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")


class Reclaimed(ClaimsCase):
    def test_recycle_wipes_and_serves_again_and_retain_keeps(self):
        recycled, retained = self.make_volume("pv-a", "Recycle"), self.make_volume("pv-b", "Retain")
        self.assertEqual({self.claim("a"), self.claim("b")}, {"pv-a", "pv-b"})
        for path in (recycled, retained):
            os.makedirs(os.path.join(path, "deep", "er"))
            with open(os.path.join(path, "deep", "file"), "w", encoding="utf-8") as file:
                file.write("data")
        self.kubectl("delete", "pvc", "a", "b")
        self.wait_phase("pv", "pv-a", "Available")
        self.wait_phase("pv", "pv-b", "Released")
        self.assertEqual(os.listdir(recycled), [])
        self.assertNotIn("claimRef", self.agent.objects("pv")["pv-a"]["spec"])
        wait_for("the event", lambda: "VolumeRecycled" in self.events("pv-a"))
        self.assertTrue(os.path.exists(os.path.join(retained, "deep", "file")))
        self.assertEqual(self.claim("again"), "pv-a", "a volume that is Released is nobody's")
        self.assertEqual(self.phase("pv", "pv-b"), "Released")

    def test_killed_in_the_middle_it_is_finished_after_the_restart(self):
        path = self.make_volume("pv-a", "Recycle")
        self.claim("a")
        for directory in range(200):
            os.makedirs(os.path.join(path, str(directory)))
            for name in range(200):
                with open(os.path.join(path, str(directory), str(name)), "wb"):
                    pass
        self.kubectl("delete", "pvc", "a")
        wait_for("the wiping to begin", lambda: len(os.listdir(path)) < 200)
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        self.wait_phase("pv", "pv-a", "Available")
        self.assertEqual(os.listdir(path), [])

    def test_what_must_stay_stays_and_the_volume_says_why(self):
        path = os.path.join(self.agent.state, "images")
        self.make_volume("pv-a", "Delete", path)
        before = sorted(os.listdir(path))
        self.claim("a")
        self.kubectl("delete", "pvc", "a")
        self.wait_phase("pv", "pv-a", "Failed")
        status = self.agent.objects("pv")["pv-a"]["status"]
        self.assertEqual(status["reason"], "VolumeFailedDelete")
        self.assertIn(path, status["message"])
        self.assertRegex(self.kubectl("describe", "pv", "pv-a"), r"Warning\s+VolumeFailedDelete")
        self.assertEqual(sorted(os.listdir(path)), before)
        # The volume can be deleted by hand, its data stays
        self.kubectl("delete", "pv", "pv-a")
        self.assertEqual(sorted(os.listdir(path)), before)
