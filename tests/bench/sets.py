"""Sets of pods against the floor: ordered up and down, parallel, and a ReplicaSet."""
import json
import os
import re
import statistics
import subprocess
import time

from harness.case import IMAGE
from harness.wait import wait_for

ROUNDS = 3
ORDINALS, REPLICAS = 10, 30
ORDERED = "serviceName: none"
PARALLEL = "serviceName: none\n  podManagementPolicy: Parallel"
CLAIMS = ORDERED + """
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Delete}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}"""
LANES = (1, 2, 4, 8, 16)  # how many pods at a time the floor tries
SET = """apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  {more}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - {{name: main, image: "{image}", imagePullPolicy: IfNotPresent}}
"""


class Sets:
    """`bench` is bench.py's: the agent, its containerd and the floor program."""

    def __init__(self, bench, stamp):
        self.bench, self.stamp = bench, stamp

    def apply(self, kind, name, replicas, more=""):
        text = SET.format(kind=kind, name=name, replicas=replicas, more=more, image=IMAGE)
        begin = time.time()
        self.bench.agent.apply(f"{name}.yaml", text)
        return begin

    def last_gone(self, name, count):
        """When the agent said of the last of `count` pods that it is gone."""
        said = re.compile(rf"(?m)^(\S+Z) info +pod default/{name}-\S+: gone")
        wait_for(f"{count} pods of {name} to go", lambda: len(said.findall(self.bench.agent.text())) >= count, 120)
        return max(self.stamp(when) for when in said.findall(self.bench.agent.text()))

    def up_and_down(self, kind, name, count, more=""):
        """(milliseconds to start all, milliseconds to end all)"""
        begin = self.apply(kind, name, count, more)
        up = max(self.bench.first_lines(f"{name}-", count)) - begin
        wait_for("all to be ready", lambda: len(self.bench.agent.ready_pods()) == count, 60)
        begin = self.apply(kind, name, 0, more)
        down = self.last_gone(name, count) - begin
        self.bench.agent.remove_manifest(f"{name}.yaml")
        wait_for("no sandbox", lambda: not self.bench.cri.sandboxes(), 60)
        return up * 1000, down * 1000

    def best_floor(self, count):
        """(milliseconds, lanes) of the floor at its best parallelism."""
        return min((statistics.median(self.bench.floor_together(count, lanes)["start_ms"] for _ in range(ROUNDS)), lanes)
                   for lanes in LANES if lanes <= count)


def median_of(rounds):
    return [statistics.median(column) for column in zip(*rounds)]


def on_fake_runtime(sets, replicas):
    """What many_sets.cc prints."""
    program = os.path.join(os.environ["ORDINAL_BUILD"], "tests/bench/many_sets")
    done = subprocess.run([program, str(sets), str(replicas)], capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def many():
    found = on_fake_runtime(1000, 3)
    own = f"{found['ms'] / 1000:.1f} s, {found['cpu_ms'] / 1000:.1f} s of processor, {found['rss_mb']:.0f} MB"
    met = found["ms"] <= 5000 and found["cpu_ms"] <= 6000 and found["rss_mb"] <= 160
    return "1,000 StatefulSets of 3, fake runtime", own, "", "", "≤ 5 s, ≤ 6 s, ≤ 160 MB", met


def next_ordinal():
    """From an ordinal's readiness until the next one's sandbox is asked for; the last ones of a hundred count."""
    found = on_fake_runtime(1, 101)["next_ms"]
    own = f"median {found['median']:.1f} ms, longest {found['max']:.1f} ms, of the last ten {found['last']:.1f} ms"
    return "ordinal ready → the next one's sandbox, 100 times, fake runtime", own, "", "", "≤ 5 ms", found["last"] <= 5


def rows(bench, stamp, pod_floor, stop_floor):
    """The lines of the table: (what, own, floor, ratio, bar, met). The floors are those of one pod, in milliseconds."""
    sets = Sets(bench, stamp)
    up, down = median_of(sets.up_and_down("StatefulSet", f"o{i}", ORDINALS, ORDERED) for i in range(ROUNDS))
    claiming, _ = median_of(sets.up_and_down("StatefulSet", f"c{i}", ORDINALS, CLAIMS) for i in range(ROUNDS))
    wide, _ = median_of(sets.up_and_down("StatefulSet", f"p{i}", ORDINALS, PARALLEL) for i in range(ROUNDS))
    replicas, _ = median_of(sets.up_and_down("ReplicaSet", f"r{i}", REPLICAS) for i in range(ROUNDS))
    ten, ten_lanes = sets.best_floor(ORDINALS)
    thirty, thirty_lanes = sets.best_floor(REPLICAS)

    def row(what, own, floor, floor_text, bar):
        return what, f"{own:.0f} ms", floor_text, f"{own / floor:.3f} ×", f"≤ {bar:.2f} ×", own <= bar * floor
    return [
        row(f"StatefulSet 0 → {ORDINALS}, OrderedReady", up, ORDINALS * pod_floor, f"{ORDINALS} × {pod_floor:.1f} ms", 1.25),
        row(f"StatefulSet 0 → {ORDINALS}, a new volume each", claiming, ORDINALS * pod_floor,
            f"{ORDINALS} × {pod_floor:.1f} ms", 1.25),
        row(f"StatefulSet {ORDINALS} → 0", down, ORDINALS * stop_floor, f"{ORDINALS} × {stop_floor:.1f} ms", 1.25),
        row(f"StatefulSet 0 → {ORDINALS}, Parallel", wide, ten, f"{ten:.0f} ms, {ten_lanes} at a time", 1.25),
        row(f"ReplicaSet 0 → {REPLICAS}", replicas, thirty, f"{thirty:.0f} ms, {thirty_lanes} at a time", 1.10),
        next_ordinal(),
        many(),
    ]
