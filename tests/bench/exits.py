"""How soon the end of a container is seen: from a kill to the watch event that shows it.

Each kill leaves the runtime some 50 ms of work, processor and disk: what the container had is removed. So there are two
figures: of ends that come ten a second, and of ends that come as fast as they are seen, where most wait for the disk.
"""
import json
import os
import signal
import time

from harness.api import Connection, context
from harness.case import BUSYBOX
from harness.wait import stays, wait_for

PODS, CONTAINERS = 20, 10
LIST = "/api/v1/namespaces/default/pods"
WITHIN = 50  # milliseconds, the 99th of a hundred


def pods():
    containers = [{"name": f"c{number}", "image": BUSYBOX, "imagePullPolicy": "Never", "command": ["/bin/sleep", "10000"]}
                  for number in range(CONTAINERS)]
    items = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"ends-{number}"},
              "spec": {"terminationGracePeriodSeconds": 0, "restartPolicy": "Never", "containers": containers}}
             for number in range(PODS)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


class Watch:
    """Events of pods, read as they come."""

    def __init__(self, tls):
        self._link = Connection(tls)
        self._link.send("GET", LIST + "?watch=true")
        self._text = b""

    def until_ended(self, container):
        """Returns when an event shows this container (by its id at the runtime) as ended."""
        while True:
            line, found, rest = self._text.partition(b"\n")
            if not found:
                self._text += self._link.read()
                continue
            self._text = rest
            if container.encode() in line and self.shows(line, container):
                return

    @staticmethod
    def shows(line, container):
        try:
            pod = json.loads(line[line.index(b"{"):])["object"]
        except ValueError:
            return False  # a chunk's frame
        return any("terminated" in status["state"] and status.get("containerID", "").endswith(container)
                   for status in pod.get("status", {}).get("containerStatuses", []))

    def close(self):
        self._link.close()


def times(bench, every):
    """Milliseconds of each kill, one after another; `every` so many seconds at most."""
    agent = bench.agent
    agent.apply("ends.yaml", pods())
    names = [f"ends-{number}" for number in range(PODS)]
    wait_for("the pods to run", lambda: set(names) <= set(agent.ready_pods()), 180)
    watch, took = Watch(context(os.path.join(agent.state, "admin.kubeconfig"))), []
    for container in bench.cri.containers(state="running"):
        begin = time.perf_counter()
        os.kill(container["pid"], signal.SIGKILL)
        watch.until_ended(container["id"])
        took.append((time.perf_counter() - begin) * 1000)
        stays("the agent", agent.running, begin + every - time.perf_counter())
    watch.close()
    agent.remove_manifest("ends.yaml")
    bench.gone(*names)
    return sorted(took)


def rows(bench):
    found = []
    for what, every in (("an exit seen", 0.1), ("exits seen at once one after another", 0)):
        took = times(bench, every)
        late = took[len(took) * 99 // 100 - 1]
        bar, met = (f"≤ {WITHIN} ms", late <= WITHIN) if every else ("", True)
        found.append((f"{what}, 99th percentile of {len(took)} kills (median {took[len(took) // 2]:.1f} ms)",
                      f"{late:.1f} ms", "", "", bar, met))
    return found
