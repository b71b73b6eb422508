"""What kubectl writes, and what the API says of it: going over to server-side apply, choices that rule others out,
warnings, kinds that are not served, and pods that kubectl debug makes."""
import os
import re

from harness.case import SOURCE
from harness.wait import wait_for
from test_kubectl import BUSYBOX, KubectlCase

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector: {{matchLabels: {{app: web}}}}
{strategy}  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: c
        image: {image}
        command: [/bin/sh, -c, "exec sleep 100000"]
        ports: [{{containerPort: 80}}]
        env:
        - {{name: NAME, valueFrom: {{fieldRef: {{fieldPath: metadata.name}}}}}}
        - {{name: MEMORY, valueFrom: {{resourceFieldRef: {{resource: limits.memory}}}}}}
      volumes: [{{name: v{source}}}]
"""


def examples():
    """Every manifest of the examples."""
    for directory, _, names in sorted(os.walk(os.path.join(SOURCE, "examples"))):
        yield from (os.path.join(directory, name) for name in sorted(names) if re.search(r"\.ya?ml$", name))


class Writes(KubectlCase):
    def deployment(self, strategy="", source=""):
        return DEPLOYMENT.format(image=BUSYBOX, strategy=strategy, source=source)

    def spec(self, *of):
        return self.kubectl.object(*of)["spec"]

    def test_from_client_side_to_server_side_apply(self):
        paths = list(examples())
        self.assertGreater(len(paths), 4)
        texts = []
        for path in paths:
            with open(path, encoding="utf-8") as file:
                texts.append(file.read())
        for text in texts + [self.deployment()]:
            with self.subTest(text[:300]):
                self.kubectl("apply", "-f", "-", text=text)
                before = self.kubectl("get", "-f", "-", "-o", "jsonpath={..metadata.generation}", text=text)
                for _ in range(2):
                    code, out, said = self.kubectl.run("apply", "--server-side", "-f", "-", text=text)
                    self.assertEqual(code, 0, said)
                    self.assertIn("serverside-applied", out)
                    self.assertNotIn("conflict", said)
                self.assertEqual(self.kubectl("get", "-f", "-", "-o", "jsonpath={..metadata.generation}", text=text),
                                 before, "taking over changes nothing")
                managers = self.kubectl("get", "-f", "-", "--show-managed-fields", "-o",
                                        "jsonpath={..metadata.managedFields[*].manager}", text=text)
                self.assertNotIn("kubectl-client-side-apply", managers, "kubectl moved them to its own entry")
                self.kubectl("delete", "-f", "-", "--wait=false", text=text)

    def test_a_choice_is_changed_by_writing_the_new_one(self):
        recreate = self.deployment("  strategy: {type: Recreate}\n", ", hostPath: {path: /tmp}")
        for flags in (["apply"], ["apply", "--server-side", "--force-conflicts"], ["replace"]):
            with self.subTest(flags):
                self.kubectl(*(flags if flags[0] == "apply" else ["create"]), "-f", "-", text=self.deployment())
                self.kubectl(*flags, "-f", "-", text=recreate)
                spec = self.spec("deployment", "web")
                self.assertEqual(spec["strategy"], {"type": "Recreate"})
                self.assertEqual(spec["template"]["spec"]["volumes"],
                                 [{"name": "v", "hostPath": {"path": "/tmp", "type": ""}}])
                self.kubectl("delete", "deployment", "web")
        self.kubectl("create", "-f", "-", text=self.deployment())
        self.kubectl("patch", "deployment", "web", "-p", '{"spec":{"strategy":{"type":"Recreate"}}}')
        self.assertEqual(self.spec("deployment", "web")["strategy"], {"type": "Recreate"})
        self.kubectl("create", "service", "clusterip", "s", "--clusterip=None")
        self.kubectl("patch", "service", "s", "-p", '{"spec":{"type":"ExternalName","externalName":"a.example"}}')
        self.assertNotIn("clusterIP", self.spec("service", "s"))

    def test_what_is_said_of_a_write(self):
        self.kubectl("run", "one", f"--image={BUSYBOX}", "--command", "--", "/bin/sh", "-c", "exec sleep 100000")
        for command in (["label", "pod", "one", "x=y"], ["annotate", "pod", "one", "x=y"]):
            code, _, said = self.kubectl.run(*command)
            self.assertEqual((code, said), (0, ""))
        bad = self.deployment().replace("  replicas: 1\n", "  replicas: 1\n  colour: red\n").replace("name: web\n",
                                                                                                    "name: web\n  hue: 1\n")
        said = self.kubectl.refused("create", "-f", "-", text=bad)
        self.assertIn('strict decoding error: unknown field "metadata.hue", unknown field "spec.colour"', said)
        _, _, said = self.kubectl.run("create", "--validate=warn", "-f", "-", text=bad)
        self.assertRegex(said, r'Warning: unknown field "metadata.hue"\nWarning: unknown field "spec.colour"\n')
        self.assertEqual(self.kubectl("create", "quota", "q", "--hard=pods=9"), "resourcequota/q created\n")
        self.assertEqual(self.kubectl("autoscale", "deployment", "web", "--max=3"),
                         "horizontalpodautoscaler.autoscaling/web autoscaled\n")

    def test_debug(self):
        self.kubectl("run", "one", f"--image={BUSYBOX}", "--env=A=b", "--command", "--",
                     "/bin/sh", "-c", "exec sleep 100000")
        self.kubectl("wait", "--for=condition=Ready", "pod/one", "--timeout=30s")
        self.kubectl("debug", "one", "--copy-to=copy", f"--image={BUSYBOX}", "--share-processes", "--attach=false",
                     "--", "/bin/sh", "-c", "exec sleep 100000")
        self.kubectl("wait", "--for=condition=Ready", "pod/copy", "--timeout=30s")
        copy = self.spec("pod", "copy")
        self.assertEqual(len(copy["containers"]), 2)
        self.assertTrue(copy["shareProcessNamespace"])
        self.assertEqual(copy["containers"][0]["env"], [{"name": "A", "value": "b"}])
        out = self.kubectl("debug", "node/e2e-node", f"--image={BUSYBOX}", "--profile=general", "--attach=false", "--",
                           "/bin/sh", "-c", "exec sleep 100000")
        name = re.search(r"Creating debugging pod (\S+)", out).group(1)
        wait_for("the node's pod to run",
                 lambda: self.kubectl.object("pod", name).get("status", {}).get("phase") == "Running", 30)
        spec = self.spec("pod", name)
        self.assertTrue(spec["hostPID"])
        self.assertEqual(spec["volumes"][0]["hostPath"]["path"], "/")
        self.kubectl("delete", "pod", name, "copy", "one", "--grace-period=1")
