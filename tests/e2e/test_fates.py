"""Eighteen pods whose fates on a real Kubernetes are recorded in tests/data/fates: here they have the same."""
import glob
import json
import os
import re
import unittest

from harness.case import BUSYBOX, SOURCE
from harness.wait import wait_for
from harness.world import run
from test_kubectl import KubectlCase

# It names the address of a Service that the recorded cluster has, and the start of its lines is another machine's.
EXACT_LINES = ("uid=", "custom", "127.0.0.1", "::1", "fe00", "# ", "search ", "options ", "A=", "B=", "CPU=", "HOME=",
               "HOSTNAME=", "LBL=", "MEM=", "POD_NAME=", "PWD=", "drwx", "Cap", "NoNewPrivs", "Seccomp:", "tier=")


def ends(states):
    return {kind: {member: state[member] for member in ("reason", "exitCode") if member in state}
            for kind, state in states.items()}


def told(status):
    """What the recording keeps of a pod's status."""
    containers = [each for member in ("initContainerStatuses", "containerStatuses") for each in status.get(member, [])]
    return {"phase": status["phase"], "reason": status.get("reason"), "message": status.get("message"),
            "qosClass": status["qosClass"],
            "conditions": [[each["type"], each["status"], each.get("reason")] for each in status["conditions"]],
            "containers": [{"name": each["name"], "state": ends(each["state"]), "lastState": ends(each["lastState"]),
                            "restartCount": each["restartCount"], "ready": each["ready"], "started": each["started"]}
                           for each in containers]}


class FatesCase(KubectlCase):
    """Pods of a directory of manifests, and what becomes of them: expected.json beside these."""

    def start_agent(self):
        # The image of the recording has every program of busybox, and a directory for what is passing.
        image = os.path.join(self.directory, "busybox.tar")
        empty = os.path.join(self.directory, "empty")
        with open(empty, "w", encoding="utf-8"):
            pass
        run(os.path.join(SOURCE, "examples/make-image"), BUSYBOX, image, "/bin/sh", f"{empty}=/tmp/empty",
            *(f"/bin/busybox=/bin/{name}" for name in ("sh", "sleep", "hostname", "cat", "false", "true", "touch")))
        self.agent.add_image(image)
        self.agent.command += ["--restart-backoff", "kubernetes"]
        super().start_agent()

    def said(self, name):
        """The pod's events, reason and message, in the order in which they were said."""
        with open(self.agent.log, encoding="utf-8", errors="replace") as log:
            return re.findall(rf"Pod default/{name}: (\w+): (.*)", log.read())

    def reasons(self, name):
        """Each reason once, in the order in which they were first said."""
        return list(dict.fromkeys(reason for reason, _ in self.said(name)))

    def fates(self):
        items = json.loads(self.kubectl("get", "pods", "-o", "json"))["items"]
        return {item["metadata"]["name"]: told(item["status"]) for item in items}

    def meet(self, place, seconds):
        """Applies the manifests of `place` and waits until each pod was once as it is expected to be."""
        with open(os.path.join(place, "expected.json"), encoding="utf-8") as file:
            expected = json.load(file)
        events = {name: list(dict.fromkeys(fate.pop("events"))) for name, fate in expected.items()}
        files = sorted(glob.glob(os.path.join(place, "*.yaml")))
        self.assertEqual(len(files), len(expected))
        for path in files:
            self.kubectl("apply", "-f", path)
        left = dict(expected)

        def met():
            now = self.fates()
            for name in [name for name in left if now[name] == left[name] and self.reasons(name) == events[name]]:
                del left[name]
            return not left

        def missing():
            now = self.fates()
            return "\n".join(f"{name}: {events[name]}, not {self.said(name)}\n{self.differences(fate, now[name])}"
                             for name, fate in left.items())
        wait_for(missing, met, seconds)

    @staticmethod
    def differences(wanted, found):
        case = unittest.TestCase()
        case.maxDiff = None
        try:
            case.assertEqual(wanted, found)
        except AssertionError as error:
            return str(error)
        return "none"


class Recorded(FatesCase):
    def test_every_recorded_fate(self):
        self.meet(os.path.join(SOURCE, "tests/data/fates"), 110)
        lines = self.kubectl("logs", "security-and-env").splitlines()
        with open(os.path.join(SOURCE, "tests/data/podsync/security-and-env.log.txt"), encoding="utf-8") as file:
            wanted = file.read().splitlines()
        self.assertEqual([self.comparable(line) for line in lines if line.startswith(EXACT_LINES)],
                         [self.comparable(line) for line in wanted if line.startswith(EXACT_LINES)])

    @staticmethod
    def comparable(line):
        """Without dates."""
        return re.sub(r"\w{3} [ \d]\d \d\d:\d\d", "DATE", line)
