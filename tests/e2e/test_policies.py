"""What a namespace lets in, who makes room for whom, and certificates of users, by kubectl on real containers."""
import base64
import os
import subprocess

from harness.case import BUSYBOX
from harness.kubectl import Kubectl
from harness.wait import wait_for
from test_kubectl import KubectlCase

POLICIES = """\
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: shop}
spec:
  limits:
  - {type: Container, default: {memory: 64Mi, cpu: 100m}, defaultRequest: {cpu: 10m}, max: {memory: 128Mi}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: shop}
spec: {hard: {pods: "2", limits.memory: 150Mi, count/configmaps: "2"}}
"""
POD = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: %s, namespace: %s}}
spec:
  terminationGracePeriodSeconds: 1
  priorityClassName: %s
  containers:
  - name: main
    image: {BUSYBOX}
    command: [/bin/sh, -c, "trap exit TERM; while true; do sleep 0.2; done"]
    resources: %s
"""
REQUEST = """\
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: dave}
spec: {request: %s, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth], expirationSeconds: 3600}
"""


class Policies(KubectlCase):
    def pod(self, name, namespace="default", resources="{}", priority='""'):
        return POD % (name, namespace, priority, resources)

    def phase(self, name):
        return self.kubectl.object("pod", name).get("status", {}).get("phase")

    def test_a_namespace_has_limits_and_a_quota(self):
        self.kubectl("create", "namespace", "shop")
        self.kubectl("apply", "-f", "-", text=POLICIES)
        wait_for("the root CA", lambda: "kube-root-ca.crt" in self.kubectl("get", "configmaps", "-n", "shop"))
        self.kubectl("apply", "-f", "-", text=self.pod("a", "shop"))
        self.assertEqual(self.kubectl("get", "pod", "a", "-n", "shop", "-o",
                                      "jsonpath={.spec.containers[0].resources.limits.memory}"), "64Mi")
        self.assertIn('pods "big" is forbidden: maximum memory usage per Container is 128Mi, but limit is 200Mi',
                      self.kubectl.refused("apply", "-f", "-", text=self.pod("big", "shop", "{limits: {memory: 200Mi}}")))
        self.assertIn('pods "b" is forbidden: exceeded quota: quota, requested: limits.memory=100Mi, used: '
                      'limits.memory=64Mi, limited: limits.memory=150Mi',
                      self.kubectl.refused("apply", "-f", "-", text=self.pod("b", "shop", "{limits: {memory: 100Mi}}")))
        self.kubectl("create", "configmap", "one", "-n", "shop")
        self.assertIn("exceeded quota: quota, requested: count/configmaps=1, used: count/configmaps=2, limited: "
                      "count/configmaps=2", self.kubectl.refused("create", "configmap", "two", "-n", "shop"))
        wait_for("the quota's status",
                 lambda: "pods: 1/2" in self.kubectl("get", "quota", "-n", "shop"))
        self.assertRegex(self.kubectl("describe", "quota", "quota", "-n", "shop"), r"limits.memory +64Mi +150Mi")
        self.kubectl("delete", "pod", "a", "-n", "shop", "--wait")
        wait_for("the quota's status", lambda: "pods: 0/2" in self.kubectl("get", "quota", "-n", "shop"))
        self.kubectl("apply", "-f", "-", text=self.pod("b", "shop", "{limits: {memory: 100Mi}}"))

    def test_pods_are_held_to_the_level_of_their_namespace(self):
        self.kubectl("create", "namespace", "strict")
        self.kubectl("apply", "-f", "-", text=self.pod("old", "strict"))
        code, out, err = self.kubectl.run("label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted")
        self.assertEqual(code, 0, err)
        self.assertIn('existing pods in namespace "strict" violate the new PodSecurity enforce level '
                      '"restricted:latest"', err)
        refused = self.kubectl.refused("apply", "-f", "-", text=self.pod("new", "strict"))
        self.assertIn('violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" '
                      'must set securityContext.allowPrivilegeEscalation=false)', refused)
        code, out, err = self.kubectl.run("create", "deployment", "web", "-n", "strict", "--image", BUSYBOX)
        self.assertEqual(code, 0, err)
        self.assertIn('would violate PodSecurity "restricted:latest"', err)
        self.assertIn("must be one of privileged, baseline, restricted",
                      self.kubectl.refused("label", "namespace", "strict", "--overwrite",
                                           "pod-security.kubernetes.io/enforce=strict"))

    def test_an_important_pod_takes_the_place_of_a_lesser_one(self):
        cpus = int(self.kubectl.object("node", "e2e-node")["status"]["allocatable"]["cpu"])
        most = f"{{requests: {{cpu: {cpus * 1000 - 300}m}}}}"
        self.kubectl("create", "priorityclass", "urgent", "--value", "1000")
        self.kubectl("apply", "-f", "-", text=self.pod("lesser", resources=most))
        wait_for("the first pod", lambda: self.phase("lesser") == "Running")
        self.kubectl("apply", "-f", "-", text=self.pod("urgent", resources=most, priority="urgent"))
        wait_for("the important pod", lambda: self.phase("urgent") == "Running")
        self.assertIn('pods "lesser" not found', self.kubectl.refused("get", "pod", "lesser"))
        self.assertIn("Preempted by pod", self.kubectl("get", "events", "--field-selector=reason=Preempted"))

    def test_a_request_that_was_approved_becomes_a_certificate(self):
        key, request = (os.path.join(self.directory, name) for name in ("dave.key", "dave.csr"))
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", request, "-subj", "/O=ops/CN=dave"], check=True, capture_output=True)
        with open(request, "rb") as file:
            self.kubectl("apply", "-f", "-", text=REQUEST % base64.b64encode(file.read()).decode())
        self.assertRegex(self.kubectl("get", "csr"),
                         r"dave +\d+s +kubernetes.io/kube-apiserver-client +kubernetes-admin +60m +Pending")
        self.kubectl("certificate", "approve", "dave")
        wait_for("the certificate", lambda: "Approved,Issued" in self.kubectl("get", "csr", "dave"))
        certificate = os.path.join(self.directory, "dave.crt")
        with open(certificate, "wb") as file:
            file.write(base64.b64decode(self.kubectl.object("csr", "dave")["status"]["certificate"]))
        config = os.path.join(self.directory, "dave.kubeconfig")
        with open(os.path.join(self.agent.state, "admin.kubeconfig"), encoding="utf-8") as file:
            text = file.read()
        with open(config, "w", encoding="utf-8") as file:
            file.write(text)
        dave = Kubectl(self.agent)
        dave.environment["KUBECONFIG"] = config
        dave("config", "set-credentials", "dave", "--client-certificate", certificate, "--client-key", key)
        dave("config", "set-context", "--current", "--user", "dave")
        who = dave("auth", "whoami")
        self.assertRegex(who, r"Username +dave\n")
        self.assertRegex(who, r"Groups +\[ops system:authenticated\]")
