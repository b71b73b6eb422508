"""Somebody sets the host's wall clock while pods run: an hour forward, and two hours back. The agent sees that clock
(tools/moved_clock.cc); the runtime and the test go by the host's real one."""
import http.client
import json
import os
import ssl
import struct
import time

from harness import api
from harness.agent import condition
from harness.case import BUSYBOX
from harness.wait import stays, wait_for
from test_configuration import PodCase

STAY = "trap 'exit 0' TERM; while :; do sleep 0.1; done"
TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"
HOUR = 3600


def moment(text):
    """Seconds since 1970 of what an object says."""
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone


def container(command, **members):
    return {"name": "main", "image": BUSYBOX, "imagePullPolicy": "IfNotPresent", "command": ["/bin/sh", "-c", command],
            **members}


def pod(name, command, grace=1, **members):
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                       "spec": {"terminationGracePeriodSeconds": grace, "containers": [container(command, **members)]}})


def deployment(name):
    labels = {"app": name}
    template = {"metadata": {"labels": labels},
                "spec": {"terminationGracePeriodSeconds": 1, "containers": [container(STAY)]}}
    return json.dumps({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
                       "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}})


class SetClock(PodCase):
    def start_agent(self):
        self.clock = os.path.join(self.directory, "clock")
        with open(self.clock, "wb") as file:
            file.write(struct.pack("=q", 0))
        self.moved_by = 0
        library = os.path.join(os.environ["ORDINAL_BUILD"], "tests/e2e/libmoved_clock.so")
        self.agent.environment = {**os.environ, "LD_PRELOAD": library, "ORDINAL_CLOCK": self.clock}
        super().start_agent()

    def set_clock(self, moved_by):
        with open(self.clock, "r+b", buffering=0) as file:
            file.write(struct.pack("=q", moved_by))
        self.moved_by = moved_by

    def now(self):
        """As the agent sees it."""
        return time.time() + self.moved_by

    def container(self, name):
        return self.agent.pods()[name]["status"].get("containerStatuses", [{}])[0]

    def restarts(self, name):
        return self.container(name).get("restartCount", 0)

    def pulls(self, name):
        """How often it was told that its image is being pulled."""
        return self.agent.text().count(f"Pod default/{name}: Pulling:")

    def accepted(self, name):
        """Whether the API knows the pod by the token that lies in it now."""
        tls = ssl.create_default_context(cafile=os.path.join(self.agent.state, "pki/ca.crt"))
        connection = http.client.HTTPSConnection(*api.ADDRESS, context=tls, timeout=20)
        try:
            connection.request("GET", "/api/v1/namespaces/default/pods",
                               headers={"Authorization": "Bearer " + self.shell(name, f"cat {TOKEN}").strip()})
            status = connection.getresponse().status
        finally:
            connection.close()
        self.assertIn(status, (401, 403))
        return status == 403  # it may not do that, but who it is is known

    def check_node(self):
        node = self.agent.objects("nodes")["e2e-node"]
        self.assertEqual(condition(node, "Ready"), "True")
        beat = next(each["lastHeartbeatTime"] for each in node["status"]["conditions"] if each["type"] == "Ready")
        renewed = self.kubectl.object("lease", "-n", "kube-node-lease", "e2e-node")["spec"]["renewTime"]
        self.assertAlmostEqual(moment(renewed), self.now(), delta=15)
        self.assertAlmostEqual(moment(beat), self.now(), delta=320)
        return True

    def set_while_things_go_on(self, moved_by):
        names = {kind: f"{kind}{moved_by}".replace("-", "-m") for kind in ("leaves", "again", "missing", "made")}
        self.apply(pod(names["leaves"], "trap '' TERM; while :; do sleep 0.1; done", grace=25))
        self.apply(pod(names["again"], "exit 1"))
        self.apply(pod(names["missing"], STAY, image="127.0.0.1:1/nosuch:1"))
        self.running(names["leaves"])
        wait_for("it to be started again", lambda: self.restarts(names["again"]) >= 2, 30)
        wait_for("its image to be missed", lambda: "waiting" in self.container(names["missing"])["state"] and
                 self.container(names["missing"])["state"]["waiting"]["reason"] in ("ErrImagePull", "ImagePullBackOff"), 30)
        restarts, pulls = self.restarts(names["again"]), self.pulls(names["missing"])
        self.kubectl("delete", "pod", names["leaves"], "--wait=false")
        wait_for("its end to begin", lambda: f"Pod default/{names['leaves']}: Killing:" in self.agent.text(), 10)
        self.set_clock(moved_by)
        stays("a pod that ends to have its grace", lambda: self.cri.containers(names["leaves"], "running"), 5)
        self.kubectl("wait", "--for=delete", f"pod/{names['leaves']}", "--timeout=60s")
        wait_for("it to be started again", lambda: self.restarts(names["again"]) > restarts, 40)
        wait_for("its image to be pulled again", lambda: self.pulls(names["missing"]) > pulls, 40)
        self.apply(pod(names["made"], STAY))
        self.running(names["made"])
        wait_for("the node to be seen", self.check_node, 40)
        self.kubectl("rollout", "restart", "deployment/web")
        self.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
        for name in ("steady", names["made"]):
            wait_for(f"the token of {name} to be good", lambda pod=name: self.accepted(pod), 90)
        if moved_by == 0:  # else the runtime's clock is not the agent's, and it looks as if they ended long ago
            wait_for("it to back off", lambda: self.container(names["again"])["state"].get("waiting", {}).get("reason") ==
                     "CrashLoopBackOff", 60)
        self.kubectl("delete", "pod", names["again"], names["missing"])

    def test_an_hour_forward_and_back(self):
        probe = {"exec": {"command": ["/bin/true"]}, "initialDelaySeconds": 2, "periodSeconds": 1, "failureThreshold": 1}
        self.apply(pod("steady", STAY, readinessProbe=probe, livenessProbe=probe))
        self.apply(deployment("web"))
        self.running("steady")
        self.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
        for moved_by in (HOUR, 0, -HOUR):
            self.set_while_things_go_on(moved_by)
            self.assertTrue(self.container("steady")["ready"])
        self.assertEqual(self.restarts("steady"), 0)
        said = [line for line in self.agent.text().splitlines() if "Pod default/steady: " in line]
        self.assertEqual([line for line in said if "Unhealthy" in line or "Killing" in line], [])
        self.set_clock(0)
        self.kubectl("delete", "deployment", "web")
        self.take_down()
