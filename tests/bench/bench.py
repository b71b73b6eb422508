"""`./bench`: the agent's times as ratios to a floor of raw CRI calls, both in the same run on the same containerd.

Every time ends with the stamp containerd gave a container's first log line. Agent and floor take turns, so that the
machine's mood touches both alike; medians are compared.
"""
import argparse
import calendar
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
E2E = os.path.join(os.path.dirname(HERE), "e2e")
sys.path.insert(0, E2E)
sys.path.insert(0, HERE)

import api  # noqa: E402  (after the path is set)
import exits  # noqa: E402
import probes  # noqa: E402
import sets  # noqa: E402
from harness import world  # noqa: E402
from harness.agent import Agent  # noqa: E402
from harness.case import EXAMPLE, IMAGE, make_busybox, make_image  # noqa: E402
from harness.containerd import PrivateContainerd  # noqa: E402
from harness.cri import Cri  # noqa: E402
from harness.wait import wait_for  # noqa: E402

NAMESPACES = ["unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"]
POD = """apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {{name: main, image: "{image}", imagePullPolicy: IfNotPresent}}
"""
CONFIGURATION = """apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: red, shape: round}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: hidden}
"""
CONFIGURED = """apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: "{image}"
    imagePullPolicy: IfNotPresent
    volumeMounts: [{{name: a, mountPath: /a}}, {{name: b, mountPath: /b}}, {{name: c, mountPath: /c}},
                   {{name: d, mountPath: /d}}, {{name: e, mountPath: /e}}]
  volumes:
  - {{name: a, configMap: {{name: settings}}}}
  - {{name: b, configMap: {{name: settings, items: [{{key: color, path: deep/color}}]}}}}
  - {{name: c, secret: {{secretName: keys}}}}
  - {{name: d, downwardAPI: {{items: [{{path: name, fieldRef: {{fieldPath: metadata.name}}}}]}}}}
  - {{name: e, projected: {{sources: [{{secret: {{name: keys}}}}, {{configMap: {{name: settings}}}}]}}}}
"""


