"""Updates that go wrong: an image that is not there, a template that does not run, and the way out of both."""
from harness.case import KubiaCase, statefulset
from harness.wait import wait_for


def rolling(image="luksa/kubia-pet", command="", size="1Mi"):
    text = statefulset(3).replace("  serviceName: kubia\n",
                                  "  serviceName: kubia\n  updateStrategy:\n    type: RollingUpdate\n")
    text = text.replace("image: luksa/kubia-pet\n", f"image: {image}\n{command}")
    return text.replace("storage: 1Mi", f"storage: {size}")


class Update(KubiaCase):
    def progress(self):
        status = self.agent.objects("statefulsets")["kubia"]["status"]
        return {c["type"]: c for c in status.get("conditions", [])}.get("Progressing", {})

    def wait_blocked(self, words):
        wait_for(lambda: f"the set to say what is in its way, not {self.progress()}",
                 lambda: self.progress().get("status") == "False" and words in self.progress()["message"], 60)

    def wait_updated(self):
        """All pods run, and nothing is left to say."""
        self.wait_pods(self.PODS, 90)
        wait_for(lambda: f"the update to be complete, not {self.progress()}", lambda: self.progress() == {}, 30)

    def test_a_missing_image_takes_no_pod_down(self):
        before = self.container_ids()
        self.agent.apply("statefulset.yaml", rolling(image="kubia.invalid/none:1"))
        self.wait_blocked("pod kubia-2")
        self.assertIn("kubia.invalid/none:1", self.progress()["message"])
        self.assertEqual(self.container_ids(), before)
        self.agent.apply("statefulset.yaml", rolling())
        self.wait_updated()
        self.assertEqual(self.container_ids(), before)
        self.take_down()

    def test_a_corrected_template_ends_a_broken_rollout(self):
        before = self.container_ids()
        self.agent.apply("statefulset.yaml", rolling(command='        command: ["/none"]\n'))
        self.wait_blocked("pod kubia-2")
        self.assertEqual({pod: self.container_ids().get(pod) for pod in ("kubia-0", "kubia-1")},
                         {pod: before[pod] for pod in ("kubia-0", "kubia-1")})
        self.agent.apply("statefulset.yaml", rolling())
        self.wait_updated()
        self.assertNotEqual(self.container_ids()["kubia-2"], before["kubia-2"])
        self.take_down()

    def test_claims_grow_under_running_pods(self):
        before = self.container_ids()
        self.agent.apply("statefulset.yaml", rolling(size="2Mi"))

        def sizes():
            return {claim["spec"]["resources"]["requests"]["storage"] for claim in self.agent.objects("pvc").values()}
        wait_for(lambda: f"all claims to ask for 2Mi, not {sizes()}", lambda: sizes() == {"2Mi"}, 20)
        self.assertEqual(self.container_ids(), before)
        self.take_down()
