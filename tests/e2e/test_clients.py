"""Programs on the client libraries of Kubernetes, and Debian's older kubectl, on the agent's API."""
import os
import shutil
import subprocess

from harness.kubectl import Kubectl
from test_kubectl import BUSYBOX, KubectlCase

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = os.path.join(os.environ["ORDINAL_BUILD"], "clients")


class Clients(KubectlCase):
    def succeed(self, command, **environment):
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False,
                              env={**self.kubectl.environment, **environment})
        self.assertEqual(done.returncode, 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_python(self):
        # An agent that was started again knows nothing of the changes before: a watch from then has expired.
        self.kubectl("create", "configmap", "before")
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        # Debian's package belongs to Debian's interpreter, not to the one that runs this test.
        out = self.succeed(["/usr/bin/python3", os.path.join(HERE, "clients/python_client.py")])
        self.assertEqual(out.count(": ok"), 5, out)

    def test_javascript(self):
        self.kubectl("run", "talker", f"--image={BUSYBOX}", "--command", "--", "/bin/sh", "-c", "exec sleep 100000")
        self.kubectl("wait", "--for=condition=Ready", "pod/talker", "--timeout=20s")
        # Modules are found beside the program.
        program = os.path.join(CLIENTS, "node/node_client.mjs")
        shutil.copy(os.path.join(HERE, "clients/node_client.mjs"), program)
        out = self.succeed(["node", program], POD="talker")
        self.assertEqual(out.count(": ok"), 2, out)

    def test_kubectl_1_20(self):
        self.kubectl = Kubectl(self.agent, os.path.join(CLIENTS, "kubectl-1.20"))
        self.assertIn('GitVersion:"v1.32', self.kubectl("version"))
        self.apply_statefulset()  # validated against /openapi/v2
        self.assertIn("statefulsets", self.kubectl("api-resources"))
        self.assertRegex(self.kubectl("get", "pods"), r"kubia-0 +1/1 +Running")
        self.assertIn("name: kubia-0", self.kubectl("get", "pod", "kubia-0", "-o", "yaml"))
        self.assertRegex(self.kubectl("describe", "pod", "kubia-0"), r"Controlled By: +StatefulSet/kubia")
        self.assertRegex(self.kubectl("describe", "sts", "kubia"), r"Replicas: +2 desired")
        self.assertRegex(self.kubectl("get", "events"), "SuccessfulCreate")
        self.kubectl("scale", "sts", "kubia", "--replicas=2")
        self.kubectl("label", "pod", "kubia-0", "x=y", "--overwrite")
        self.kubectl("rollout", "status", "sts/kubia")
        self.assertIn("serviceName", self.kubectl("explain", "statefulset.spec.serviceName"))
        self.assertEqual(self.kubectl("delete", "pod", "kubia-1"), 'pod "kubia-1" deleted\n')
        self.assertIn("not found", self.kubectl.refused("delete", "configmap", "cm1"))
