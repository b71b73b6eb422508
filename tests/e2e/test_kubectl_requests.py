"""Every recorded command of kubectl makes the requests it made of a real Kubernetes, and gets the codes it got."""
import json
import os

from harness.kubectl import Kubectl
from harness.session import pair_up, requests
from harness.wait import wait_for
from test_clients import CLIENTS
from test_kubectl import KubectlCase

# Where ours may differ from what was recorded, and why.
BETTER = {
    "logs kubia-0": "the recorded host had no kubelet behind it, and answered 500",
    "exec kubia-0 -- true": "the same",
    "top pod": "nobody served metrics.k8s.io there",
}


class Requests(KubectlCase):
    def setUp(self):
        super().setUp()
        self.apply_statefulset()
        # As the recording found the set: scaled and updated by others since it was applied.
        self.kubectl("scale", "sts", "kubia", "--replicas=3")
        wait_for("the third pod", lambda: "kubia-2" in self.agent.ready_pods(), 30)
        self.manifest = os.path.join(self.directory, "statefulset.yaml")

    def arguments(self, command):
        return [self.manifest if word.endswith("manifest.yaml") else word for word in command.split()]

    def check_all(self, recording):
        recorded = list(requests(self.session(recording)))
        self.assertGreater(len(recorded), 10, recording)
        for command, wanted in recorded:
            with self.subTest(command):
                code, out, said = self.kubectl.run("-v=8", *self.arguments(command))
                made = pair_up((out + said).splitlines())
                self.assertEqual(code, 0, f"{out}\n{said[-2000:]}")
                self.compare(command, wanted, made)

    def compare(self, command, wanted, made):
        self.assertTrue(made or not wanted, f"kubectl {command} said of no request that it made it")
        if command in BETTER:
            self.assertTrue(all(code < 300 for _, _, code in made[-1:]), made)
        elif command == "api-resources":
            self.assertTrue(all(code == 200 for _, _, code in made), made)
        else:
            self.assertEqual(made, wanted, f"kubectl {command}:\n" + json.dumps(made, indent=1))

    def test_kubectl_1_32(self):
        self.check_all("kubectl-1.32-requests.txt")

    def test_kubectl_1_20(self):
        self.kubectl = Kubectl(self.agent, os.path.join(CLIENTS, "kubectl-1.20"))
        self.kubectl("create", "configmap", "cm1")
        self.check_all("kubectl-1.20-requests.txt")