def stamp(text):
    """Seconds since the epoch of a CRI log stamp: 2026-11-21T23:15:36.123456789Z, nanoseconds, in UTC."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction or 0}")


class Bench:
    def __init__(self, directory):
        self.directory = directory
        self.containerd = PrivateContainerd(os.path.join(directory, "containerd"))
        self.agent = Agent(os.path.join(directory, "agent"), self.containerd.endpoint)
        self.cri = Cri(self.containerd.endpoint)
        build = os.environ["ORDINAL_BUILD"]
        self.floor_program = os.path.join(build, "tests/bench/floor")

    def start(self):
        self.containerd.start()
        for make, name in ((make_image, "kubia.tar"), (make_busybox, "busybox.tar")):
            make(os.path.join(self.directory, name))
            self.agent.add_image(os.path.join(self.directory, name))
        self.agent.start()
        self.agent.wait_ready()

    def first_lines(self, prefix, count, attempt=0):
        """The stamps of the first log lines of `count` pods whose names begin so, once all are there."""
        found = {}

        def look():
            for entry in os.listdir(self.agent.pod_logs) if os.path.isdir(self.agent.pod_logs) else []:
                path = os.path.join(self.agent.pod_logs, entry, "main", f"{attempt}.log")
                if entry in found or not entry.startswith(f"default_{prefix}") or not os.path.exists(path):
                    continue
                with open(path, encoding="utf-8") as file:
                    line = file.readline()
                if line.endswith("\n"):
                    found[entry] = stamp(line.split()[0])
            return len(found) == count
        wait_for(f"{count} pods {prefix}", look, 120)
        return list(found.values())

    def first_line(self, pod, attempt=0):
        return self.first_lines(f"{pod}_", 1, attempt)[0]

    def gone(self, *pods):
        wait_for("the pods to be gone", lambda: not set(pods) & set(self.agent.pods()), 60)
        wait_for("their sandboxes to be gone", lambda: not self.cri.sandboxes(), 60)  # nothing runs beside what is timed

    def floor(self):
        done = world.run(self.floor_program, "--endpoint", self.containerd.endpoint, "--image", IMAGE,
                         "--log-root", os.path.join(self.directory, "floor"), "--count", "3", "--", "/kubia")
        return [json.loads(line) for line in done.splitlines()[1:]]  # the first one pays for the connection

    def floor_together(self, count, lanes):
        return json.loads(world.run(self.floor_program, "--endpoint", self.containerd.endpoint, "--image", IMAGE,
                                    "--log-root", os.path.join(self.directory, "floor"), "--count", str(count),
                                    "--together", str(lanes), "--", "/kubia"))

    def pod(self, number):
        name = f"bench-{number}"
        begin = time.time()
        self.agent.apply(f"{name}.yaml", POD.format(name=name, image=IMAGE))
        start = (self.first_line(name) - begin) * 1000
        pid = self.cri.running(name)["pid"]
        killed = time.time()
        os.kill(pid, signal.SIGKILL)
        restart = (self.first_line(name, 1) - killed) * 1000
        self.agent.remove_manifest(f"{name}.yaml")
        self.gone(name)
        return start, restart

    def configured(self, number):
        """Milliseconds of a pod with five volumes of configuration more than of the same without."""
        took = []
        for name, text in ((f"plain-{number}", POD), (f"configured-{number}", CONFIGURED)):
            begin = time.time()
            self.agent.apply(f"{name}.yaml", text.format(name=name, image=IMAGE))
            took.append((self.first_line(name) - begin) * 1000)
            self.agent.remove_manifest(f"{name}.yaml")
            self.gone(name)
        return took[1] - took[0]

    def ordered(self, number):
        name = f"set-{number}"
        begin = sets.Sets(self, stamp).apply("StatefulSet", name, 3, sets.ORDERED)
        took = (self.first_line(f"{name}-2") - begin) * 1000
        self.agent.remove_manifest(f"{name}.yaml")
        self.gone(*(f"{name}-{i}" for i in range(3)))
        return took

    def resident(self):
        """Megabytes of the agent with the example running."""
        for name in ("persistent-volumes.yaml", "service.yaml", "statefulset.yaml"):
            with open(os.path.join(EXAMPLE, name), encoding="utf-8") as file:
                self.agent.apply(name, file.read())
        wait_for("the example to run", lambda: len(self.agent.ready_pods()) == 3, 60)
        with open(f"/proc/{self.agent.pid}/status", encoding="utf-8") as file:
            found = next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024
        for name in ("statefulset.yaml", "service.yaml", "persistent-volumes.yaml"):
            self.agent.remove_manifest(name)
        self.gone(*(f"kubia-{i}" for i in range(3)))
        return found


def measure(bench, rounds):
    floors, pods, restarts, threes, more = [], [], [], [], []
    bench.floor()  # the first of each unpacks the image and fills caches
    bench.pod("warm-up")
    bench.agent.apply("configuration.yaml", CONFIGURATION)
    for i in range(rounds):
        floors.extend(bench.floor())
        start, restart = bench.pod(i)
        pods.append(start)
        restarts.append(restart)
        threes.append(bench.ordered(i))
        more.append(bench.configured(i))
    pod_floor = statistics.median(f["pod_ms"] for f in floors)
    restart_floor = statistics.median(f["restart_ms"] for f in floors)
    pod, restart, three = map(statistics.median, (pods, restarts, threes))
    with_files = statistics.median(more)
    stop_floor = statistics.median(f["stop_ms"] for f in floors)
    return [
        ("one pod: manifest written → first log line", f"{pod:.1f} ms", f"{pod_floor:.1f} ms", f"{pod / pod_floor:.3f} ×",
         "≤ 1.10 ×", pod <= 1.10 * pod_floor),
        ("three ordered ordinals", f"{three:.1f} ms", f"3 × {pod_floor:.1f} ms", f"{three / (3 * pod_floor):.3f} ×",
         "≤ 1.25 ×", three <= 3.75 * pod_floor),
        ("restart after SIGKILL → first log line", f"{restart:.1f} ms", f"{restart_floor:.1f} ms",
         f"{restart - restart_floor:+.1f} ms", "≤ +20 ms", restart <= restart_floor + 20),
        ("five volumes of configuration more in one pod", f"{with_files:+.1f} ms", "", "", "≤ +5 ms", with_files <= 5),
    ] + sets.rows(bench, stamp, pod_floor, stop_floor)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown processor")
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--idle", type=int, default=60, help="seconds to watch an idle agent's writes")
    options = parser.parse_args()
    if os.environ.get("ORDINAL_E2E_INSIDE") != "1":
        os.environ["ORDINAL_E2E_INSIDE"] = "1"
        os.execvp(NAMESPACES[0], NAMESPACES + [sys.executable] + sys.argv)
    os.environ["ORDINAL_BUILD"] = os.path.abspath(options.build)
    world.prepare()
    with tempfile.TemporaryDirectory(prefix="ordinal-e2e-bench-") as directory:
        bench = Bench(directory)
        try:
            bench.start()
            memory = bench.resident()
            rows = measure(bench, options.rounds)
            rows += exits.rows(bench)
            rows += probes.rows(bench, options.idle)
            rows.append(("resident memory, example running", f"{memory:.1f} MB", "", "", "≤ 30 MB", memory <= 30))
            bench.agent.terminate()  # the API's figures are those of an agent that was started with its objects
            bench.agent.start()
            bench.agent.wait_ready()
            rows += api.rows(bench.agent, options.idle)
            bench.agent.terminate()
            bench.agent.ask("down")
        finally:
            for process in (bench.agent, bench.containerd):
                if process.running():
                    process.kill9()
            world.scrub()
    version = subprocess.run(["containerd", "--version"], capture_output=True, text=True, check=False).stdout.split()
    print(f"{machine()}; containerd {version[2] if len(version) > 2 else '?'}; medians of {options.rounds} rounds\n")
    print("| what | ordinald | floor | ratio | bar | |\n|---|---|---|---|---|---|")
    for what, own, floor, ratio, bar, met in rows:
        verdict = "" if not bar else "met" if met else "MISSED"
        print(f"| {what} | {own} | {floor} | {ratio} | {bar} | {verdict} |")
    return 0 if all(row[-1] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
