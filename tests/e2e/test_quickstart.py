"""./quickstart as a new user runs it: once, twice, down, up again, purge. The host's directories are private copies."""
import os
import re
import subprocess
import unittest

from harness import http, leaks, world
from harness.case import SOURCE
from harness.cri import Cri
from harness.dns import DOMAIN, dig
from harness.wait import wait_for

ENDPOINT = "unix:///run/containerd/containerd.sock"
PODS = ["kubia-0", "kubia-1", "kubia-2"]


def quickstart(*options, prefix=()):
    done = subprocess.run([*prefix, os.path.join(SOURCE, "quickstart"), *options], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, timeout=800, check=False)
    return done.returncode, done.stdout


def processes():
    """Names of what runs in this process namespace."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8") as file:
                name, state = re.match(r"\d+ \((.*)\) (\S)", file.read()).groups()
        except OSError:
            continue  # it ended meanwhile
        if state != "Z":
            found.append(name)
    return found


class Quickstart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        world.private_host_directories()

    def setUp(self):
        self.addCleanup(quickstart, "--purge")
        self.cri = Cri(ENDPOINT)

    def run_it(self, *options):
        code, text = quickstart(*options)
        self.assertEqual(code, 0, text)
        return text

    def check_nothing_left(self):
        wait_for("the shims to end", lambda: not leaks.shims(), 10)
        self.assertEqual(leaks.everything(directories=("/run", "/var/lib/ordinald"), but=world.PRIVATE), {})
        strange = [name for name in processes() if name.startswith(("ordinald", "containerd", "kubia", "pause"))]
        self.assertEqual(strange, [])

    def test_from_nothing_to_the_example_and_back(self):
        text = self.run_it()
        for pod in PODS:
            self.assertRegex(text, rf"(?m)^{pod}\s+1/1\s+Running\b")
        self.assertEqual(len(re.findall(r"\bSRV\s+0 33 80 kubia-\d\.", text)), 3, text)
        self.assertIn("data-kubia-2", text)
        http.post(self.cri.address("kubia-1"), "kept")
        containers = {pod: self.cri.running(pod)["id"] for pod in PODS}

        self.run_it()
        self.assertEqual({pod: self.cri.running(pod)["id"] for pod in PODS}, containers, "twice is harmless")

        self.run_it("--down")
        self.check_nothing_left()
        self.assertFalse(os.path.exists("/run/ordinald"))
        self.run_it("--down")

        self.run_it()
        address = dig(f"kubia-1.kubia.{DOMAIN}").data("A")[0]
        self.assertEqual(http.get(address, "/data"), "kept")

        self.run_it("--purge")
        self.check_nothing_left()
        for path in ("/var/lib/ordinald", "/etc/ordinald", "/run/ordinald", "/var/log/ordinald.log"):
            self.assertFalse(os.path.exists(path), path)

    def test_says_what_is_wrong_and_what_to_do(self):
        code, text = quickstart(prefix=("setpriv", "--reuid=65534", "--clear-groups"))
        self.assertEqual(code, 1)
        self.assertIn("quickstart failed: not root", text)
        self.assertIn("what to do: ", text)
        code, text = quickstart("--nonsense")
        self.assertEqual(code, 2)
        self.assertIn("./quickstart --down", text)
