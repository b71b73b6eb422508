"""Sets of more replicas than any host runs: the agent answers all the while, also after a restart, and they go."""
import json
import time

from harness.case import AgentCase
from harness.kubectl import Kubectl
from harness.wait import wait_for

MOST = 2147483647
# What a set may have that no node takes: the 110 pods of a node, and 100.
MAY_WAIT = 210
PATIENCE = 5  # seconds a command may take while the sets are there


def workload(kind, name, replicas, **more):
    labels = {"app": name}
    template = {"metadata": {"labels": labels},
                "spec": {"nodeSelector": {"no": "where"}, "containers": [{"name": "main", "image": "none:1"}]}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **more}}


SETS = [workload("StatefulSet", "parallel", MOST, podManagementPolicy="Parallel", serviceName="parallel"),
        workload("StatefulSet", "beyond", MOST, podManagementPolicy="Parallel", serviceName="beyond",
                 ordinals={"start": MOST}),
        workload("ReplicaSet", "many", 200000),
        workload("Deployment", "most", MOST)]


class HugeSets(AgentCase):
    def setUp(self):
        super().setUp()
        self.agent.start()
        self.agent.wait_ready()
        self.kubectl = Kubectl(self.agent)

    def quick(self, *arguments, **more):
        began = time.monotonic()
        out = self.kubectl(*arguments, seconds=PATIENCE, **more)
        self.assertLess(time.monotonic() - began, PATIENCE, f"seconds of kubectl {' '.join(arguments)}")
        return out

    def pods_of(self):
        """app → number of pods"""
        counts = {}
        for pod in json.loads(self.quick("get", "pods", "-o", "json"))["items"]:
            app = pod["metadata"]["labels"]["app"]
            counts[app] = counts.get(app, 0) + 1
        return counts

    def held_back(self, kind, name):
        conditions = self.kubectl.object(kind, name).get("status", {}).get("conditions", [])
        return next((c["message"] for c in conditions if c["type"] == "ReplicasHeldBack"), "")

    def wait_made(self):
        wanted = {name: MAY_WAIT for name in ("parallel", "beyond", "many", "most")}
        wait_for(lambda: f"{wanted} pods, there are {self.pods_of()}", lambda: self.pods_of() == wanted, 30)

    def memory(self):
        with open(f"/proc/{self.agent.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:")) // 1024

    def test_they_are_counted_and_go(self):
        for body in SETS:
            self.quick("create", "-f", "-", text=json.dumps(body))
        self.wait_made()
        for kind, name, rest in (("sts", "parallel", f"{MOST - MAY_WAIT} of {MOST}"),
                                 ("sts", "beyond", f"{MOST - MAY_WAIT} of {MOST}"),
                                 ("rs", "many", f"{200000 - MAY_WAIT} of 200000"),
                                 ("deployment", "most", f"{MOST - MAY_WAIT} of {MOST}")):
            wait_for(lambda k=kind, n=name, r=rest: f"{n} to say {r}; it says {self.held_back(k, n)}",
                     lambda k=kind, n=name, r=rest: r in self.held_back(k, n), 10)
        self.assertLess(self.memory(), 200, "MiB with 840 pods that wait")

        self.agent.kill9()
        began = time.monotonic()
        self.agent.start()
        self.agent.wait_ready(seconds=10)
        print(f"ready {time.monotonic() - began:.1f} s after a restart with the sets, {self.memory()} MiB")
        self.assertEqual(self.pods_of(), {name: MAY_WAIT for name in ("parallel", "beyond", "many", "most")})

        self.quick("scale", "sts/parallel", "--replicas=2")
        wait_for("the set to shrink", lambda: self.pods_of().get("parallel") == 2, 20)
        self.assertEqual(self.held_back("sts", "parallel"), "")
        self.quick("delete", "sts/parallel", "sts/beyond", "rs/many", "deployment/most", "--wait=false")
        wait_for(lambda: f"no pods, there are {self.pods_of()}", lambda: self.pods_of() == {}, 30)
        self.take_down()
