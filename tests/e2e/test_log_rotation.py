"""Logs on a real containerd: rotated and bounded, read over their parts, followed over rotations, gone with their run."""
import gzip
import os
import re

from harness.case import BUSYBOX
from harness.wait import stays, wait_for
from test_kubectl import KubectlCase

SIZE, FILES = 128 << 10, 4
PART = re.compile(r"\.log(\.\d{8}-\d{6}(\.gz)?)?$")
LINKS = "/var/log/containers"

# Numbered lines of 100 bytes, so many a tenth of a second, until it is told to stop.
WRITE = """
i=0
while [ $i -lt {lines} ]; do
  n=$((i + {burst}))
  while [ $i -lt $n ]; do i=$((i + 1)); echo "$i {filling}"; done
  sleep {pause}
done
{after}
"""


def writer(name, lines, burst=300, pause=0.1, after="sleep 1000", policy="Never"):
    script = WRITE.format(lines=lines, burst=burst, pause=pause, after=after, filling="x" * 90)
    body = "\n".join("      " + line for line in script.strip().splitlines())
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: 0
  restartPolicy: {policy}
  containers:
  - name: main
    image: {BUSYBOX}
    command: [/bin/sh, -c]
    args:
    - |
{body}
"""


def numbers(text):
    return [int(line.split(" ", 1)[0]) for line in text.splitlines()]


class RotationCase(KubectlCase):
    def setUp(self):
        self.options = ["--container-log-max-size", str(SIZE), "--container-log-max-files", str(FILES)]
        super().setUp()

    def start_agent(self):
        self.agent.command = self.agent.command + self.options
        super().start_agent()

    def create(self, *arguments, **options):
        self.kubectl("create", "-f", "-", text=writer(*arguments, **options))

    def log_directory(self, pod):
        uid = wait_for("the pod", lambda: self.agent.pods().get(pod))["metadata"]["uid"]
        return os.path.join(self.agent.pod_logs, f"default_{pod}_{uid}", "main")

    def files(self, pod):
        directory = self.log_directory(pod)
        return sorted(os.listdir(directory)) if os.path.isdir(directory) else []

    def rotations(self, pod, run=0):
        """The stamps of the parts that are there."""
        return sorted({name.split(".")[2] for name in self.files(pod)
                       if name.startswith(f"{run}.log.") and not name.endswith(".tmp")})

    def await_rotations(self, pod, count, seconds=60):
        seen = set()

        def enough():
            seen.update(self.rotations(pod))
            return len(seen) >= count
        wait_for(lambda: f"{count} rotations of {pod}; there were {sorted(seen)}", enough, seconds)

    def await_phase(self, pod, phase, seconds=60):
        wait_for(f"{pod} to be {phase}", lambda: self.agent.pods()[pod]["status"].get("phase") == phase, seconds)

    def last(self, pod, number, seconds=60):
        wait_for(f"line {number}", lambda: numbers(self.kubectl("logs", pod, "--tail=1"))[-1:] == [number], seconds)


class EveryLineOnce(RotationCase):
    LINES = 30000

    def test_reading(self):
        self.create("writer", self.LINES)
        self.last("writer", self.LINES)
        self.check_files()
        read = numbers(self.kubectl("logs", "writer"))
        self.assertEqual(read, list(range(read[0], self.LINES + 1)), "each line once, in order")
        self.assertGreater(read[0], 1, "the oldest parts are gone")
        self.check_choices(read)
        self.check_links()
        self.kubectl("delete", "pod", "writer")
        self.take_down()

    def check_files(self):
        """Within the limits; all but the newest part compressed, and whole."""
        directory = self.log_directory("writer")
        wait_for("the last rotation", lambda: os.path.getsize(os.path.join(directory, "0.log")) < SIZE, 30)
        wait_for(lambda: f"all but the newest part to be compressed: {self.files('writer')}",
                 lambda: [name.endswith(".gz") for name in self.files("writer")] == [False, True, True, False], 30)
        for name in self.files("writer"):
            self.assertRegex(name, PART)
            path = os.path.join(directory, name)
            if not name.endswith(".gz"):
                continue
            with gzip.open(path, "rt", encoding="utf-8") as file:
                self.assertGreaterEqual(sum(map(len, file)), SIZE, "rotated when it was full")
            self.assertLess(os.path.getsize(path), SIZE / 2)

    def check_choices(self, read):
        for count in (0, 1, 10, len(read) - 5, len(read), len(read) + 5):
            lines = numbers(self.kubectl("logs", "writer", f"--tail={count}"))
            self.assertEqual(lines, read[max(0, len(read) - count):], f"--tail={count}")
        self.assertEqual(len(self.kubectl("logs", "writer", "--limit-bytes=1000")), 1000)
        stamped = self.kubectl("logs", "writer", "--timestamps").splitlines()
        self.assertEqual(numbers("\n".join(line.split(" ", 1)[1] for line in stamped)), read)
        times = [line.split(" ", 1)[0] for line in stamped]
        self.assertEqual(times, sorted(times))
        for at in (10, len(stamped) // 2, len(stamped) - 10):
            second = times[at][:19]  # clients ask for whole seconds
            since = self.kubectl("logs", "writer", f"--since-time={second}Z")
            self.assertEqual(numbers(since), read[[time[:19] for time in times].index(second):])
        self.assertEqual(numbers(self.kubectl("logs", "writer", "--since=1h")), read)

    def check_links(self):
        container = self.cri.running("writer")["id"]
        link = os.path.join(LINKS, f"writer_default_main-{container}.log")
        self.assertEqual(os.readlink(link), os.path.join(self.log_directory("writer"), "0.log"))
        self.assertTrue(os.path.exists(link))

    def test_followed_over_rotations(self):
        self.create("ending", self.LINES, after="")
        self.await_phase("ending", "Running")
        followed = self.kubectl.start("logs", "-f", "ending")
        self.addCleanup(followed.kill)
        out = followed.communicate(timeout=60)[0]
        self.assertEqual(numbers(out), list(range(1, self.LINES + 1)), "all of it, though most is gone from the disk")
        self.assertGreater(numbers(self.kubectl("logs", "ending"))[0], 1)
        self.take_down()

    def test_kill_9_in_between(self):
        self.create("writer", self.LINES)
        for count in (1, 2, 3):
            self.await_rotations("writer", count)
            self.agent.kill9()
            # What a kill in the middle of a compression, and between the rename and the runtime's answer, leaves.
            directory = self.log_directory_of_only_pod()
            with open(os.path.join(directory, "0.log.20200101-000000.tmp"), "w", encoding="utf-8"):
                pass
            if count == 2:
                os.rename(os.path.join(directory, "0.log"), os.path.join(directory, "0.log.20991231-000000"))
            self.agent.start()
            self.agent.wait_ready()
            self.await_tidy("writer")
        self.last("writer", self.LINES)
        self.await_tidy("writer")
        read = numbers(self.kubectl("logs", "writer"))
        self.assertEqual(read, list(range(read[0], self.LINES + 1)))
        self.take_down()

    def log_directory_of_only_pod(self):
        pod, = os.listdir(self.agent.pod_logs)
        return os.path.join(self.agent.pod_logs, pod, "main")

    def await_tidy(self, pod):
        def tidy():
            files = self.files(pod)
            return "0.log" in files and len(files) <= FILES and all(PART.search(name) for name in files)
        wait_for(lambda: f"the parts to be in order: {self.files(pod)}", tidy, 30)


class EndedRuns(RotationCase):
    def test_the_run_before_is_kept_and_no_older_one(self):
        self.create("again", 6000, after="exit 1", policy="Always")

        def restarted():
            statuses = self.agent.pods()["again"]["status"].get("containerStatuses", [])
            again = statuses and statuses[0]["restartCount"] >= 3 and "running" in statuses[0]["state"]
            return statuses[0]["restartCount"] if again else None
        restarts = wait_for("a third restart", restarted, 90)
        self.assertTrue(self.rotations("again", restarts - 1), "the run before was rotated")
        read = numbers(self.kubectl("logs", "again", "--previous"))
        self.assertEqual(read, list(range(read[0], 6001)))

        def runs():
            return {int(name.split(".")[0]) for name in self.files("again")}
        wait_for(lambda: f"logs of two runs, there are {self.files('again')}", lambda: len(runs()) == 2, 30)
        stays("no more of them", lambda: len(runs()) <= 3, 2)  # the third one is just being started
        links = [os.readlink(os.path.join(LINKS, name)) for name in os.listdir(LINKS)]
        self.assertLessEqual(len(links), 3)
        self.kubectl("delete", "pod", "again")
        self.take_down()


class Floods(RotationCase):
    def setUp(self):
        super().setUp()
        self.most = 0

    def used(self, pod):
        total = 0
        for name in self.files(pod):
            try:
                total += os.path.getsize(os.path.join(self.log_directory(pod), name))
            except OSError:
                continue  # rotated meanwhile
        return total

    def rotations(self, pod, run=0):
        """Whoever looks for rotations measures, all the time while it floods."""
        self.most = max(self.most, self.used(pod))
        return super().rotations(pod, run)

    def test_the_disk_is_bounded(self):
        self.create("flood", 10 ** 9, burst=10 ** 9)
        self.await_phase("flood", "Running")
        self.await_rotations("flood", 12)
        wait_for("more rotations", lambda: len(self.rotations("flood")) == FILES - 1)
        last = numbers(self.kubectl("logs", "flood", "--tail=1"))[0]
        print(f"{last * 135 >> 20} MiB were written, {self.most >> 20} MiB at most are there")
        self.assertLess(self.most, last * 135 / 2, "of what was written")
        read = numbers(self.kubectl("logs", "flood"))
        self.assertEqual(read, list(range(read[0], read[-1] + 1)))
        self.kubectl("delete", "pod", "flood")
        self.take_down()
