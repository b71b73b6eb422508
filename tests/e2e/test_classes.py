"""Priority classes and runtime classes, with kubectl."""
import json

from harness.wait import stays, wait_for
from test_configuration import PodCase, pod

PRIORITIES = """
{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "high"}, "value": 1000,
   "preemptionPolicy": "Never", "description": "for the database"},
  {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "usual"}, "value": 10,
   "globalDefault": true}]}
"""


def runtime_class(name, handler, **more):
    return json.dumps({"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": name},
                       "handler": handler, **more})


def of_spec(text, **members):
    body = json.loads(text)
    body["spec"].update(members)
    return json.dumps(body)


class Classes(PodCase):
    def messages(self, name, reason):
        items = json.loads(self.kubectl("get", "events", "-o", "json",
                                        f"--field-selector=involvedObject.name={name}"))["items"]
        return [item["message"] for item in items if item["reason"] == reason]

    def test_priorities(self):
        table = self.kubectl("get", "pc")
        self.assertRegex(table, r"NAME +VALUE +GLOBAL-DEFAULT +AGE +PREEMPTIONPOLICY")
        self.assertRegex(table, r"system-cluster-critical +2000000000 +false +\S+ +PreemptLowerPriority")
        self.assertRegex(table, r"system-node-critical +2000001000 +false")
        self.apply(PRIORITIES)
        self.apply(of_spec(pod("important"), priorityClassName="high"))
        self.apply(pod("ordinary"))
        self.running("important")
        text = self.kubectl("describe", "pod", "important")
        self.assertRegex(text, r"Priority: +1000\n")
        self.assertRegex(text, r"Priority Class Name: +high\n")
        self.assertEqual(self.kubectl.object("pod", "ordinary")["spec"]["priority"], 10)
        self.assertIn("no PriorityClass with name nosuch was found",
                      self.kubectl.refused("apply", "-f", "-", text=of_spec(pod("odd"), priorityClassName="nosuch")))
        self.assertIn("this is a system priority class and cannot be deleted",
                      self.kubectl.refused("delete", "pc", "system-node-critical"))
        self.assertIn("is invalid: value: ", self.kubectl.refused("patch", "pc", "high", "-p", '{"value": 7}'))

    def test_runtimes(self):
        self.apply(runtime_class("second", "second", overhead={"podFixed": {"cpu": "250m", "memory": "8Mi"}}))
        self.assertRegex(self.kubectl("get", "runtimeclass"), r"second +second +\S+")
        self.apply(of_spec(pod("other"), runtimeClassName="second"))
        self.apply(pod("plain"))
        for name in ("other", "plain"):
            self.running(name)
        self.assertEqual(self.cri.sandbox("other")["handler"], "second")
        self.assertIn(self.cri.sandbox("plain")["handler"], ("", "runc"))
        self.assertEqual(self.kubectl.object("pod", "other")["spec"]["overhead"], {"cpu": "250m", "memory": "8Mi"})
        self.assertRegex(self.kubectl("describe", "node"), r"other +250m \(")
        # a handler that the runtime does not have: the pod waits, and says for what
        self.apply(runtime_class("missing", "nosuch"))
        self.apply(of_spec(pod("waits"), runtimeClassName="missing"))
        wait_for("it to say what it waits for", lambda: self.messages("waits", "FailedCreatePodSandBox"), 20)
        self.assertIn('no runtime for "nosuch" is configured', self.messages("waits", "FailedCreatePodSandBox")[0])
        stays("it to wait", lambda: self.kubectl.object("pod", "waits")["status"]["phase"] == "Pending", 2)
        self.assertIn('pod rejected: RuntimeClass "gone" not found',
                      self.kubectl.refused("apply", "-f", "-", text=of_spec(pod("odd"), runtimeClassName="gone")))
        # and one whose class went is run by it again when it is back
        self.kubectl("delete", "runtimeclass", "missing")
        self.apply(runtime_class("missing", "second"))
        self.running("waits")
