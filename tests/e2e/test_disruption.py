"""Disruption budgets on real containers: evictions keep to them, and `kubectl drain` waits for them and ends."""
import json
import re
import subprocess

from harness.case import BUSYBOX
from harness.wait import wait_for
from test_kubectl import KubectlCase

DEPLOYMENT = f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {{app: web}}
  template:
    metadata:
      labels: {{app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: {BUSYBOX}
        command: [/bin/sh, -c, "trap exit TERM; while true; do sleep 0.2; done"]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  %s
  selector:
    matchLabels: {{app: web}}
"""
REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."


class Disruption(KubectlCase):
    def apply_web(self, budget):
        self.kubectl("apply", "-f", "-", text=DEPLOYMENT % budget)
        self.kubectl("rollout", "status", "deploy/web", "--timeout=60s")

    def status(self):
        return self.kubectl.object("pdb", "web").get("status", {})

    def wait_status(self, **wanted):
        wait_for(lambda: f"the budget's status {wanted}, it is {self.status()}",
                 lambda: {name: self.status().get(name) for name in wanted} == wanted, 30)

    def test_a_drain_waits_for_the_budget_and_ends(self):
        self.apply_web("minAvailable: 2")
        self.wait_status(expectedPods=3, currentHealthy=3, desiredHealthy=2, disruptionsAllowed=1)
        table = self.kubectl("get", "pdb")
        self.assertRegex(table, r"NAME +MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS +AGE\n"
                                r"web +2 +N/A +1 +\d+s")
        described = self.kubectl("describe", "pdb", "web")
        self.assertRegex(described, r"(?s)Min available: +2\n.*Allowed disruptions: +1\n.*Current: +3\n.*Desired: +2\n")

        drain = self.kubectl.start("drain", "e2e-node", "--force", "--timeout=120s")
        self.addCleanup(drain.stdout.close)
        self.addCleanup(drain.wait)
        self.addCleanup(drain.kill)
        said = []
        while REFUSED not in "".join(said):
            line = drain.stdout.readline()
            self.assertTrue(line, f"the drain ended: {said}")
            said.append(line)
        wait_for("one pod to be gone and two to be ready", lambda: len(self.agent.ready_pods()) == 2, 30)
        self.wait_status(currentHealthy=2, disruptionsAllowed=0)
        self.assertIsNone(drain.poll(), "it waits")
        self.assertEqual(len(self.agent.ready_pods()), 2, "and takes no more than the budget lets go")

        self.kubectl("patch", "pdb", "web", "--type=merge", "-p", '{"spec":{"minAvailable":0}}')
        out, _ = drain.communicate(timeout=60)
        self.assertEqual(drain.returncode, 0, out)
        self.assertIn("node/e2e-node drained", out)
        wait_for("no container to run", lambda: not self.container_ids(), 30)
        self.kubectl("uncordon", "e2e-node")
        wait_for("three pods again", lambda: len(self.agent.ready_pods()) == 3, 60)
        self.take_down()

    def evict(self, pod):
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": "default"}}
        process = subprocess.Popen(
            [self.kubectl.program, "create", "--raw", f"/api/v1/namespaces/default/pods/{pod}/eviction", "-f", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=self.kubectl.environment)
        process.stdin.write(json.dumps(body))
        process.stdin.close()
        return process

    def test_evictions_at_once_take_no_more_than_is_allowed(self):
        self.apply_web("maxUnavailable: 34%")  # of three, rounded up: two
        self.wait_status(expectedPods=3, desiredHealthy=1, disruptionsAllowed=2)
        pods = sorted(self.agent.pods())
        self.assertEqual(len(pods), 3)
        evictions = [self.evict(pod) for pod in pods]
        said = []
        for process in evictions:
            said.append(process.stdout.read())
            process.stdout.close()
            process.wait(timeout=60)
        codes = [process.returncode for process in evictions]
        self.assertEqual(codes.count(0), 2, said)
        refused = next(text for code, text in zip(codes, said) if code != 0)
        self.assertRegex(refused, re.escape(REFUSED) + "|TooManyRequests")
        # Its replacements make room for the next one.
        wait_for("three pods again", lambda: len(self.agent.ready_pods()) == 3, 60)
        self.wait_status(currentHealthy=3, disruptionsAllowed=2)
        self.assertNotIn("disruptedPods", self.status())
        self.assertEqual(self.kubectl("delete", "pdb", "web"), 'poddisruptionbudget.policy "web" deleted\n')
