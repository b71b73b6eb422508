"""Logs on a real containerd: rotated and bounded, read over their parts, followed over rotations, gone with their run."""
import gzip
import json
import os
import re
import signal
import threading

from harness.case import BUSYBOX
from harness.wait import stays, wait_for
from test_kubectl import KubectlCase

SIZE, FILES = 128 << 10, 4
PART = re.compile(r"\.log(\.\d{8}-\d{6}(\.gz)?)?$")
LINKS = "/var/log/containers"
FILLING = "x" * 90
AHEAD = 1000  # lines that may be unread: less than the parts that are kept hold

# Numbered lines of 100 bytes, so many a tenth of a second, until the test says that it is enough. Where the test says
# what was read, no more than AHEAD beyond that.
WRITE = """
i=0
while [ ! -e /control/{name}.end ]; do
  n=$((i + {burst}))
  while [ $i -lt $n ]; do i=$((i + 1)); echo "$i {filling}"; done
  sleep 0.1
  while [ -e /control/{name}.read ]; do
    read seen </control/{name}.read
    if [ $((i - seen)) -lt {ahead} ]; then break; fi
    sleep 0.02
  done
done
echo $i >/control/{name}.last
{after}
"""


def writer(name, control, burst=300, after="sleep 1000", policy="Never"):
    script = WRITE.format(name=name, burst=burst, ahead=AHEAD, after=after, filling=FILLING)
    container = {"name": "main", "image": BUSYBOX, "command": ["/bin/sh", "-c", script],
                 "volumeMounts": [{"name": "control", "mountPath": "/control"}]}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                       "spec": {"terminationGracePeriodSeconds": 0, "restartPolicy": policy, "containers": [container],
                                "volumes": [{"name": "control", "hostPath": {"path": control}}]}})


def numbers(text):
    """Of the lines that are there; the last one may still be on its way. A line that is not whole fails."""
    lines = text[:text.rfind("\n") + 1].splitlines()
    for at, line in enumerate(lines):
        near = lines[max(at - 1, 0):at + 2]
        assert re.fullmatch(r"\d+ " + FILLING, line), f"line {at} of {len(lines)} is none that was written: {near}"
    return [int(line.split(" ", 1)[0]) for line in lines]


class RotationCase(KubectlCase):
    def setUp(self):
        self.options = ["--container-log-max-size", str(SIZE), "--container-log-max-files", str(FILES)]
        self.log_directories = {}
        super().setUp()
        self.control = os.path.join(self.directory, "control")
        os.makedirs(self.control)

    def start_agent(self):
        self.agent.command = self.agent.command + self.options
        super().start_agent()

    def create(self, *arguments, **options):
        self.kubectl("create", "-f", "-", text=writer(arguments[0], self.control, *arguments[1:], **options))

    def tell(self, pod, what, text=""):
        """What the writer looks at, whole at once."""
        path = os.path.join(self.control, f"{pod}.{what}")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
        os.rename(path + ".new", path)

    def end(self, pod):
        """The writer writes no more; the number of its last line."""
        self.tell(pod, "end")

        def last():
            with open(os.path.join(self.control, f"{pod}.last"), encoding="utf-8") as file:
                return int(file.read() or 0)
        return wait_for(f"{pod} to end", last, 60)

    def log_directory(self, pod):
        if pod not in self.log_directories:
            uid = wait_for("the pod", lambda: self.agent.pods().get(pod))["metadata"]["uid"]
            self.log_directories[pod] = os.path.join(self.agent.pod_logs, f"default_{pod}_{uid}", "main")
        return self.log_directories[pod]

    def files(self, pod):
        directory = self.log_directory(pod)
        return sorted(os.listdir(directory)) if os.path.isdir(directory) else []

    def rotations(self, pod, run=0):
        """The stamps of the parts that are there."""
        return sorted({name.split(".")[2] for name in self.files(pod)
                       if name.startswith(f"{run}.log.") and not name.endswith(".tmp")})

    def await_rotations(self, pod, count, seconds=90, run=0):
        seen = set()

        def enough():
            seen.update(self.rotations(pod, run))
            return len(seen) >= count
        wait_for(lambda: f"{count} rotations of {pod}; there were {sorted(seen)}", enough, seconds)

    def await_phase(self, pod, phase, seconds=60):
        wait_for(f"{pod} to be {phase}", lambda: self.agent.pods()[pod]["status"].get("phase") == phase, seconds)

    def last(self, pod, number, seconds=60):
        wait_for(f"line {number}", lambda: numbers(self.kubectl("logs", pod, "--tail=1"))[-1:] == [number], seconds)


