"""DaemonSets, ReplicationControllers and HorizontalPodAutoscalers on real containers, by kubectl."""
import json
import os

from harness.case import BUSYBOX
from harness.wait import wait_for
from test_kubectl import KubectlCase


def template(name, command, volumes=(), **main):
    container = {"name": "main", "image": BUSYBOX, "command": ["/bin/sh", "-c", command], **main}
    return {"metadata": {"labels": {"app": name}},
            "spec": {"terminationGracePeriodSeconds": 0, "containers": [container], "volumes": list(volumes)}}


# Burns a processor while there is a file, and nothing else.
LOAD = "while :; do if [ -e /load/on ]; then i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done; else sleep 0.2; fi; done"


class DaemonSets(KubectlCase):
    def setUp(self):
        super().setUp()
        self.load = os.path.join(self.directory, "load")

    def start_agent(self):
        self.agent.flags += ["--horizontal-pod-autoscaler-sync-period", "2"]
        self.agent.command = [self.agent.binary] + self.agent.flags
        super().start_agent()

    def create(self, version, kind, name, spec):
        body = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}
        self.kubectl("create", "-f", "-", text=json.dumps(body))

    def pods_of(self, name):
        return [pod for pod in self.kubectl.object("pods", "-l", f"app={name}")["items"]
                if "deletionTimestamp" not in pod["metadata"]]

    def test_all(self):
        self.daemon_set()
        self.replication_controller()
        self.autoscaler()
        self.take_down()

    def daemon_set(self):
        self.create("apps/v1", "DaemonSet", "watcher", {
            "selector": {"matchLabels": {"app": "watcher"}}, "template": template("watcher", "sleep 1000")})
        self.kubectl("rollout", "status", "ds/watcher", "--timeout=30s")
        self.assertRegex(self.kubectl("get", "ds"),
                         r"NAME +DESIRED +CURRENT +READY +UP-TO-DATE +AVAILABLE +NODE SELECTOR +AGE\n"
                         r"watcher +1 +1 +1 +1 +1 +<none> +\d+s")
        first = self.pods_of("watcher")[0]["metadata"]
        self.kubectl("set", "env", "ds/watcher", "COLOUR=blue")
        self.kubectl("rollout", "status", "ds/watcher", "--timeout=30s")
        self.assertEqual(self.kubectl("exec", "ds/watcher", "--", "sh", "-c", "echo $COLOUR"), "blue\n")
        self.assertRegex(self.kubectl("rollout", "history", "ds/watcher"), r"(?m)^1 +<none>\n2 +<none>")
        self.kubectl("rollout", "undo", "ds/watcher")
        self.kubectl("rollout", "status", "ds/watcher", "--timeout=30s")
        self.assertEqual(self.kubectl("exec", "ds/watcher", "--", "sh", "-c", "echo $COLOUR"), "\n")
        self.assertRegex(self.kubectl("rollout", "history", "ds/watcher"), r"(?m)^2 +<none>\n3 +<none>")
        label = "controller-revision-hash"
        last = self.pods_of("watcher")[0]["metadata"]
        self.assertEqual(last["labels"][label], first["labels"][label], "the revision is the first one again")
        # A drained node keeps it.
        code, out, error = self.kubectl.run("drain", "e2e-node", "--ignore-daemonsets")
        self.assertEqual(code, 0, out + error)
        self.assertIn("gnoring DaemonSet-managed", error)
        self.assertEqual(self.pods_of("watcher")[0]["metadata"]["uid"], last["uid"])
        self.kubectl("uncordon", "e2e-node")
        described = self.kubectl("describe", "ds", "watcher")
        self.assertRegex(described, r"Normal +SuccessfulCreate +.*daemonset-controller +Created pod: watcher-")
        self.kubectl("delete", "ds", "watcher")
        wait_for("its pod to follow it", lambda: not self.agent.pods(), 30)
        self.assertEqual(self.kubectl.object("controllerrevisions")["items"], [])

    def replication_controller(self):
        self.create("v1", "ReplicationController", "old", {"replicas": 1, "template": template("old", "sleep 1000")})
        self.kubectl("scale", "rc/old", "--replicas=2")
        wait_for("two pods of it", lambda: self.kubectl.object("rc", "old")["status"].get("readyReplicas") == 2, 30)
        self.assertRegex(self.kubectl("get", "rc"), r"NAME +DESIRED +CURRENT +READY +AGE\nold +2 +2 +2 +\d+s")
        self.kubectl("delete", "rc", "old")

    def autoscaler(self):
        os.makedirs(self.load)
        volume = {"name": "load", "hostPath": {"path": self.load}}
        pods = template("busy", LOAD, [volume], resources={"requests": {"cpu": "100m"}},
                        volumeMounts=[{"name": "load", "mountPath": "/load"}])
        self.create("apps/v1", "Deployment", "busy", {"selector": {"matchLabels": {"app": "busy"}}, "template": pods})
        self.kubectl("rollout", "status", "deploy/busy", "--timeout=30s")
        metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
        self.create("autoscaling/v2", "HorizontalPodAutoscaler", "busy", {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "busy"}, "maxReplicas": 3,
            "metrics": [{"type": "Resource", "resource": metric}],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}}})
        with open(os.path.join(self.load, "on"), "w", encoding="utf-8"):
            pass
        size = lambda: self.kubectl.object("deploy", "busy")["spec"]["replicas"]
        wait_for(lambda: f"three pods under load; {self.kubectl('describe', 'hpa', 'busy')}", lambda: size() == 3, 40)
        self.assertRegex(self.kubectl("get", "hpa"), r"busy +Deployment/busy +cpu: \d+%/50% +1 +3 +\d")
        os.unlink(os.path.join(self.load, "on"))
        wait_for(lambda: f"one pod without; {self.kubectl('describe', 'hpa', 'busy')}", lambda: size() == 1, 40)
        described = self.kubectl("describe", "hpa", "busy")
        for line in (r"AbleToScale +True", r"ScalingActive +True +ValidMetricFound",
                     r"SuccessfulRescale .*New size: 3; reason: cpu resource utilization \(percentage of request\) "
                     r"above target", r"SuccessfulRescale .*New size: 1; reason: All metrics below target"):
            self.assertRegex(described, line)
        self.kubectl("delete", "hpa,deploy", "busy")
