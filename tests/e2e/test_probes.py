"""Probes and lifecycle hooks of real containers: what they show, what they end, what survives the agent."""
import json
import os
import time

from harness.wait import stays, wait_for
from test_kubectl import BUSYBOX, KubectlCase

SERVE = "mkdir -p /www; echo yes >/www/ok; exec busybox httpd -f -p 8080 -h /www"
STAY = "trap 'exit 0' TERM; while :; do sleep 0.1; done"


def pod(name, command, grace=2, restart="Always", volumes=(), **container):
    main = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never", "command": ["/bin/sh", "-c", command],
            "ports": [{"name": "web", "containerPort": 8080}], **container}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
                       "spec": {"terminationGracePeriodSeconds": grace, "restartPolicy": restart,
                                "containers": [main], "volumes": list(volumes)}})


def http(path, **more):
    return {"httpGet": {"path": path, "port": "web"}, "periodSeconds": 1, **more}


def command(text, **more):
    return {"exec": {"command": ["/bin/sh", "-c", text]}, "periodSeconds": 1, **more}


def hook(text):
    return {"exec": {"command": ["/bin/sh", "-c", text]}}


class Probes(KubectlCase):
    def apply(self, text):
        self.kubectl("apply", "-f", "-", text=text)

    def shell(self, name, text):
        return self.kubectl("exec", name, "--", "/bin/sh", "-c", text)

    def container(self, name):
        return self.kubectl.object("pod", name)["status"].get("containerStatuses", [{}])[0]

    def condition(self, name):
        return next(c for c in self.kubectl.object("pod", name)["status"]["conditions"] if c["type"] == "Ready")

    def ready(self, name):
        return self.condition(name)["status"] == "True"

    def events(self, name):
        items = json.loads(self.kubectl("get", "events", "-o", "json",
                                        f"--field-selector=involvedObject.name={name}"))["items"]
        return [(item["reason"], item["message"]) for item in items]

    def processes(self, name, word):
        """How many processes of the pod's container have that word in their command line."""
        with open(f"/proc/{self.cri.running(name)['pid']}/cgroup", encoding="utf-8") as file:
            mine = file.read()
        found = 0
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/cgroup", encoding="utf-8") as file:
                    same = file.read() == mine
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    found += same and word.encode() in file.read()
            except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
                continue
        return found

    def test_readiness_follows_the_container_and_no_kill_of_the_agent_flips_it(self):
        self.apply(pod("web", SERVE, readinessProbe=http("/ok", failureThreshold=1, periodSeconds=1)))
        self.apply(pod("tcp", SERVE, readinessProbe={"tcpSocket": {"port": 8080}, "periodSeconds": 10}))
        self.apply(pod("cmd", "touch /there; " + STAY, readinessProbe=command("cat /there", failureThreshold=1)))
        names = ("web", "tcp", "cmd")
        for name in names:
            # long before a period of 10 s is over
            wait_for(lambda n=name: f"{n} to be ready: {self.events(n)}", lambda n=name: self.ready(n), 8)
        since = {name: self.condition(name)["lastTransitionTime"] for name in names}
        for _ in range(3):
            self.agent.kill9()
            self.agent.start()
            self.agent.wait_ready()
            stays("ready", lambda: all(self.ready(name) for name in names), 1.5)  # more than a period of probing
        self.assertEqual(since, {name: self.condition(name)["lastTransitionTime"] for name in names})
        self.shell("web", "rm /www/ok")
        self.shell("cmd", "rm /there")
        for name in ("web", "cmd"):
            wait_for(f"{name} to be unready", lambda n=name: not self.ready(n), 5)
        self.assertIn(("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404"),
                      self.events("web"))
        self.assertIn(("Unhealthy", "Readiness probe failed: cat: can't open '/there': No such file or directory\n"),
                      self.events("cmd"))
        since = {name: self.condition(name)["lastTransitionTime"] for name in names}
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        stays("unready", lambda: not self.ready("web") and not self.ready("cmd") and self.ready("tcp"), 2)
        self.assertEqual(since, {name: self.condition(name)["lastTransitionTime"] for name in names})
        self.shell("web", "echo yes >/www/ok")
        wait_for("web to be ready again", lambda: self.ready("web"), 5)
        for name in names:
            self.assertEqual(self.cri.running(name)["attempt"], 0)

    def test_what_fails_is_ended_and_started_again(self):
        self.apply(pod("live", STAY, livenessProbe=command("exit 7", failureThreshold=2)))
        self.apply(pod("start", STAY, startupProbe={"tcpSocket": {"port": 81}, "periodSeconds": 1,
                                                    "failureThreshold": 2},
                       livenessProbe={"httpGet": {"path": "/", "port": 81}}))
        self.apply(pod("once", STAY, restart="OnFailure", livenessProbe=command("test -e /never", failureThreshold=1)))
        for name in ("live", "start", "once"):
            wait_for(lambda n=name: f"{n} to be started again: {self.container(n)} {self.events(n)}",
                     lambda n=name: self.container(n).get("restartCount", 0) >= 1, 30)
        said = self.events("live")
        self.assertIn(("Unhealthy", "Liveness probe failed: "), said)
        self.assertIn(("Killing", "Container main failed liveness probe, will be restarted"), said)
        said = self.events("start")
        self.assertTrue([m for r, m in said if r == "Unhealthy" and m.startswith("Startup probe failed: dial tcp ")
                         and m.endswith(":81: connect: connection refused")], said)
        self.assertIn(("Killing", "Container main failed startup probe, will be restarted"), said)
        self.assertEqual(self.container("start")["ready"], False)

    def test_a_command_that_hangs_is_ended_and_one_that_forks_holds_nothing_up(self):
        self.apply(pod("hang", STAY, readinessProbe=command("exec sleep 1234", timeoutSeconds=1)))
        self.apply(pod("fork", STAY, readinessProbe=command("sleep 4321 & exit 0", timeoutSeconds=1)))
        wait_for(lambda: f"the timeout to be said: {self.events('hang')}",
                 lambda: [m for r, m in self.events("hang") if "timed out after 1s" in m], 15)
        # one, and one that is just being ended
        stays(lambda: f"two commands at the most, not {self.processes('hang', '1234')}",
              lambda: self.processes("hang", "1234") <= 2, 8)
        self.assertFalse(self.ready("hang"))
        self.kubectl("delete", "pod", "hang", "fork", "--timeout=15s")

    def test_no_kill_of_the_agent_leaves_a_command_behind(self):
        def left():
            found = []
            for entry in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{entry}/cmdline", "rb") as file:
                        found += [entry] if b"6001" in file.read() else []
                except (FileNotFoundError, ProcessLookupError):
                    continue
            return found
        names = [f"long-{number}" for number in range(4)]
        for name in names:
            self.apply(pod(name, STAY, readinessProbe=command("exec sleep 6001", timeoutSeconds=1)))
        wait_for("all to run", lambda: all("running" in self.container(name).get("state", {}) for name in names), 30)
        for _ in range(8):
            wait_for("a command to run", left, 10)
            self.agent.kill9()
            wait_for(lambda: f"the commands to be ended: {left()}", lambda: not left(), 5)
            self.agent.start()
            self.agent.wait_ready()
        self.kubectl("delete", "pod", *names, "--timeout=20s")
        self.assertEqual(left(), [])

    def told(self):
        """A directory of the host that pods write to: its volume, its mount, and what a file in it says."""
        place = os.path.join(self.directory, "told")
        os.mkdir(place)

        def lines(name):
            try:
                with open(os.path.join(place, name), encoding="utf-8") as file:
                    return file.read().split()
            except FileNotFoundError:
                return []
        return [{"name": "told", "hostPath": {"path": place}}], [{"name": "told", "mountPath": "/told"}], lines

    def test_stop_signal(self):
        told, mount, lines = self.told()
        # a stop signal of its own, which comes after the hook; TERM never does
        body = json.loads(pod("own", "trap 'echo usr1 >>/told/own; exit 0' USR1; trap 'echo term >>/told/own' TERM; "
                              "while :; do sleep 0.1; done", grace=20, volumes=told, volumeMounts=mount,
                              lifecycle={"preStop": hook("echo pre >>/told/own"), "stopSignal": "SIGUSR1"}))
        body["spec"]["os"] = {"name": "linux"}
        self.apply(json.dumps(body))
        wait_for("own to run", lambda: "running" in self.container("own").get("state", {}), 20)
        self.kubectl("delete", "pod", "own", "--timeout=10s")
        self.assertEqual(lines("own"), ["pre", "usr1"])

    def test_hooks(self):
        told, mount, lines = self.told()
        self.apply(pod("good", "trap 'echo term >>/told/good; exit 0' TERM; while :; do sleep 0.1; done", grace=20,
                       volumes=told, volumeMounts=mount,
                       lifecycle={"postStart": hook("sleep 1; echo post >>/told/good"),
                                  "preStop": hook("echo pre >>/told/good; sleep 1; echo over >>/told/good")}))
        wait_for("good to run", lambda: "running" in self.container("good").get("state", {}), 20)
        self.assertEqual(lines("good"), ["post"])
        self.kubectl("delete", "pod", "good", "--timeout=20s")
        self.assertEqual(lines("good"), ["post", "pre", "over", "term"])

        self.apply(pod("bad", STAY, lifecycle={"postStart": hook("exit 4")}))
        wait_for("bad to be started again", lambda: self.container("bad").get("restartCount", 0) >= 1, 20)
        said = self.events("bad")
        self.assertIn(("FailedPostStartHook", "PostStartHook failed"), said)
        self.assertIn(("Killing", "FailedPostStartHook"), said)

        # a hook that hangs and a process that ignores TERM have one grace together, also with another agent
        self.apply(pod("stuck", "trap '' TERM; while :; do sleep 0.1; done", grace=8,
                       lifecycle={"preStop": hook("exec sleep 777")}))
        wait_for("stuck to run", lambda: "running" in self.container("stuck").get("state", {}), 20)
        began = time.monotonic()
        self.kubectl("delete", "pod", "stuck", "--wait=false")
        wait_for("the hook to run", lambda: self.processes("stuck", "777"), 5)
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        self.kubectl("wait", "--for=delete", "pod/stuck", "--timeout=20s")
        took = time.monotonic() - began
        print(f"a pod with a hanging hook, deaf to TERM, and a grace of 8 s was gone after {took:.1f} s")
        self.assertGreater(took, 6)
        self.assertLess(took, 12)

        # deleted while its postStart hook hangs
        self.apply(pod("slow", STAY, lifecycle={"postStart": hook("exec sleep 888")}))
        wait_for("its hook to run", lambda: self.cri.containers("slow", "running") and self.processes("slow", "888"), 20)
        self.assertNotIn("running", self.container("slow").get("state", {}))
        began = time.monotonic()
        self.kubectl("delete", "pod", "slow", "--timeout=20s")
        self.assertLess(time.monotonic() - began, 8)
