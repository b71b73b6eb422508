"""The recorded sessions of a real Kubernetes, command by command through kubectl: the same tables, descriptions,
objects, and events by reason and order. Left out of the comparison are the words meant for people, what differs on
every run, and what docs/limits.md says is not there: the service account's volume, the service `kubernetes`."""
import difflib
import json
import os
import re
import shlex

from harness.kubectl import plain
from harness.session import commands
from harness.wait import wait_for
from test_kubectl import SESSIONS, KubectlCase

# A claim is bound before its pod is looked at, so no pod of ours ever fails to be placed for that.
NEVER_SAID = {"FailedScheduling"}
# What a service account's token adds to the description of a pod, and the node's own name and address.
NOT_COMPARED = (r"^Node:", r"^Service Account:", r"serviceaccount from kube-api-access", r"^ *Mounts:", r"^Volumes:",
                r"kube-api-access", r"TokenExpirationSeconds", r"ConfigMapName", r"ConfigMapOptional", r"DownwardAPI",
                r"^ *Type: +Projected", r"Image ID:", r"Container ID:", r"^ *Path:", r"Started:")


def table(lines):
    """Rows sorted below each header: names with random endings come in any order; and no service `kubernetes`.

    The recording shows once what the pods wrote, between two commands: the test looks at the files instead."""
    out, block = [], []
    kept = "\n".join(line for line in lines if not re.match(r"kubernetes |kubia-\d$", line))
    for line in plain(kept.replace("e2e-node", "node-a")) + [""]:
        if line:
            block.append(line)
        elif block:
            out += block[:1] + sorted(block[1:])
            block = []
    return out


def events(lines):
    """(type, reason, object) of `get events`."""
    rows = [line.split() for line in lines[1:]]
    return [("EVENT", *row[1:3], plain(row[3])[0]) for row in rows if row[2] not in NEVER_SAID]


def description(lines):
    """What comes before the events as it is printed; of each event its type, reason and speaker."""
    at = next((i for i, line in enumerate(lines) if line.startswith("Events:")), len(lines))
    head = [line for line in lines[:at] if not any(re.search(wanted, line) for wanted in NOT_COMPARED)]
    said = [line.split() for line in lines[at + 3:]]
    return plain("\n".join(head)) + [("EVENT", row[0], row[1], row[3]) for row in said]


def without_nulls(value):
    """An unset time is written as null by some and left out by others."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def last(lines):
    """A rollout says how it comes along as often as it looks; its last word counts."""
    return lines[-1:]


def reader(command):
    """How the output of a command is compared."""
    if command.startswith("get events"):
        return events
    if command.startswith("describe"):
        return description
    return last if command.startswith("rollout status") else table


def settles(command):
    """Whether the command may be asked again until what it shows has come to rest."""
    return command.startswith(("get ", "describe "))


class SessionCase(KubectlCase):
    def replay(self, recording, translate=lambda command: command):
        for command, lines in commands(self.session(recording)):
            self.step(command, lines, translate(command))

    def document(self, lines):
        """An object without what differs on every run. kubectl itself reads the YAML."""
        text = self.kubectl("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-",
                            text="\n".join(lines))
        body = json.loads(text)
        for name in ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation"):
            body["metadata"].pop(name, None)
        body["metadata"]["annotations"].pop("kubectl.kubernetes.io/last-applied-configuration")  # kubectl's own
        for name in ("currentRevision", "updateRevision"):
            body["status"].pop(name)
        return json.dumps(without_nulls(body), indent=1, sort_keys=True).splitlines()

    def step(self, command, lines, own):
        read = self.document if command.endswith("-o yaml") else reader(command)
        wanted, seen = read(lines), []

        def same():
            seen[:] = read(self.kubectl(*own).splitlines())
            return seen == wanted

        def difference():
            return f"kubectl {command} to print what was recorded:\n" + "\n".join(
                difflib.unified_diff([str(line) for line in wanted], [str(line) for line in seen], lineterm=""))
        if settles(command):
            wait_for(difference, same, 30)
        else:
            self.assertTrue(same(), difference())


class ReplicaSetSession(SessionCase):
    def translate(self, command):
        """The recording names pods by the random endings they had; ours are those that play the same part."""
        words = shlex.split(command)
        if command.startswith("apply"):
            words[2] = self.session("replicaset.yaml")
        if command.startswith("run stray"):
            return words[:-2] + ["sleep 100000"]  # printed without its quotes
        for word in words:
            named = re.fullmatch(r"pod/(example-replica-set-\w{5})", word)
            if named:
                words[words.index(word)] = "pod/" + self.stand_in(named[1])
        return words

    def stand_in(self, recorded):
        if recorded not in self.names:
            now = [pod["metadata"]["name"] for pod in self.kubectl.object("pods", "-l", "app=example")["items"]]
            self.names[recorded] = sorted(now)[0]
        return self.names[recorded]

    def test_as_recorded(self):
        self.names = {}
        self.replay("replicaset-session.txt", self.translate)
        released = self.kubectl.object("pod", self.names["example-replica-set-2pm4q"])["metadata"]
        self.assertNotIn("ownerReferences", released)
        self.kubectl("delete", "pods", "--all")
        self.take_down()


class StatefulSetSession(SessionCase):
    def translate(self, command):
        words = shlex.split(command) if "-p {" not in command else command.split(" ")
        if command.startswith("apply"):
            words[2] = self.manifest
        return words

    def test_as_recorded(self):
        with open(self.session("statefulset.yaml"), encoding="utf-8") as file:
            text = file.read().replace("/srv/golden-pv", os.path.join(self.directory, "pv"))
        self.manifest = os.path.join(self.directory, "statefulset.yaml")
        with open(self.manifest, "w", encoding="utf-8") as file:
            file.write(text)
        self.replay("statefulset-create.txt", self.translate)
        self.replay("statefulset-lifecycle.txt", self.translate)
        for letter, wrote in (("a", "kubia-0"), ("b", "kubia-1"), ("c", "kubia-2")):
            with open(os.path.join(self.directory, "pv", letter, "hosts"), encoding="utf-8") as file:
                self.assertEqual(set(file.read().split()), {wrote}, "an ordinal's pods all wrote to its volume")
        self.take_down()


assert os.path.isdir(SESSIONS)
