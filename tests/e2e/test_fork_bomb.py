"""What forks without end, ends at its pod."""
import os

from harness.wait import wait_for
from test_kubectl import BUSYBOX, KubectlCase

LIMIT, FORKS = 64, 500

# It gives up by itself after a number of processes that does no harm to the machine.
BOMB = f"""
apiVersion: v1
kind: Pod
metadata: {{name: bomb}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: {BUSYBOX}
    command: [/bin/sh, -c, "i=0; while [ $i -lt {FORKS} ]; do sleep 1000 & i=$((i+1)); done; echo all $i"]
"""


def pids(uid, name="pids.max"):
    """The pod's own cgroup, v1 or v2."""
    for top in ("/sys/fs/cgroup/pids", "/sys/fs/cgroup"):
        path = f"{top}/kubepods/besteffort/pod{uid}/{name}"
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                return file.read().strip()
    raise AssertionError(f"no {name} of pod {uid}")


def setting(name):
    with open(f"/proc/sys/kernel/{name}", encoding="utf-8") as file:
        return int(file.read())


class ForkBomb(KubectlCase):
    def test_ends_at_its_pod(self):
        # Given an agent with the default: a quarter of what the host allows, for every pod.
        self.kubectl("run", "calm", f"--image={BUSYBOX}", "--command", "--", "/bin/sh", "-c", "exec sleep 100000")
        wait_for("the calm pod", lambda: self.agent.ready_pods() == ["calm"])
        calm = self.agent.pods()["calm"]["metadata"]["uid"]
        self.assertNotEqual(pids(calm), "max")
        self.assertLessEqual(int(pids(calm)), min(setting("pid_max"), setting("threads-max")) // 4)
        # When it is started again with a limit of its own, that holds for what runs already …
        before = self.container_ids()
        self.agent.terminate()
        self.agent.command = self.agent.command + ["--pod-pids-limit", str(LIMIT)]
        self.agent.start()
        self.agent.wait_ready()
        wait_for("the running pod to be limited", lambda: pids(calm) == str(LIMIT), 10)
        self.assertEqual(self.container_ids(), before)
        # … and for a pod that forks without end: it fails alone.
        self.kubectl("create", "-f", "-", text=BOMB)
        phase = wait_for("the bomb to end", lambda: self.agent.pods()["bomb"]["status"].get("phase") in
                         ("Failed", "Succeeded") and self.agent.pods()["bomb"]["status"]["phase"], 60)
        log = self.kubectl("logs", "bomb")
        self.assertIn("can't fork", log)
        self.assertNotIn("all ", log)
        self.assertEqual(phase, "Failed")
        self.kubectl("run", "next", f"--image={BUSYBOX}", "--command", "--", "/bin/sh", "-c", "exec sleep 100000")
        wait_for("another pod to start", lambda: self.agent.ready_pods() == ["calm", "next"])
        self.kubectl("delete", "pods", "--all", "--grace-period=1")
        self.take_down()
