"""Updates that go wrong: an image that is not there, a template that does not run, and the way out of both."""
import os

from harness.case import BUSYBOX, AgentCase, KubiaCase, make_busybox, statefulset
from harness.wait import wait_for

CRASH = '        command: [sh, -c, "echo broken; exit 3"]\n'

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: %s
        command: [sh, -c, "%s"]
"""


def add_busybox(case):
    make_busybox(os.path.join(case.directory, "busybox.tar"))
    case.agent.add_image(os.path.join(case.directory, "busybox.tar"))


def restarts(case, pod):
    statuses = case.agent.pods().get(pod, {}).get("status", {}).get("containerStatuses", [])
    return sum(status["restartCount"] for status in statuses)


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

    def test_a_template_that_crashes_at_once_stops_at_the_first_pod(self):
        add_busybox(self)
        before = self.container_ids()
        self.agent.apply("statefulset.yaml", rolling(image=BUSYBOX, command=CRASH))
        wait_for("kubia-2 to be started again and again", lambda: restarts(self, "kubia-2") >= 2, 60)
        self.assertEqual({pod: self.container_ids().get(pod) for pod in ("kubia-0", "kubia-1")},
                         {pod: before[pod] for pod in ("kubia-0", "kubia-1")})
        self.wait_blocked("pod kubia-2")
        self.agent.apply("statefulset.yaml", rolling())
        self.wait_updated()
        self.take_down()

    def test_claims_grow_under_running_pods(self):
        before = self.container_ids()
        self.agent.apply("statefulset.yaml", rolling(size="2Mi"))

        def sizes():
            return {claim["spec"]["resources"]["requests"]["storage"] for claim in self.agent.objects("pvc").values()}
        wait_for(lambda: f"all claims to ask for 2Mi, not {sizes()}", lambda: sizes() == {"2Mi"}, 20)
        self.assertEqual(self.container_ids(), before)
        self.take_down()


class UpdateOfADeployment(AgentCase):
    def setUp(self):
        super().setUp()
        add_busybox(self)
        self.start_agent()

    def wait_ready(self, count):
        def ready():
            self.uids |= {pod["metadata"]["uid"] for pod in self.agent.pods().values()}
            return len(self.agent.pods()) == count and len(self.agent.ready_pods()) == count
        wait_for(lambda: f"{count} Ready pods; the agent says\n{self.agent.ask('get', 'pods')[1]}", ready, 60)

    def test_a_template_that_crashes_at_once_takes_no_old_pod_down(self):
        self.agent.apply("web.yaml", DEPLOYMENT % (BUSYBOX, "sleep 1000"))
        self.wait_ready(3)
        before = set(self.agent.ready_pods())
        self.agent.apply("web.yaml", DEPLOYMENT % (BUSYBOX, "echo broken; exit 3"))
        wait_for("a new pod to be started again and again",
                 lambda: [pod for pod in set(self.agent.pods()) - before if restarts(self, pod) >= 2], 60)
        self.assertEqual(before - set(self.agent.ready_pods()), set(), "old pods that are gone")
        self.assertEqual(len(set(self.agent.pods()) - before), 1)
        self.agent.apply("web.yaml", DEPLOYMENT % (BUSYBOX, "sleep 2000"))
        wait_for("the old pods to go", lambda: not before & set(self.agent.pods()), 60)
        self.wait_ready(3)
        self.take_down()
