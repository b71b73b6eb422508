"""How containers and pods end: last words of any bytes, killed processes and sandboxes, statuses written over."""
import json
import os
import signal
import time

from harness.wait import stays, wait_for
from test_kubectl import BUSYBOX, KubectlCase


def pod(name, command, **more):
    container = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never", "command": ["/bin/sh", "-c", command]}
    container.update(more.pop("container", {}))
    spec = {"terminationGracePeriodSeconds": 1, "containers": [container], **more}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[1])


class PodEnds(KubectlCase):
    def status(self, name):
        return self.kubectl.object("pod", name)["status"]

    def state(self, name):
        return self.status(name).get("containerStatuses", [{}])[0].get("state", {})

    def events(self, name):
        items = json.loads(self.kubectl("get", "events", "-o", "json",
                                        f"--field-selector=involvedObject.name={name}"))["items"]
        return [(item["type"], item["reason"], item["message"]) for item in items]

    def test_last_words_of_any_bytes(self):
        words = {"bytes": r"last \377 words", "cut": r"cut \342\202"}
        for name, text in words.items():
            self.kubectl("apply", "-f", "-", text=pod(f"{name}-file", f"printf '{text}' > /dev/termination-log; exit 3",
                                                      restartPolicy="Never"))
            self.kubectl("apply", "-f", "-", text=pod(f"{name}-log", f"printf '{text}'; exit 3", restartPolicy="Never",
                                                      container={"terminationMessagePolicy": "FallbackToLogsOnError"}))
        for name in words:
            for how in ("file", "log"):
                wait_for(lambda: f"{name}-{how} to have ended; it is {self.state(f'{name}-{how}')}",
                         lambda: "terminated" in self.state(f"{name}-{how}"), 20)  # pylint: disable=W0640
                self.assertIn("\ufffd", self.state(f"{name}-{how}")["terminated"]["message"])
                self.kubectl("delete", "pod", f"{name}-{how}", "--timeout=10s")

    def test_a_status_that_was_written_over_is_right_again_within_a_second(self):
        self.kubectl("apply", "-f", "-", text=pod("steady", "exec sleep 1000"))
        wait_for("steady to run", lambda: "running" in self.state("steady"), 20)
        before = self.status("steady")
        for patch in ({"podIP": "192.0.2.9"}, {"phase": "Pending"}, {"containerStatuses": None},
                      {"conditions": [{"type": "Ready", "status": "False",
                                       "lastTransitionTime": "2001-01-01T00:00:00Z"}]}):
            self.kubectl("patch", "pod", "steady", "--subresource=status", "-p", json.dumps({"status": patch}))
            wait_for(lambda: f"the old status, not {self.status('steady')}, after {patch}",  # pylint: disable=W0640
                     lambda: self.status("steady") == before, 1)

    def test_a_killed_process_is_away_for_one_and_two_seconds(self):
        self.kubectl("apply", "-f", "-", text=pod("killed", "exec sleep 1000"))
        away = []
        for count in range(4):
            wait_for("killed to run", lambda: self.cri.containers("killed", "running"), 30)
            container = self.cri.running("killed")
            self.assertEqual(container["attempt"], count)
            if count == 3:
                break
            os.kill(container["pid"], signal.SIGKILL)
            began = time.monotonic()
            if count == 1:
                wait_for(lambda: f"the back-off to be said; it is {self.state('killed')}",
                         lambda: "back-off 1s restarting failed container=main pod=killed_default(" in
                         self.state("killed").get("waiting", {}).get("message", ""), 1)
            wait_for("another process", lambda: [c for c in self.cri.containers("killed", "running")
                                                 if c["id"] != container["id"]], 30)  # pylint: disable=W0640
            away.append(round(time.monotonic() - began, 1))
        print(f"away for {away} s", flush=True)
        self.assertLess(away[0], 1)
        self.assertLess(away[1], 2.5)
        self.assertLess(away[2], 3.5)
        self.assertIn(("Warning", "BackOff"), [event[:2] for event in self.events("killed")])

    def test_a_lost_sandbox_is_said_and_everything_runs_again_in_a_new_one(self):
        for victim in ("pause", "shim"):
            name = f"lost-{victim}"
            self.kubectl("apply", "-f", "-", text=pod(name, "exec sleep 1000"))
            wait_for(f"{name} to run", lambda n=name: "running" in self.state(n), 20)
            old = self.cri.sandbox(name)
            os.kill(old["pid"] if victim == "pause" else parent(old["pid"]), signal.SIGKILL)
            wait_for("another sandbox", lambda n=name, o=old: self.cri.sandbox(n)["id"] != o["id"], 30)
            wait_for("a container in it", lambda n=name: self.cri.containers(n, "running"), 30)
            self.assertGreater(self.cri.running(name)["attempt"], 0)
            wait_for("its event", lambda n=name: [e for e in self.events(n) if e[1] == "SandboxChanged"], 5)
            said = self.events(name)
            print(said, flush=True)
            self.assertIn(("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created."), said)
            if victim == "pause":  # with the shim the container has ended too
                self.assertIn(("Normal", "Killing", "Stopping container main"), said)

    def test_a_sub_path_that_leads_out_of_its_volume_waits_and_recovers(self):
        for name, path in (("absolute", "/tmp"), ("up", ".."), ("ticks", "`id`")):
            text = json.loads(pod(name, "exec sleep 1000", volumes=[{"name": "v", "emptyDir": {}}], container={
                "env": [{"name": "P", "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['path']"}}}],
                "volumeMounts": [{"name": "v", "mountPath": "/data", "subPathExpr": "$(P)"}]}))
            text["metadata"]["annotations"] = {"path": path}
            self.kubectl("apply", "-f", "-", text=json.dumps(text))
        for name in ("absolute", "up", "ticks"):
            waits = lambda n=name: self.state(n).get("waiting", {}).get("reason")
            wait_for(lambda w=waits: f"CreateContainerConfigError, not {w()}",
                     lambda w=waits: w() == "CreateContainerConfigError", 10)
            stays("waiting for its configuration", lambda w=waits: w() == "CreateContainerConfigError", 3)
            self.kubectl("annotate", "pod", name, "--overwrite", "path=inside")
            wait_for(f"{name} to run", lambda n=name: "running" in self.state(n), 5)
