"""kubectl debug: ephemeral containers in pods that run, and copies of pods."""
import json
import os
import pty
import select
import subprocess

from harness.case import BUSYBOX
from harness.wait import stays, wait_for
from test_kubectl import KubectlCase

STAY = "trap 'exit 0' TERM; while :; do sleep 0.1; done"


class Terminal:
    """kubectl in a terminal of its own."""

    def __init__(self, kubectl, *arguments):
        self._end, other = pty.openpty()
        self.text = ""
        self._process = subprocess.Popen([kubectl.program, *arguments], stdin=other, stdout=other, stderr=other,
                                         env=kubectl.environment, start_new_session=True)
        os.close(other)

    def _read(self):
        while select.select([self._end], [], [], 0)[0]:
            try:
                data = os.read(self._end, 4096)
            except OSError:  # the other end is closed
                return
            self.text += data.decode(errors="replace")

    def wait_text(self, text, seconds=20):
        def there():
            self._read()
            return text in self.text
        wait_for(lambda: f"{text!r} in the terminal, which shows {self.text!r}", there, seconds)

    def write(self, text):
        os.write(self._end, text.encode())

    def close(self):
        """Its exit code."""
        code = wait_for(lambda: f"kubectl to end; it shows {self.text!r}",
                        lambda: self._process.poll() is not None and [self._process.returncode], 20)
        self._read()
        os.close(self._end)
        return code[0]


class Debug(KubectlCase):
    def setUp(self):
        super().setUp()
        self.apply("web", [{"name": "main", "command": ["/bin/sh", "-c", f"echo up; : main; {STAY}"]}])
        self.kubectl("wait", "--for=condition=Ready", "pod/web", "--timeout=30s")

    def apply(self, name, containers, **spec):
        for container in containers:
            container.setdefault("image", BUSYBOX)
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                "spec": {"terminationGracePeriodSeconds": 5, "containers": containers, **spec}}
        self.kubectl("apply", "-f", "-", text=json.dumps(body))

    def ephemeral(self, pod, index=0):
        return self.kubectl.object("pod", pod)["status"].get("ephemeralContainerStatuses", [{}])[index]

    def state(self, pod, index=0):
        return list(self.ephemeral(pod, index).get("state", {"none": 1}))[0]

    def test_a_shell_in_a_terminal(self):
        shell = Terminal(self.kubectl, "debug", "-it", "web", f"--image={BUSYBOX}", "-c", "shell", "--", "/bin/sh")
        wait_for(lambda: f"the shell to run, but {self.ephemeral('web')}; {shell.text!r}",
                 lambda: self.state("web") == "running", 30)
        shell.write("\n")
        shell.wait_text("# ")
        shell.write("echo $((6*7)) $$\n")
        shell.wait_text("42 1\r\n")  # without a target it is the first process of its own
        shell.write("exit 3\n")
        shell.close()
        wait_for("its end to be shown", lambda: self.state("web") == "terminated", 10)
        self.assertEqual(self.ephemeral("web")["state"]["terminated"]["exitCode"], 3)
        stays("it to be over, and the pod to be ready", lambda: self.state("web") == "terminated" and
              self.kubectl.object("pod", "web")["status"]["containerStatuses"][0]["ready"], 2)
        self.assertEqual(self.ephemeral("web")["restartCount"], 0)
        pod = self.kubectl.object("pod", "web")
        self.assertEqual((pod["metadata"]["generation"], pod["status"]["observedGeneration"]), (2, 2))
        self.assertIn("spec.ephemeralContainers{shell}", self.kubectl("get", "events", "-o", "json"))

    def test_the_processes_of_a_target(self):
        self.kubectl("debug", "web", f"--image={BUSYBOX}", "--target=main", "-c", "look", "-i", "--quiet", "--",
                     "/bin/sh", "-c", "cat /proc/1/cmdline; read line; echo \"<$line>\"", text="said\n")
        wait_for("it to end", lambda: self.state("web") == "terminated", 10)
        log = self.kubectl("logs", "web", "-c", "look")
        self.assertIn(": main", log, "it sees the first process of its target")
        self.assertIn("<said>", log)  # what is said last may miss who is attached: the runtime ends both at once
        # One that stays, to be executed in and attached to.
        self.kubectl("debug", "web", f"--image={BUSYBOX}", "--target=main", "-c", "stay", "--attach=false", "--",
                     "/bin/sh", "-c", STAY)
        wait_for("the second one to run", lambda: self.state("web", 1) == "running", 20)
        self.assertIn(": main", self.kubectl("exec", "web", "-c", "stay", "--", "cat", "/proc/1/cmdline"))
        described = self.kubectl("describe", "pod", "web")
        self.assertIn("Ephemeral Containers:", described)
        for reason in ("Pulled", "Created", "Started"):
            self.assertRegex(described, rf"Normal +{reason} ")
        # The agent is killed: nothing is started twice.
        before = {each["id"] for each in self.cri.containers("web")}
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        stays("the same containers", lambda: {each["id"] for each in self.cri.containers("web")} == before, 2)

    def test_it_holds_up_nobody(self):
        deaf = "trap '' TERM; while :; do sleep 0.1; done"
        self.apply("done", [{"name": "main", "command": ["/bin/sh", "-c", "while [ ! -e /v/go ]; do sleep 0.1; done"],
                             "volumeMounts": [{"name": "v", "mountPath": "/v"}]}], restartPolicy="Never",
                   volumes=[{"name": "v", "emptyDir": {}}])
        for pod in ("done", "web"):
            self.kubectl("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=30s")
            self.kubectl("debug", pod, f"--image={BUSYBOX}", "-c", "deaf", "--attach=false", "--", "/bin/sh", "-c", deaf)
            wait_for(f"{pod}'s to run", lambda name=pod: self.state(name) == "running", 20)
        self.kubectl("exec", "done", "-c", "main", "--", "/bin/sh", "-c", "echo >/v/go")
        self.kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/done", "--timeout=15s")
        self.assertEqual(self.ephemeral("done")["state"]["terminated"]["exitCode"], 137)
        self.kubectl("delete", "pod", "web", "done", "--timeout=15s")
        self.take_down()

    def test_a_copy_of_a_pod(self):
        shell = Terminal(self.kubectl, "debug", "-it", "web", "--copy-to=copy", f"--image={BUSYBOX}",
                         "--share-processes", "-c", "shell", "--", "/bin/sh")
        wait_for("the copy to be there", lambda: "copy" in self.agent.pods(), 20)
        self.kubectl("wait", "--for=condition=Ready", "pod/copy", "--timeout=30s")
        shell.write("echo $((6*7))\n")
        shell.wait_text("42\r\n")
        shell.write("exit\n")
        shell.close()
        self.assertEqual(sorted(each["name"] for each in self.kubectl.object("pod", "copy")["spec"]["containers"]),
                         ["main", "shell"])
        self.kubectl("debug", "web", "--copy-to=changed", "--container=main", "--attach=false", "--", "sleep", "1000")
        self.kubectl("wait", "--for=condition=Ready", "pod/changed", "--timeout=30s")
        self.kubectl("delete", "pod", "--all", "--timeout=60s")
