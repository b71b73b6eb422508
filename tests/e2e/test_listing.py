"""What crictl users see: the standard labels, annotations and log files."""
import os
import re

from harness.case import KubiaCase
from harness.cri import CONTAINER_NAME, POD_NAME, POD_NAMESPACE, POD_UID

LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d) stdout F (.*)$")


class Listing(KubiaCase):
    def test_sandboxes_carry_the_standard_labels(self):
        pods = self.agent.pods()
        for pod in self.PODS:
            sandbox = self.cri.sandbox(pod)
            uid = pods[pod]["metadata"]["uid"]
            labels = sandbox["labels"]
            self.assertEqual((labels[POD_NAME], labels[POD_NAMESPACE], labels[POD_UID]), (pod, "default", uid))
            self.assertEqual(labels["app"], "kubia", "the pod's own labels are on the sandbox")
            self.assertEqual((sandbox["name"], sandbox["namespace"], sandbox["uid"]), (pod, "default", uid))
            self.assertEqual(sandbox["ips"][0], pods[pod]["status"]["podIP"])

    def test_containers_carry_the_standard_labels_and_annotations(self):
        pods = self.agent.pods()
        for pod in self.PODS:
            container = self.cri.running(pod)
            uid = pods[pod]["metadata"]["uid"]
            self.assertEqual({key: container["labels"].get(key) for key in
                              (POD_NAME, POD_NAMESPACE, POD_UID, CONTAINER_NAME)},
                             {POD_NAME: pod, POD_NAMESPACE: "default", POD_UID: uid, CONTAINER_NAME: "kubia"})
            annotations = container["annotations"]
            self.assertRegex(annotations["io.kubernetes.container.hash"], r"^[0-9a-f]+$")
            self.assertEqual(annotations["io.kubernetes.container.restartCount"], "0")
            self.assertEqual(annotations["io.kubernetes.container.terminationMessagePath"], "/dev/termination-log")
            self.assertEqual(annotations["io.kubernetes.container.terminationMessagePolicy"], "File")
            self.assertEqual(annotations["io.kubernetes.pod.terminationGracePeriod"], "30")

    def test_logs_are_where_they_are_looked_for(self):
        for pod in self.PODS:
            uid = self.agent.pods()[pod]["metadata"]["uid"]
            path = os.path.join(self.agent.pod_logs, f"default_{pod}_{uid}", "kubia", "0.log")
            self.assertEqual(self.cri.running(pod)["logPath"], path)
            with open(path, encoding="utf-8") as file:
                first = LOG_LINE.match(file.readline().rstrip("\n"))
            self.assertIsNotNone(first)
            self.assertEqual(first.group(2), "kubia listening on :8080")

    def test_pod_objects_have_the_sets_labels(self):
        for index, pod in enumerate(self.PODS):
            labels = self.agent.pods()[pod]["metadata"]["labels"]
            self.assertEqual(labels["statefulset.kubernetes.io/pod-name"], pod)
            self.assertEqual(labels["apps.kubernetes.io/pod-index"], str(index))
            self.assertIn("controller-revision-hash", labels)

    def test_tables_look_like_kubectls(self):
        lines = self.agent.get("pods").splitlines()
        self.assertEqual(lines[0].split(), ["NAME", "READY", "STATUS", "RESTARTS", "AGE"])
        self.assertEqual([line.split()[:4] for line in lines[1:]], [[pod, "1/1", "Running", "0"] for pod in self.PODS])
        self.assertEqual(self.agent.get("statefulsets").splitlines()[1].split()[:2], ["kubia", "3/3"])

    def test_every_resource_is_listed(self):
        known = self.agent.ask("get", "nonsense")[1].split("known are:")[1].split()
        self.assertIn("statefulsets", known)
        for resource in known:
            for flags in ([], ["-A", "-o", "wide"], ["-o", "json"]):
                code, text = self.agent.ask("get", resource, *flags)
                self.assertEqual(code, 0, f"{resource} {flags}: {text}")
        self.assertEqual([line.split()[0] for line in self.agent.get("pods", "kubia-1").splitlines()], ["NAME", "kubia-1"])
        self.assertEqual(self.agent.get("pods", "-A").splitlines()[1].split()[:2], ["default", "kubia-0"])
        self.assertEqual(self.agent.ask("get", "pods", "nobody"), (1, 'pods "nobody" not found\n'))
        self.assertEqual(self.agent.ask("get", "pods", "-n", "nowhere"), (0, "No resources found.\n"))

    def test_hosts_and_resolv_conf_inside_the_pod(self):
        root = f"/proc/{self.cri.running('kubia-0')['pid']}/root"
        with open(root + "/etc/resolv.conf", encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertIn("nameserver 169.254.20.10", lines)
        self.assertTrue(any(line.startswith("search default.svc.cluster.local svc.cluster.local cluster.local")
                            for line in lines), lines)
        self.assertIn("options ndots:5", lines)
        with open(root + "/etc/hosts", encoding="utf-8") as file:
            entries = [line.split() for line in file if line.strip() and not line.startswith("#")]
        self.assertIn([self.cri.address("kubia-0"), "kubia-0.kubia.default.svc.cluster.local", "kubia-0"], entries)