class EveryLineOnce(RotationCase):
    def test_reading(self):
        self.create("writer")
        self.await_rotations("writer", FILES + 1)
        last = self.end("writer")
        self.last("writer", last)
        self.check_files()
        read = numbers(self.kubectl("logs", "writer"))
        self.assertEqual(read, list(range(read[0], last + 1)), "each line once, in order")
        self.assertGreater(read[0], 1, "the oldest parts are gone")
        self.check_choices(read)
        self.check_links()
        self.kubectl("delete", "pod", "writer")
        self.take_down()

    def check_files(self):
        """Within the limits; all but the newest part compressed, and whole."""
        directory = self.log_directory("writer")
        wait_for("the last rotation", lambda: os.path.getsize(os.path.join(directory, "0.log")) < SIZE, 60)
        wait_for(lambda: f"all but the newest part to be compressed: {self.files('writer')}",
                 lambda: [name.endswith(".gz") for name in self.files("writer")] == [False, True, True, False], 60)
        for name in self.files("writer"):
            self.assertRegex(name, PART)
            path = os.path.join(directory, name)
            if not name.endswith(".gz"):
                continue
            with gzip.open(path, "rt", encoding="utf-8") as file:
                plain = sum(map(len, file))
            self.assertGreaterEqual(plain, SIZE, "rotated when it was full")
            self.assertLess(os.path.getsize(path), plain / 3)

    def check_choices(self, read):
        for count in (0, 1, 10, len(read) - 5, len(read), len(read) + 5):
            lines = numbers(self.kubectl("logs", "writer", f"--tail={count}"))
            self.assertEqual(lines, read[max(0, len(read) - count):], f"--tail={count}")
        self.assertEqual(len(self.kubectl("logs", "writer", "--limit-bytes=1000")), 1000)
        stamped = self.kubectl("logs", "writer", "--timestamps").splitlines()
        self.assertEqual(numbers("".join(line.split(" ", 1)[1] + "\n" for line in stamped)), read)
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
        self.tell("ending", "read", 0)
        self.create("ending", after="")
        self.await_phase("ending", "Running")
        followed = self.kubectl.start("logs", "-f", "ending")
        self.addCleanup(followed.stdout.close)
        self.addCleanup(followed.kill)
        deadline = threading.Timer(150, followed.kill)
        deadline.start()
        self.addCleanup(deadline.cancel)
        out, stamps = [], set()
        for line in followed.stdout:
            out.append(line)
            if len(out) % 100:
                continue
            self.tell("ending", "read", len(out))
            stamps.update(self.rotations("ending"))
            if len(stamps) > 2 * FILES:
                self.tell("ending", "end")
        self.assertEqual(followed.wait(), 0, "".join(out)[-1000:])
        self.assertEqual(numbers("".join(out)), list(range(1, self.end("ending") + 1)),
                         "all of it, though most is gone from the disk")
        self.assertGreater(numbers(self.kubectl("logs", "ending"))[0], 1)
        self.take_down()

    def test_kill_9_in_between(self):
        self.create("writer")
        for count in (1, 2, 3):
            self.await_rotations("writer", count)
            self.agent.kill9()
            # What a kill in the middle of a compression, and between the rename and the runtime's answer, leaves.
            directory = self.log_directory("writer")
            with open(os.path.join(directory, "0.log.20200101-000000.tmp"), "w", encoding="utf-8"):
                pass
            # This kill may itself have hit that moment.
            if count == 2 and os.path.exists(os.path.join(directory, "0.log")):
                os.rename(os.path.join(directory, "0.log"), os.path.join(directory, "0.log.20991231-000000"))
            self.agent.start()
            self.agent.wait_ready()
            self.await_tidy("writer")
        last = self.end("writer")
        self.last("writer", last)
        self.await_tidy("writer")
        read = numbers(self.kubectl("logs", "writer"))
        self.assertEqual(read, list(range(read[0], last + 1)))
        self.take_down()

    def await_tidy(self, pod):
        def tidy():
            files = self.files(pod)
            return "0.log" in files and len(files) <= FILES and all(PART.search(name) for name in files)
        wait_for(lambda: f"the parts to be in order: {self.files(pod)}", tidy, 30)


class EndedRuns(RotationCase):
    def restarted(self, pod, times):
        status = self.agent.pods()[pod]["status"]["containerStatuses"][0]
        return status["restartCount"] == times and "running" in status["state"]

    def test_the_run_before_is_kept_and_no_older_one(self):
        self.create("again", policy="Always")
        for run in range(3):
            self.await_rotations("again", 1, run=run)
            os.kill(self.cri.running("again")["pid"], signal.SIGKILL)
            wait_for(f"restart {run + 1}", lambda restarts=run + 1: self.restarted("again", restarts), 60)
        self.assertTrue(self.rotations("again", 2), "the run before was rotated")
        read = numbers(self.kubectl("logs", "again", "--previous"))
        self.assertEqual(read, list(range(read[0], read[-1] + 1)))

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
        self.create("flood", burst=10 ** 9)
        self.await_phase("flood", "Running")
        self.await_rotations("flood", 12)

        def written():
            return numbers(self.kubectl("logs", "flood", "--tail=10"))[0] * 135

        def bounded():
            self.assertLessEqual(len(self.rotations("flood")), FILES)
            return written() > 2 * self.most
        wait_for(lambda: f"{self.most} bytes, which are there, to be less than half of {written()} that were written",
                 bounded, 90)
        print(f"{written() >> 20} MiB were written, {self.most >> 20} MiB at most are there")
        # a part may be many megabytes
        for choice in ("--tail=50000", "--tail=-1"):
            text = self.kubectl("logs", "flood", choice, seconds=120)
            if choice == "--tail=-1":
                # The runtime writes a line in two records when its buffer ends within it, and the first may have gone
                # with a part that is not kept any more.
                text = text.partition("\n")[2]
            read = numbers(text)
            self.assertEqual(read, list(range(read[0], read[-1] + 1)), choice)
        self.kubectl("delete", "pod", "flood")
        self.take_down()
