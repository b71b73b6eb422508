"""kubectl drives it: the commands people use every day (the recorded sessions are in test_sessions.py)."""
import base64
import json
import os
import re
import subprocess

from harness.case import BUSYBOX, EXAMPLE, SOURCE, AgentCase, make_busybox, make_image
from harness.kubectl import Kubectl
from harness.wait import wait_for
from harness.world import run

SESSIONS = os.path.join(SOURCE, "tests/data/sessions")


class KubectlCase(AgentCase):
    def setUp(self):
        super().setUp()
        image = os.path.join(self.directory, "busybox.tar")
        make_busybox(image)
        self.agent.add_image(image)
        self.start_agent()
        self.kubectl = Kubectl(self.agent)

    def session(self, name):
        return os.path.join(SESSIONS, name)

    def apply_statefulset(self):
        with open(self.session("statefulset.yaml"), encoding="utf-8") as file:
            text = file.read().replace("/srv/golden-pv", os.path.join(self.directory, "pv"))
        path = os.path.join(self.directory, "statefulset.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        out = self.kubectl("apply", "-f", path)
        self.kubectl("rollout", "status", "sts/kubia", "--timeout=60s")
        return out


class EveryDay(KubectlCase):
    """One agent with the set running; the commands in turn."""

    def test_the_notes_own_yaml(self):
        for name in ("persistent-volumes.yaml", "service.yaml", "statefulset.yaml"):
            self.kubectl("create", "-f", os.path.join(EXAMPLE, name))
        self.wait_pods(["kubia-0", "kubia-1", "kubia-2"])

    def test_reading(self):
        self.apply_statefulset()
        self.assertIn("Server Version: v1.32", self.kubectl("version"))
        resources = self.kubectl("api-resources")
        for line in (r"(?m)^statefulsets +sts +apps/v1 +true +StatefulSet", r"(?m)^pods +po +v1 +true +Pod",
                     r"(?m)^nodes +no +v1 +false +Node"):
            self.assertRegex(resources, line)
        self.assertRegex(self.kubectl("get", "nodes"), r"e2e-node +Ready +<none> +\S+ +v1\.32")
        self.assertRegex(self.kubectl("get", "all"), r"statefulset.apps/kubia +2/2")
        self.assertRegex(self.kubectl("get", "pods", "-A"), r"default +kubia-0")
        self.assertEqual(self.kubectl("get", "pods", "-l", "app=other"), "")
        out = self.kubectl("get", "pods", "--field-selector=status.phase=Running", "-o", "name")
        self.assertEqual(out, "pod/kubia-0\npod/kubia-1\n")
        self.assertIn('pods "nobody" not found', self.kubectl.refused("get", "pod", "nobody"))
        self.assertIn("the server doesn't have a resource type", self.kubectl.refused("get", "nonsense"))
        self.assertIn("FIELD: serviceName <string>", self.kubectl("explain", "statefulset.spec.serviceName"))
        self.assertIn("containers", self.kubectl("explain", "pod.spec"))
        self.assertEqual(self.kubectl("auth", "can-i", "delete", "pods"), "yes\n")
        self.assertIn("kubernetes-admin", self.kubectl("auth", "whoami"))
        self.assertIn("is running at", self.kubectl("cluster-info"))
        self.assertEqual(self.kubectl("wait", "--for=condition=Ready", "pod/kubia-0", "--timeout=20s"),
                         "pod/kubia-0 condition met\n")
        self.assertRegex(self.kubectl("get", "events"), r"Normal +SuccessfulCreate +statefulset/kubia")

    def test_writing(self):
        self.apply_statefulset()
        path = os.path.join(self.directory, "statefulset.yaml")
        before = self.kubectl("get", "sts", "kubia", "-o", "jsonpath={.metadata.resourceVersion}")
        self.assertIn("service/kubia unchanged", self.kubectl("apply", "-f", path))
        after = self.kubectl("get", "sts", "kubia", "-o", "jsonpath={.metadata.resourceVersion}")
        self.assertEqual(before, after, "applying the same again writes nothing")
        self.assertIn("statefulset.apps/kubia serverside-applied",
                      self.kubectl("apply", "--server-side", "--force-conflicts", "-f", path))
        self.assertEqual(self.kubectl("label", "pod", "kubia-0", "x=y"), "pod/kubia-0 labeled\n")
        self.assertEqual(self.kubectl("annotate", "pod", "kubia-0", "why=because"), "pod/kubia-0 annotated\n")
        self.assertEqual(self.kubectl("get", "pods", "-l", "x=y", "-o", "name"), "pod/kubia-0\n")
        self.assertEqual(self.kubectl("create", "configmap", "cm1", "--from-literal=a=b"), "configmap/cm1 created\n")
        self.assertEqual(self.kubectl("get", "cm", "cm1", "-o", "jsonpath={.data.a}"), "b")
        self.assertEqual(self.kubectl("delete", "configmap", "cm1"), 'configmap "cm1" deleted\n')
        code, out, _ = self.kubectl.run("diff", "-f", path)
        self.assertEqual((code, out), (0, ""))
        # diff is 1 where something differs, and shows it; edit goes through the editor of the environment.
        self.kubectl("scale", "sts/kubia", "--replicas=1")
        code, out, _ = self.kubectl.run("diff", "-f", path)
        self.assertEqual(code, 1, out)
        self.assertRegex(out, r"(?m)^\+ +replicas: 2$")
        self.kubectl.environment["KUBE_EDITOR"] = "sed -i s/^.*replicas:.*$/\\ \\ replicas:\\ 2/"
        self.assertIn("statefulset.apps/kubia edited", self.kubectl("edit", "sts/kubia"))
        self.kubectl("rollout", "status", "sts/kubia", "--timeout=60s")
        self.kubectl("rollout", "restart", "sts/kubia")
        self.kubectl("rollout", "status", "sts/kubia", "--timeout=60s")
        self.assertRegex(self.kubectl("rollout", "history", "sts/kubia"), r"(?m)^1 .*\n2 ")
        self.kubectl("rollout", "undo", "sts/kubia")
        self.kubectl("rollout", "status", "sts/kubia", "--timeout=60s")

    def test_namespaces(self):
        self.assertEqual(self.kubectl("create", "namespace", "other"), "namespace/other created\n")

        def inside():
            return self.kubectl("get", "serviceaccounts,configmaps", "-n", "other", "-o", "name").split()
        wait_for("what every namespace has", lambda: inside() == ["serviceaccount/default", "configmap/kube-root-ca.crt"], 20)
        # The certificate is the one by which kubectl itself knows the API.
        published = self.kubectl("get", "cm", "kube-root-ca.crt", "-n", "other", "-o", r"jsonpath={.data.ca\.crt}")
        known = self.kubectl("config", "view", "--raw", "-o", "jsonpath={.clusters[0].cluster.certificate-authority-data}")
        self.assertEqual(published, base64.b64decode(known).decode())
        self.kubectl("delete", "sa", "default", "-n", "other")
        wait_for("the service account to come back", lambda: "serviceaccount/default" in inside(), 20)
        self.kubectl("run", "guest", "-n", "other", f"--image={BUSYBOX}", "--command", "--",
                     "/bin/sh", "-c", "trap exit TERM; while true; do sleep 0.2; done")
        self.kubectl("wait", "-n", "other", "--for=condition=Ready", "pod/guest", "--timeout=30s")
        self.assertEqual(self.kubectl("delete", "namespace", "other", "--timeout=60s"), 'namespace "other" deleted\n')
        self.assertIn('namespaces "other" not found', self.kubectl.refused("get", "namespace", "other"))
        self.assertEqual(self.kubectl("get", "all,sa,cm", "-A", "-o", "name").count("guest"), 0)
        wait_for("the pod's containers to be gone", lambda: not self.agent.pods(), 20)

    def test_usage(self):
        self.apply_statefulset()
        # A rate needs two looks at the processor's clock: the first answer may have no figures yet.
        wait_for("kubectl top pods", lambda: re.search(r"(?m)^kubia-0 +\d+m +\d+Mi", self.kubectl.run("top", "pods")[1]), 60)
        wait_for("kubectl top nodes", lambda: re.search(r"(?m)^e2e-node +\d+m +\d+% +\d+Mi +\d+%",
                                                       self.kubectl.run("top", "nodes")[1]), 60)

    def scheduling(self, pod):
        conditions = self.kubectl.object("pod", pod).get("status", {}).get("conditions", [])
        return next((c.get("message", "") for c in conditions if c["type"] == "PodScheduled"), "")

    def test_placing(self):
        run_pod = ["run", "late", f"--image={BUSYBOX}", "--command", "--", "/bin/sh", "-c", "exec sleep 100000"]
        for condition in ("create", "condition=Ready"):
            self.kubectl("wait", f"--for={condition}", "node/e2e-node", "--timeout=30s")
        self.assertEqual(self.kubectl("cordon", "e2e-node"), "node/e2e-node cordoned\n")
        self.assertRegex(self.kubectl("get", "nodes"), r"e2e-node +Ready,SchedulingDisabled")
        self.kubectl(*run_pod)
        wait_for("the pod to wait for its node", lambda: "1 node(s) were unschedulable" in self.scheduling("late"), 20)
        self.assertRegex(self.kubectl("get", "events"), r"Warning +FailedScheduling +pod/late")
        self.kubectl("uncordon", "e2e-node")
        self.kubectl("wait", "--for=condition=Ready", "pod/late", "--timeout=30s")
        self.kubectl("taint", "nodes", "e2e-node", "work=done:NoExecute")
        wait_for("the taint to drive the pod away", lambda: not self.agent.pods(), 60)
        self.kubectl("taint", "nodes", "e2e-node", "work-")
        self.kubectl(*run_pod)
        self.kubectl("wait", "--for=condition=Ready", "pod/late", "--timeout=30s")
        self.assertIn("node/e2e-node drained", self.kubectl("drain", "e2e-node", "--force", "--grace-period=1"))
        self.assertEqual(self.agent.pods(), {})

    def test_refusals_name_the_field(self):
        self.apply_statefulset()
        self.assertIn("AlreadyExists", self.kubectl.refused("create", "-f", os.path.join(self.directory, "statefulset.yaml")))
        bad = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bad"}, "spec": {"containers": []}}
        error = self.kubectl.refused("create", "-f", "-", text=json.dumps(bad))
        self.assertIn('The Pod "bad" is invalid: spec.containers:', error)
        bad["spec"] = {"containers": [{"name": "a", "image": "b", "comand": []}]}
        self.assertIn("comand", self.kubectl.refused("create", "-f", "-", text=json.dumps(bad)))

    def test_watching(self):
        watch = self.kubectl.start("get", "pods", "-w", "--no-headers")
        self.addCleanup(watch.stdout.close)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        self.apply_statefulset()
        seen = []
        while not re.search(r"kubia-1 +1/1 +Running", "".join(seen)):
            line = watch.stdout.readline()
            self.assertTrue(line, f"the watch ended: {seen}")
            seen.append(line)
        self.assertRegex(seen[0], r"kubia-0 +0/1 +Pending")


class Sessions(KubectlCase):
    def test_logs_exec_cp_and_port_forward(self):
        self.apply_statefulset()
        self.kubectl("run", "talker", f"--image={BUSYBOX}", "--command", "--", "/bin/sh", "-c",
                     "echo one; echo two; exec sleep 100000")
        self.kubectl("wait", "--for=condition=Ready", "pod/talker", "--timeout=20s")
        wait_for("the log", lambda: self.kubectl("logs", "talker") == "one\ntwo\n", 10)
        self.assertEqual(self.kubectl("logs", "talker", "--tail=1"), "two\n")
        self.assertRegex(self.kubectl("logs", "talker", "--timestamps", "--tail=1"), r"^\d{4}-\d\d-\d\dT\S+Z two\n$")
        self.assertEqual(self.kubectl("exec", "talker", "--", "echo", "hello"), "hello\n")
        self.assertEqual(self.kubectl("exec", "-i", "talker", "--", "cat", text="in and out\n"), "in and out\n")
        code, _, error = self.kubectl.run("exec", "talker", "--", "/bin/sh", "-c", "exit 7")
        self.assertEqual(code, 7, error)
        path = os.path.join(self.directory, "copied")
        with open(path, "w", encoding="utf-8") as file:
            file.write("a copy")
        self.kubectl("cp", path, "talker:/copied")
        self.assertEqual(self.kubectl("exec", "talker", "--", "cat", "/copied"), "a copy")

    def create_pod(self, name, script, **more):
        container = {"name": "main", "image": BUSYBOX, "command": ["/bin/sh", "-c", script], **more}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
               "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "containers": [container]}}
        self.kubectl("create", "-f", "-", text=json.dumps(pod))

    def test_attach(self):
        self.create_pod("catty", "echo ready; exec cat", stdin=True, stdinOnce=True)
        self.kubectl("wait", "--for=condition=Ready", "pod/catty", "--timeout=20s")
        self.assertIn("to and fro\n", self.kubectl("attach", "-i", "catty", text="to and fro\n"))
        self.kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/catty", "--timeout=20s")
        self.assertEqual(self.kubectl("logs", "catty"), "ready\nto and fro\n")

    def test_log_options(self):
        self.create_pod("steps", "for i in 1 2 3; do echo step $i; sleep 1; done")
        self.kubectl("wait", "--for=condition=Ready", "pod/steps", "--timeout=20s")
        self.assertEqual(self.kubectl("logs", "-f", "steps"), "step 1\nstep 2\nstep 3\n", "followed to its end")
        self.assertEqual(self.kubectl("logs", "steps", "--limit-bytes=6"), "step 1")
        self.assertEqual(self.kubectl("logs", "steps", "--since=1h", "--tail=2"), "step 2\nstep 3\n")
        self.assertEqual(self.kubectl("logs", "steps", "--all-containers", "--prefix", "--tail=1"),
                         "[pod/steps/main] step 3\n")
        self.kubectl("run", "loop", f"--image={BUSYBOX}", "--command", "--", "/bin/sh", "-c", "hostname; exit 3")
        wait_for("a second run", lambda: self.kubectl.run("logs", "-p", "loop")[1] == "loop\n", 40)
        self.assertIn("container nobody is not valid", self.kubectl.refused("logs", "steps", "-c", "nobody"))

    def test_port_forward(self):
        for name in ("persistent-volumes.yaml", "service.yaml", "statefulset.yaml"):
            self.kubectl("create", "-f", os.path.join(EXAMPLE, name))
        self.wait_pods(["kubia-0", "kubia-1", "kubia-2"])
        forward = self.kubectl.start("port-forward", "kubia-1", "18080:8080")
        self.addCleanup(forward.stdout.close)
        self.addCleanup(forward.wait)
        self.addCleanup(forward.kill)
        self.assertIn("Forwarding from", forward.stdout.readline())
        done = subprocess.run(["curl", "-s", "http://127.0.0.1:18080/"], capture_output=True, text=True, timeout=20,
                              check=False)
        self.assertIn("kubia-1", done.stdout)
