"""Restart policies and rules of containers, and the restart of all containers of a pod in its sandbox."""
import json

from harness.case import BUSYBOX
from harness.wait import wait_for
from test_kubectl import KubectlCase

STAY = "trap 'exit 0' TERM; while :; do sleep 0.1; done"


def rule(action, *codes):
    return {"action": action, "exitCodes": {"operator": "In", "values": list(codes)}}


def container(name, command, **more):
    return {"name": name, "image": BUSYBOX, "command": ["/bin/sh", "-c", command],
            "volumeMounts": [{"name": "v", "mountPath": "/v"}], **more}


class RestartRules(KubectlCase):
    def apply(self, name, containers, **spec):
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                "spec": {"terminationGracePeriodSeconds": 5, "restartPolicy": "Never", "containers": containers,
                         "volumes": [{"name": "v", "emptyDir": {}}], **spec}}
        self.kubectl("apply", "-f", "-", text=json.dumps(body))

    def status(self, name):
        return self.kubectl.object("pod", name)["status"]

    def counts(self, name):
        status = self.status(name)
        return {each["name"]: each["restartCount"]
                for each in status.get("initContainerStatuses", []) + status["containerStatuses"]}

    def condition(self, name, kind):
        return [each["status"] for each in self.status(name)["conditions"] if each["type"] == kind]

    def test_by_exit_code(self):
        self.apply("retried", [
            container("main", "if [ ! -e /v/tried ]; then echo >/v/tried; exit 42; fi; exit 1", restartPolicy="Never",
                      restartPolicyRules=[rule("Restart", 42)])])
        self.kubectl("wait", "--for=jsonpath={.status.phase}=Failed", "pod/retried", "--timeout=30s")
        self.assertEqual(self.counts("retried"), {"main": 1})
        ended = self.status("retried")["containerStatuses"][0]
        self.assertEqual((ended["state"]["terminated"]["exitCode"], ended["lastState"]["terminated"]["exitCode"]),
                         (1, 42))
        self.apply("own", [container("again", "sleep 0.5; exit 0", restartPolicy="Always"),
                           container("once", "exit 0", restartPolicy="Never")], restartPolicy="OnFailure")
        wait_for("one to be started again, the other not", lambda: self.counts("own")["again"] >= 2, 30)
        self.assertEqual(self.counts("own")["once"], 0)
        refused = self.kubectl.refused("apply", "-f", "-", text=json.dumps(
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [
                {"name": "c", "image": BUSYBOX, "restartPolicyRules": [rule("Restart", 1)]}]}}))
        self.assertIn("spec.containers[0].restartPolicy", refused)

    def start_worker(self):
        self.apply("worker", [
            container("main", "while [ ! -e /v/go$(cat /v/inits) ]; do sleep 0.05; done; exit 42",
                      restartPolicy="Never", restartPolicyRules=[rule("RestartAllContainers", 42)]),
            container("other", STAY)],
            initContainers=[container("setup", "echo -n x >>/v/inits; sleep 1"),
                            container("side", STAY, restartPolicy="Always")])
        self.kubectl("wait", "--for=condition=Ready", "pod/worker", "--timeout=30s")
        self.assertEqual(self.condition("worker", "AllContainersRestarting"), ["False"])

    def end_main(self, inits):
        other = [each["id"] for each in self.cri.containers("worker", "running")
                 if each["labels"]["io.kubernetes.container.name"] == "other"]
        self.cri.exec(other[0], "/bin/sh", "-c", f"echo >/v/go{inits}")

    def all_at(self, count):
        def reached():
            status = self.status("worker")
            ready = [each["status"] for each in status["conditions"] if each["type"] == "Ready"]
            return ready == ["True"] and set(self.counts("worker").values()) == {count}
        wait_for(lambda: f"all to be started {count} times again and ready, but {self.status('worker')}", reached, 40)

    def test_all_containers(self):
        self.start_worker()
        before, address = self.cri.sandbox("worker")["id"], self.status("worker")["podIP"]
        watch = self.kubectl.start("get", "pod", "worker", "-w", "-o",
                                   "jsonpath={.status.conditions[?(@.type=='AllContainersRestarting')].status} ")
        self.assertEqual(watch.stdout.read(1), "F")  # it watches
        self.end_main("x")
        self.all_at(1)
        watch.terminate()
        self.assertIn("True False", watch.communicate()[0], "it was told while it went on")
        self.assertEqual(self.cri.sandbox("worker")["id"], before)
        self.assertEqual(self.status("worker")["podIP"], address)
        inits = self.kubectl("exec", "worker", "-c", "other", "--", "cat", "/v/inits")
        self.assertEqual(inits, "xx", "the init container ran once more, and the volume stayed")
        lasts = {each["name"]: each["lastState"]["terminated"]["exitCode"]
                 for each in self.status("worker")["containerStatuses"]}
        self.assertEqual(lasts, {"main": 42, "other": 137})
        self.kubectl("delete", "pod", "worker", "--timeout=30s")
        self.take_down()

    def test_the_agent_is_killed_in_the_middle(self):
        self.start_worker()
        sandbox = self.cri.sandbox("worker")["id"]
        # while nobody looks
        self.agent.kill9()
        self.end_main("x")
        wait_for("the main container to end", lambda: len(self.cri.containers("worker", "running")) == 2, 20)
        self.agent.start()
        self.agent.wait_ready()
        self.all_at(1)
        # while the init container runs
        self.end_main("xx")
        wait_for("the init container to run", lambda: [
            each for each in self.cri.containers("worker", "running")
            if each["labels"]["io.kubernetes.container.name"] == "setup"], 20)
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        self.all_at(2)
        self.assertEqual(self.kubectl("exec", "worker", "-c", "other", "--", "cat", "/v/inits"), "xxx")
        self.assertEqual(self.cri.sandbox("worker")["id"], sandbox)

    def test_a_mended_image_is_started_at_once(self):
        self.apply("broken", [container("main", "exit 1")], restartPolicy="Always")
        wait_for("it to wait for 16 s", lambda: self.counts("broken")["main"] >= 5 and
                 "waiting" in self.status("broken")["containerStatuses"][0]["state"], 60)
        count = self.counts("broken")["main"]
        self.containerd.ctr("images", "tag", BUSYBOX, "docker.io/library/busybox:mended")
        self.kubectl("set", "image", "pod/broken", "main=docker.io/library/busybox:mended")
        wait_for("it to be started at once", lambda: self.counts("broken")["main"] > count, 5)
        pod = self.kubectl.object("pod", "broken")
        self.assertEqual((pod["metadata"]["generation"], pod["status"]["observedGeneration"]), (2, 2))
