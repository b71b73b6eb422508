"""An operator on the Go client library of Kubernetes (tests/e2e/operator), in a pod, with the rights it needs and no more:
a definition of its own, informers, a lease, protobuf. tests/e2e/operator/install builds it."""
import json
import os
import re
import unittest

from harness import http
from harness.case import IMAGE
from harness.kubectl import Kubectl
from harness.wait import wait_for
from test_kubectl import KubectlCase

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "operator")
TARBALL = os.path.join(os.environ["ORDINAL_BUILD"], "operator/operator.tar")
NAMESPACE = "data"
PROTOBUF = "application/vnd.kubernetes.protobuf"
SETS = "resources: [statefulsets], verbs: [list, watch, {}update]"  # of role.yaml


def operator(name):
    variables = [{"name": variable, "valueFrom": {"fieldRef": {"fieldPath": field}}}
                 for variable, field in (("POD_NAME", "metadata.name"), ("POD_NAMESPACE", "metadata.namespace"))]
    container = {"name": "operator", "image": "ordinal.test/ensemble-operator:1", "env": variables,
                 "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1}}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                       "spec": {"serviceAccountName": "ensemble-operator", "containers": [container]}})


def ensemble(members):
    return json.dumps({"apiVersion": "databases.example.com/v1", "kind": "Ensemble", "metadata": {"name": "x"},
                       "spec": {"image": IMAGE, "members": members, "config": {"durable": "yes"}}})


class Namespaced(Kubectl):
    """kubectl that works in one namespace."""

    def run(self, *arguments, text=None, seconds=60):
        return super().run("--namespace", NAMESPACE, *arguments, text=text, seconds=seconds)


@unittest.skipUnless(os.path.exists(TARBALL), f"there is no {TARBALL} (tests/e2e/operator/install makes it)")
class Operator(KubectlCase):
    def setUp(self):
        super().setUp()
        self.agent.add_image(TARBALL)
        self.kubectl("create", "namespace", NAMESPACE)
        self.kubectl = Namespaced(self.agent)

    def field(self, path, *which):
        return self.kubectl("get", *which, "-o", f"jsonpath={{{path}}}")

    def wait_field(self, what, path, value, seconds=60):
        def reached():
            return self.kubectl.run("get", *what, "-o", f"jsonpath={{{path}}}")[1] == value
        wait_for(lambda: f"{path} of {what} to be {value}:\n{self.kubectl('describe', *what)}\n{self.logs()}", reached, seconds)

    def logs(self):
        return "\n".join(self.kubectl.run("logs", pod, "--tail=15")[1] for pod in ("operator-a", "operator-b"))

    def recorded(self, line):
        """The operator records events beside its work."""
        def events():
            return self.kubectl("get", "events", "--field-selector=involvedObject.kind=Ensemble")
        wait_for(lambda: f"{line} in\n{events()}\n{self.logs()}", lambda: re.search(line, events()), 10)

    def ask(self, pod, path):
        return http.get(self.field(".status.podIP", "pod", pod), path)

    def start_operator(self, name):
        self.kubectl("apply", "-f", "-", text=operator(name))
        self.kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=30s")

    def apply_role(self, create):
        with open(os.path.join(HERE, "role.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(SETS.format("create, "), text)
        self.kubectl("apply", "-f", "-", text=text if create else text.replace(SETS.format("create, "), SETS.format("")))

    def members_ready(self, count):
        self.wait_field(("ensemble", "x"), ".status.readyReplicas", str(count))
        self.kubectl("wait", "--for=condition=Ready", "ensemble/x", "--timeout=60s", seconds=70)
        # Quickly read: between the set's status and the ensemble's lies a turn of the operator.
        self.assertEqual(self.field(".status.readyReplicas", "statefulset", "x"), str(count))

    def came_back(self, kind, how):
        """Deletes or changes one and waits until it is as it was; for a deleted one, anew."""
        owner = self.field(".metadata.uid", "ensemble", "x")
        before = self.kubectl.object(kind, "x")
        how(kind)

        def back():
            code, out, _ = self.kubectl.run("get", kind, "x", "-o", "json")
            now = json.loads(out) if code == 0 else {}
            return (now.get("metadata", {}).get("resourceVersion") != before["metadata"]["resourceVersion"]
                    and now.get("data") == before.get("data")
                    and [o["uid"] for o in now.get("metadata", {}).get("ownerReferences", [])] == [owner])
        wait_for(lambda: f"{kind} x to be back:\n{self.logs()}", back, 30)
        return before["metadata"]["uid"], self.field(".metadata.uid", kind, "x")

    def deleted(self, kind):
        self.kubectl("delete", kind, "x")

    def spoilt(self, kind):
        self.kubectl("patch", kind, "x", "--type=merge", "-p", '{"data": {"ensemble.conf": "durable = no"}}')

    def check_wire(self, pod, *expected):
        """What the operator sent and got: protobuf for all that is built in, JSON for its own kind."""
        report = self.ask(pod, "/wire")
        print(f"{pod}\n{report}")
        for exchange in expected:
            self.assertRegex(report, rf"(?m)^\d+ {exchange}$")
        for line in report.splitlines():
            sent, answered = re.search(r"sent=(\S+) answered=(\S+)$", line).groups()
            wanted = "application/json" if " ensembles" in line else PROTOBUF
            self.assertEqual(answered, wanted, line)
            self.assertIn(sent, ("-", wanted) if " PATCH " not in line else (
                "application/merge-patch+json", "application/strategic-merge-patch+json"), line)

    def define(self):
        self.kubectl("apply", "-f", os.path.join(HERE, "definition.yaml"))
        self.kubectl("wait", "--for=condition=Established", "crd/ensembles.databases.example.com", "--timeout=10s")

    def forbidden_at_first(self):
        self.apply_role(create=False)
        self.start_operator("operator-a")
        self.assertIn("spec.members: Invalid value: 10: spec.members in body should be less than or equal to 9",
                      self.kubectl.refused("apply", "-f", "-", text=ensemble(10)))
        self.kubectl("apply", "-f", "-", text=ensemble(2))
        self.wait_field(("ensemble", "x"), ".status.conditions[0].reason", "Forbidden", 20)
        message = self.field(".status.conditions[0].message", "ensemble", "x")
        print(message)
        self.assertIn('statefulsets.apps is forbidden: User "system:serviceaccount:data:ensemble-operator" cannot create '
                      'resource "statefulsets" in API group "apps" in the namespace "data"', message)
        self.assertEqual(self.kubectl("get", "statefulsets", "-o", "name"), "")
        self.apply_role(create=True)

    def test_operator(self):
        self.define()
        self.forbidden_at_first()
        self.members_ready(2)
        self.assertRegex(self.kubectl("get", "ens"), r"NAME +MEMBERS +READY +AGE\nx +2 +2 +\d+s")
        self.assertEqual(self.field(".metadata.finalizers", "ensemble", "x"), '["databases.example.com/dissolve"]')

        self.kubectl("scale", "ensemble/x", "--replicas=3")
        self.members_ready(3)
        old, new = self.came_back("statefulset", self.deleted)
        self.assertNotEqual(old, new)
        self.members_ready(3)
        for kind, how in (("service", self.deleted), ("configmap", self.deleted), ("configmap", self.spoilt)):
            self.came_back(kind, how)
        for line in (r"Warning +Failed +ensemble/x", r"Normal +Created +ensemble/x +Created StatefulSet",
                     r"Normal +Repaired +ensemble/x +Repaired ConfigMap"):
            self.recorded(line)
        self.check_wire(
            "operator-a", f"POST statefulsets 201 sent={PROTOBUF} answered={PROTOBUF}",
            f"POST statefulsets 403 sent={PROTOBUF} answered={PROTOBUF}", f"PUT leases 200 sent={PROTOBUF} answered={PROTOBUF}",
            f"PUT configmaps 200 sent={PROTOBUF} answered={PROTOBUF}", f"WATCH statefulsets 200 sent=- answered={PROTOBUF}",
            "WATCH ensembles 200 sent=- answered=application/json",
            "PUT ensembles/status 200 sent=application/json answered=application/json")

        # What is right is left alone: the one update was that of kubectl scale.
        self.assertRegex(self.ask("operator-a", "/wire"), "(?m)^1 PUT statefulsets 200 ")

        self.succession()
        self.dissolution()

    def succession(self):
        """A second one waits for the lease of the first, and has it when that one is killed."""
        self.start_operator("operator-b")
        self.assertEqual([self.ask(pod, "/leader") for pod in ("operator-a", "operator-b")], ["true", "false"])
        self.assertEqual(self.field(".spec.holderIdentity", "lease", "ensemble-operator"), "operator-a")
        self.kubectl("delete", "pod", "operator-a", "--force", "--grace-period=0")
        wait_for("operator-b to lead", lambda: self.ask("operator-b", "/leader") == "true", 40)
        self.assertEqual(self.field(".spec.holderIdentity", "lease", "ensemble-operator"), "operator-b")
        self.assertEqual(self.field(".spec.leaseTransitions", "lease", "ensemble-operator"), "1")
        self.came_back("configmap", self.deleted)
        self.check_wire("operator-b", f"POST configmaps 201 sent={PROTOBUF} answered={PROTOBUF}")
        # Over a kill of the agent its watches break, and it comes back to a store that knows its kind.
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        self.came_back("service", self.deleted)

    def dissolution(self):
        self.kubectl("delete", "ensemble", "x", "--timeout=60s", seconds=70)
        left = "statefulsets,services,configmaps,persistentvolumeclaims"
        wait_for(lambda: f"all of x to be gone:\n{self.kubectl('get', left)}",
                 lambda: self.kubectl("get", left, "-l", "databases.example.com/ensemble=x", "-o", "name") == "", 60)
        self.assertEqual(self.kubectl("get", "pods", "-o", "name"), "pod/operator-b\n")
        self.kubectl("delete", "crd", "ensembles.databases.example.com", "--timeout=30s")
        self.assertRegex(self.kubectl.refused("get", "ensembles"),
                         "the server could not find the requested resource|doesn't have a resource type")
