"""Fates of pods beyond the recorded ones: sixteen that a manifest decides (tests/data/own_fates), and those that need
somebody to do something to the pod."""
import json
import os
import re
import signal

from harness.case import BUSYBOX, SOURCE
from harness.wait import stays, wait_for
from harness.world import run
from test_fates import FatesCase

STAY = "trap 'exit 0' TERM; while :; do sleep 0.1; done"


def pod(name, command=STAY, grace=1, **spec):
    containers = spec.pop("containers", [{"name": "c", "image": spec.pop("image", BUSYBOX),
                                          "command": ["/bin/sh", "-c", command], **spec.pop("container", {})}])
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                       "spec": {"terminationGracePeriodSeconds": grace, "containers": containers, **spec}})


class OwnFates(FatesCase):
    def apply(self, text):
        self.kubectl("apply", "-f", "-", text=text)

    def status(self, name):
        return self.kubectl.object("pod", name)["status"]

    def container(self, name):
        return self.status(name).get("containerStatuses", [{}])[0]

    def running(self, name):
        wait_for(lambda: f"{name} to run, but {self.said(name)}",
                 lambda: "running" in self.container(name).get("state", {}), 30)

    def gone(self, name, seconds):
        self.kubectl("wait", "--for=delete", f"pod/{name}", f"--timeout={seconds}s")
        self.assertEqual(self.cri.containers(name), [])
        self.assertEqual(self.cri.sandboxes(name), [])

    def test_what_manifests_decide(self):
        self.meet(os.path.join(SOURCE, "tests/data/own_fates"), 90)

    def test_deleted_at_every_stage(self):
        # while its image is being pulled, from a registry that never answers
        self.apply(pod("pulling", image="192.0.2.1:5000/nosuch:1"))
        wait_for("it to be pulled", lambda: "Pulling" in self.reasons("pulling"), 20)
        # right after it was made, while an init container runs, and while its postStart hook hangs
        hang = {"exec": {"command": ["/bin/sleep", "1000"]}}
        self.apply(pod("hooked", container={"lifecycle": {"postStart": hang}}))
        self.apply(pod("first", initContainers=[{"name": "i", "image": BUSYBOX, "command": ["/bin/sleep", "1000"]}]))
        wait_for("they to run", lambda: self.cri.containers("hooked", "running") and
                 self.cri.containers("first", "running"), 20)
        self.apply(pod("starting"))
        self.kubectl("delete", "pod", "pulling", "hooked", "first", "starting", "--wait=false")
        for name in ("pulling", "hooked", "first", "starting"):
            self.gone(name, 15)

    def test_who_ignores_the_end_is_killed_when_its_grace_is_over(self):
        self.apply(pod("deaf", "trap '' TERM; while :; do sleep 0.1; done", grace=4))
        self.running("deaf")
        self.kubectl("delete", "pod", "deaf", "--wait=false")
        stays("deaf to run on", lambda: self.cri.containers("deaf", "running"), 2.5)
        self.gone("deaf", 10)

    def test_what_the_sandbox_rests_on_is_killed(self):
        self.apply(pod("rests"))
        self.running("rests")
        before = self.cri.sandbox("rests")
        os.kill(before["pid"], signal.SIGKILL)
        wait_for(lambda: f"another sandbox, but {self.said('rests')}",
                 lambda: self.cri.sandboxes("rests") and self.cri.sandbox("rests")["id"] != before["id"] and
                 "running" in self.container("rests").get("state", {}), 30)
        self.assertIn("SandboxChanged", self.reasons("rests"))
        self.assertEqual(self.container("rests")["restartCount"], 1)

    def remove_image(self):
        self.containerd.ctr("images", "rm", BUSYBOX)
        for image in self.cri.images():
            if BUSYBOX in image.get("repoTags", []):
                self.containerd.ctr("images", "rm", image["id"])

    def test_its_image_is_removed_under_a_stopped_container(self):
        self.apply(pod("bare", "sleep 3; exit 1", container={"imagePullPolicy": "Never"}))
        self.running("bare")
        folder = os.path.join(self.agent.state, "images")
        tarballs = [name for name in os.listdir(folder) if not name.startswith(".")]
        for name in tarballs:
            os.rename(os.path.join(folder, name), self.agent.path(name))
        self.remove_image()
        wait_for(lambda: f"it to miss its image, but {self.said('bare')}",
                 lambda: self.container("bare").get("state", {}).get("waiting", {}).get("reason") ==
                 "ErrImageNeverPull", 40)
        self.assertEqual(self.container("bare")["lastState"]["terminated"]["exitCode"], 1)
        self.assertEqual(self.status("bare")["phase"], "Running")
        self.kubectl("delete", "pod", "bare", "--timeout=10s")
        for name in tarballs:
            os.rename(self.agent.path(name), os.path.join(folder, name))
        self.apply(pod("later", container={"imagePullPolicy": "Never"}))
        self.running("later")

    def test_its_image_is_removed_and_its_tarball_is_there(self):
        self.remove_image()
        self.apply(pod("again", container={"imagePullPolicy": "Never"}))
        self.running("again")

    def test_a_config_map_goes_and_comes_and_a_secret_is_large(self):
        self.kubectl("create", "configmap", "c", "--from-literal=a=1")
        large = os.path.join(self.directory, "large")
        with open(large, "wb") as file:
            file.write(os.urandom(1024 * 1024 - 100))
        self.kubectl("create", "secret", "generic", "large", f"--from-file=l={large}")
        volumes = [{"name": "c", "configMap": {"name": "c"}}, {"name": "l", "secret": {"secretName": "large"}}]
        mounts = [{"name": "c", "mountPath": "/c"}, {"name": "l", "mountPath": "/l"}]
        self.apply(pod("reads", volumes=volumes, container={"volumeMounts": mounts}))
        self.running("reads")

        def shell(text):
            return self.kubectl("exec", "reads", "--", "/bin/sh", "-c", text).strip()
        self.assertEqual(shell("busybox wc -c </l/l"), str(1024 * 1024 - 100))
        self.kubectl("delete", "configmap", "c")
        stays("what was read to stay", lambda: shell("cat /c/a") == "1", 2)
        self.kubectl("create", "configmap", "c", "--from-literal=a=2")
        wait_for("the new one to be read", lambda: shell("cat /c/a") == "2", 5)
        self.kubectl("delete", "configmap", "c")
        self.apply(pod("waits", volumes=volumes, container={"volumeMounts": mounts}))
        wait_for("it to say what it misses", lambda: "FailedMount" in self.reasons("waits"), 20)
        self.assertIn('configmap "c" not found', " ".join(text for _, text in self.said("waits")))
        self.kubectl("create", "configmap", "c", "--from-literal=a=3")
        self.running("waits")
        self.assertEqual(self.container("reads")["restartCount"], 0)

    def lines_of(self, name):
        """A full disk cuts a record off, and the next is glued to what is left of it: those are passed over."""
        lines = self.kubectl("logs", name, "--tail=5").splitlines()
        return [int(line) for line in lines if re.fullmatch(r"\d+", line)]

    def test_the_disk_of_the_logs_is_full(self):
        os.makedirs(self.agent.pod_logs, exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=64", "tmpfs", self.agent.pod_logs)
        self.addCleanup(run, "umount", "--lazy", self.agent.pod_logs)
        work = os.path.join(self.directory, "work")
        os.makedirs(work)
        volumes = [{"name": "work", "hostPath": {"path": work}}]
        mounts = [{"name": "work", "mountPath": "/counted"}]
        counts = "i=0; while :; do i=$((i+1)); echo $i; echo $i >/counted/at; sleep 0.05; done"
        self.apply(pod("counts", counts, volumes=volumes, container={"volumeMounts": mounts}))
        probe = {"exec": {"command": ["/bin/true"]}, "periodSeconds": 1, "failureThreshold": 1}
        self.apply(pod("calm", container={"readinessProbe": probe, "livenessProbe": probe}))
        for name in ("counts", "calm"):
            self.running(name)

        def at():
            with open(os.path.join(work, "at"), encoding="utf-8") as file:
                return int(file.read() or 0)
        wait_for("it to say something", lambda: self.lines_of("counts"), 20)
        ballast = os.path.join(self.agent.pod_logs, "ballast")
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        # Of the last page that the log has, the rest is still written to.
        full = wait_for("nothing more to be written",
                        lambda: at() > max(self.lines_of("counts"), default=at()) + 200 and at(), 120)
        self.assertTrue(self.container("calm")["ready"])
        self.assertEqual(self.kubectl("exec", "counts", "--", "/bin/sh", "-c", "echo alive").strip(), "alive")
        self.kubectl("delete", "pod", "calm", "--timeout=15s")
        # Who begins now has no log, or waits for one.
        for number in range(64):
            try:
                os.mkdir(os.path.join(self.agent.pod_logs, f"inode{number}"))
            except OSError:
                break
        self.apply(pod("begins"))
        wait_for(lambda: f"it to run or to say why not, but {self.said('begins')}",
                 lambda: "FailedCreatePodSandBox" in self.reasons("begins") or
                 "running" in self.container("begins").get("state", {}), 30)
        wait_for("the writer to go on", lambda: at() > full, 10)
        # There is room again.
        for entry in os.listdir(self.agent.pod_logs):
            if entry.startswith("inode"):
                os.rmdir(os.path.join(self.agent.pod_logs, entry))
        os.unlink(ballast)
        wait_for("its lines to be there again", lambda: self.lines_of("counts")[-1:] > [full], 20)
        self.running("begins")
        self.assertEqual(self.container("counts")["restartCount"], 0)
        self.kubectl("delete", "pod", "counts", "begins", "--timeout=15s")
