"""kill -9 of the agent at random moments of a mixed load: pods with probes that only run on, pods that come and go with
hooks, logs that are rotated. What runs on does not notice; of what went nothing is left.

ORDINAL_KILLS=100 is the long run; ORDINAL_SEED repeats one.
"""
import json
import os
import random
import threading
import time

from harness.case import BUSYBOX
from harness.wait import stays, wait_for
from test_kill_sweep import SEED, SweepCase

KILLS = int(os.environ.get("ORDINAL_KILLS", "6"))
STEADY, COMING = 24, 6
SERVE = "mkdir -p /www; echo yes >/www/ok; (while :; do echo a line of some length that fills a log; sleep 0.02; done) & " \
        "exec busybox httpd -f -p 8080 -h /www"
STAY = "trap 'exit 0' TERM; while :; do sleep 0.05; done"


def steady(number):
    """The probes differ from one pod to the next."""
    http = {"httpGet": {"path": "/ok", "port": "http"}, "periodSeconds": 1}
    shell = {"exec": {"command": ["/bin/cat", "/www/ok"]}, "periodSeconds": 2, "timeoutSeconds": 10}
    container = {"name": "main", "image": BUSYBOX, "command": ["/bin/sh", "-c", SERVE],
                 "ports": [{"name": "http", "containerPort": 8080}],
                 "startupProbe": {**http, "failureThreshold": 60},
                 "readinessProbe": {**(shell if number % 4 == 0 else http), "failureThreshold": 20},
                 "livenessProbe": {"tcpSocket": {"port": "http"}, "periodSeconds": 1, "failureThreshold": 20},
                 "volumeMounts": [{"name": "settings", "mountPath": "/settings"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"steady-{number}"},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [container],
                     "volumes": [{"name": "settings", "configMap": {"name": "settings"}}]}}


def coming(number):
    hook = {"exec": {"command": ["/bin/sleep", "0.3"]}}
    container = {"name": "main", "image": BUSYBOX, "command": ["/bin/sh", "-c", STAY],
                 "lifecycle": {"postStart": hook, "preStop": hook}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"coming-{number}"},
            "spec": {"terminationGracePeriodSeconds": 3, "containers": [container]}}


def listed(*items):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


class Traffic:
    """Makes and deletes its pods, again and again, whenever the API answers."""

    def __init__(self, kubectl, seed):
        self.kubectl, self.random, self.rounds = kubectl, random.Random(seed), 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()

    def _run(self):
        names = [f"coming-{number}" for number in range(COMING)]
        while not self._over.is_set():
            self.kubectl.run("create", "-f", "-", text=listed(*map(coming, range(COMING))))
            self._over.wait(self.random.random())
            force = ["--grace-period=0", "--force"] if self.random.random() < 0.2 else []
            code, _, _ = self.kubectl.run("delete", "pods", *names, "--wait=false", "--ignore-not-found", *force)
            self.rounds += code == 0
            self._over.wait(self.random.random())


class KilledUnderLoad(SweepCase):
    def life(self):
        """What must not change of those that only run on."""
        found = {}
        for name, each in self.agent.pods().items():
            if name.startswith("steady-"):
                ready = next(c for c in each["status"]["conditions"] if c["type"] == "Ready")
                container = each["status"]["containerStatuses"][0]
                found[name] = (each["metadata"]["uid"], each["status"]["podIP"], container["containerID"],
                               container["restartCount"], ready["status"], ready["lastTransitionTime"])
        return found

    def running_once(self):
        """pod → its running container, and nobody has two."""
        found = {}
        for each in self.cri.containers(state="running"):
            name = each["labels"]["io.kubernetes.pod.name"]
            self.assertNotIn((name, each["labels"]["io.kubernetes.pod.uid"]), found, "twice")
            found[(name, each["labels"]["io.kubernetes.pod.uid"])] = each["id"]
        return found

    def kill_at_a_drawn_moment(self, moments):
        moment = time.monotonic() + moments.random() * 2
        wait_for("the moment", lambda: time.monotonic() >= moment)
        self.agent.kill9()
        self.note_sandboxes()
        self.agent.start()

    def test_nobody_notices(self):
        print(f"{KILLS} kills, ORDINAL_SEED={SEED}")
        moments = random.Random(SEED)
        self.agent.kill9()
        self.agent.command += ["--container-log-max-size", "16Ki", "--container-log-max-files", "2"]
        self.start_again()
        self.kubectl("create", "configmap", "settings", "--from-literal=a=1")
        self.kubectl("create", "-f", "-", text=listed(*map(steady, range(STEADY))))
        wait_for(lambda: f"all to be ready\n{self.agent.ask('get', 'pods')[1]}",
                 lambda: len(self.agent.ready_pods()) == STEADY, 120)
        before = self.life()
        traffic = Traffic(self.kubectl, SEED)
        self.addCleanup(traffic.stop)
        for number in range(KILLS):
            self.kill_at_a_drawn_moment(moments)
            if number % 3 == 2:  # else it is killed again before it is ready, perhaps
                self.agent.wait_ready()
                self.assertEqual(self.life(), before)
                self.running_once()
        traffic.stop()
        print(f"{traffic.rounds} rounds of pods that came and went")
        self.assertGreater(traffic.rounds, 0)
        self.agent.wait_ready()
        self.kubectl("delete", "pods", "--wait=false", "--ignore-not-found", *(f"coming-{n}" for n in range(COMING)))
        wait_for("those that came to be gone", lambda: len(self.agent.pods()) == STEADY, 60)
        stays("the life of the others", lambda: self.life() == before, 3)
        self.assertEqual(len(self.running_once()), STEADY)
        wait_for("one sandbox a pod", lambda: len(self.cri.sandboxes()) == STEADY, 30)
        self.uids |= {each["metadata"]["uid"] for each in self.agent.pods().values()}
        self.kubectl("delete", "pods", "--all", "--wait=false")
        wait_for("all to be gone", lambda: not self.agent.pods() and not self.cri.sandboxes(), 60)
        wait_for(lambda: f"nothing to be left while the agent runs, but there is {self.left()}",
                 lambda: self.left() == {}, 20)
        self.take_down()
