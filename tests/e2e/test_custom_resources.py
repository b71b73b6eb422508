"""CustomResourceDefinitions and their objects, with kubectl, and over a restart of the agent."""
import json

from harness.case import AgentCase
from harness.kubectl import Kubectl
from harness.wait import wait_for

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
    additionalPrinterColumns:
    - {name: Spec, type: string, jsonPath: .spec.cronSpec}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            description: when and how often
            required: [cronSpec]
            x-kubernetes-validations: [{rule: "self.replicas < 100"}]
            properties:
              cronSpec: {type: string, pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'}
              image: {type: string}
              replicas: {type: integer, minimum: 1, maximum: 10, default: 1}
          status:
            type: object
            properties: {replicas: {type: integer}}
"""

OBJECT = """
apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: nightly}
spec: {cronSpec: "0 2 * * *", image: backup}
"""


class CustomResources(AgentCase):
    def setUp(self):
        super().setUp()
        self.start_agent()
        self.kubectl = Kubectl(self.agent)

    def test_a_definition_and_its_objects(self):
        kubectl = self.kubectl
        code, _, said = kubectl.run("apply", "-f", "-", text=DEFINITION)
        self.assertEqual(code, 0, said)
        self.assertIn("Warning: spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations: this "
                      "agent does not evaluate the rule self.replicas < 100", said)
        self.assertIn("crontab.stable.example.com/nightly created", kubectl("apply", "-f", "-", text=OBJECT))
        kubectl("wait", "--for=condition=Established", "crd/crontabs.stable.example.com", "--timeout=10s")
        conditions = {each["type"]: each for each in
                      kubectl.object("crd", "crontabs.stable.example.com")["status"]["conditions"]}
        self.assertIn("self.replicas < 100", conditions["ValidationRulesIgnored"]["message"])

        table = kubectl("get", "ct")
        self.assertRegex(table, r"NAME +SPEC +REPLICAS\nnightly +0 2 \* \* \* +1\n")
        self.assertIn("nightly", kubectl("get", "all"))
        self.assertRegex(kubectl("api-resources", "--api-group", "stable.example.com"),
                         r"crontabs +ct +stable.example.com/v1 +true +CronTab")
        explained = kubectl("explain", "crontab.spec")
        self.assertIn("when and how often", explained)
        self.assertIn("cronSpec", explained)

        refused = kubectl.refused("apply", "-f", "-", text=OBJECT.replace("0 2 * * *", "soon").replace("nightly", "odd"))
        self.assertIn('The CronTab "odd" is invalid: spec.cronSpec: Invalid value: "soon": spec.cronSpec in body should '
                      "match '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'", refused)
        self.assertIn('unknown field "spec.imag"',
                      kubectl.refused("apply", "-f", "-", text=OBJECT.replace("image:", "imag:")))

        kubectl("scale", "ct/nightly", "--replicas", "3")
        self.assertEqual(kubectl.object("ct", "nightly")["spec"]["replicas"], 3)
        self.assertIn("should be less than or equal to 10", kubectl.refused("scale", "ct/nightly", "--replicas", "11"))
        kubectl("patch", "ct", "nightly", "--type", "merge", "-p", '{"spec": {"image": "other"}}')
        kubectl("patch", "ct", "nightly", "--type", "merge", "--subresource", "status", "-p",
                '{"status": {"replicas": 2}}')
        kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", text=OBJECT)
        before = kubectl.object("ct", "nightly")
        self.assertEqual((before["spec"]["image"], before["status"], before["metadata"]["generation"]),
                         ("backup", {"replicas": 2}, 4))

        self.assertEqual(self.agent.terminate(), 0)
        self.agent.start()
        self.agent.wait_ready()
        self.assertEqual(kubectl.object("ct", "nightly"), before)
        kubectl("annotate", "ct", "nightly", "a=b")

        kubectl("delete", "crd", "crontabs.stable.example.com", "--timeout=20s")
        self.assertRegex(kubectl.refused("get", "ct"), "could not find the requested resource|doesn't have a resource type")
        kubectl("apply", "-f", "-", text=DEFINITION)
        wait_for("the objects of before to be gone", lambda: json.loads(kubectl("get", "ct", "-o", "json"))["items"] == [])
