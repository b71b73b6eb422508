"""What probes cost: the processor of an agent that has nothing to do but ask."""
import json
import os
import resource
import statistics
import subprocess
import time

from harness.case import BUSYBOX
from harness.wait import stays, wait_for

SERVE = "mkdir -p /www; echo yes >/www/ok; exec busybox httpd -f -p 8080 -h /www"
COMMAND = ["/bin/busybox", "true"]  # what /bin/true of the image is
PODS = 30
ASKED_EACH_SECOND = 10  # as 100 of them every ten seconds


def pods(prefix, count, probe):
    container = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never", "command": ["/bin/sh", "-c", SERVE]}
    if probe:
        container["readinessProbe"] = probe
    items = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"{prefix}-{number}"},
              "spec": {"terminationGracePeriodSeconds": 0, "containers": [container]}} for number in range(count)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


class Probes:
    def __init__(self, bench, seconds):
        self.bench, self.seconds = bench, seconds

    def used(self):
        """Seconds of processor of the agent's threads and of the children it has waited for."""
        tasks = f"/proc/{self.bench.agent.pid}/task"
        own = 0
        for task in os.listdir(tasks):
            try:
                with open(f"{tasks}/{task}/schedstat", encoding="utf-8") as file:
                    own += int(file.read().split()[0])
            except FileNotFoundError:
                continue
        with open(f"/proc/{self.bench.agent.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        return own / 1e9 + (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def share(self, prefix, count, probe):
        """Percent of a core while `count` pods run, and the agent's megabytes."""
        agent = self.bench.agent
        names = [f"{prefix}-{number}" for number in range(count)]
        agent.apply(f"{prefix}.yaml", pods(prefix, count, probe))
        wait_for(lambda: f"the pods to be ready: {agent.ask('status')[1]}",
                 lambda: set(names) <= set(agent.ready_pods()), 120)
        stays("the agent", agent.running, 5)  # what starting them left to be done
        began, before = time.monotonic(), self.used()
        stays("the agent", agent.running, self.seconds)
        share = 100 * (self.used() - before) / (time.monotonic() - began)
        with open(f"/proc/{agent.pid}/status", encoding="utf-8") as file:
            resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024
        agent.remove_manifest(f"{prefix}.yaml")
        self.bench.gone(*names)
        return share, resident


def alone(times=200):
    """Percent of a core that the command itself takes, asked as often."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(times):
        subprocess.run(COMMAND, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 100 * ASKED_EACH_SECOND * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / times


def rows(bench, seconds):
    probes = Probes(bench, seconds)
    plain, _ = probes.share("unasked", PODS, None)
    asked, memory = probes.share("asked", PODS, {"httpGet": {"path": "/ok", "port": 8080}, "periodSeconds": 10})
    command = statistics.median(alone() for _ in range(3))
    executed, _ = probes.share("executed", ASKED_EACH_SECOND, {"exec": {"command": ["/bin/true"]}, "periodSeconds": 1})
    return [
        (f"{PODS} idle pods, processor", f"{plain:.2f} %", "", "", "≤ 0.1 %", plain <= 0.1),
        ("the same with an HTTP probe each, every 10 s", f"{asked:.2f} %", "", "", "≤ 0.3 %", asked <= 0.3),
        ("memory with them", f"{memory:.1f} MB", "", "", "≤ 32 MB", memory <= 32),
        ("100 exec probes every 10 s", f"{executed:.2f} %", f"{command:.2f} % the command",
         f"{executed - command:+.2f} %", "≤ +3 %", executed - command <= 3),
    ]
