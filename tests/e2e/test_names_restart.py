"""Names over restarts of the agent: nobody is told that a pod does not exist, and they are back at once."""
import contextlib
import os
import shutil
import signal
import socket
import threading
import time

from harness import leaks
from harness.case import SOURCE, KubiaCase
from harness.dns import DOMAIN, SERVER
from harness.resolver import Lookups, NobodyKnows, ask, rcode
from harness.wait import pause, wait_for
from harness.world import run

RESTARTS = 5
WITHOUT_READING_MS = 500  # reading it takes seconds; the figure itself is printed (20 to 50 on an idle machine)
BIG = 1 << 30  # bytes in a tarball
NOT_FOUND = {"-2", "-5"}  # EAI_NONAME, EAI_NODATA


class NamesRestart(KubiaCase):
    def setUp(self):
        resolv = "/run/e2e-resolv.conf"
        with open(resolv, "w", encoding="utf-8") as file:
            file.write("nameserver 127.0.0.1\n")
        run("mount", "--bind", resolv, os.path.realpath("/etc/resolv.conf"))
        self.addCleanup(run, "umount", "--lazy", os.path.realpath("/etc/resolv.conf"), check=False)
        NobodyKnows.ensure()
        super().setUp()

    def restart_and_time_names(self):
        """Milliseconds from the start of a killed agent's successor to the first right answer."""
        self.agent.kill9()
        started = time.monotonic()
        self.agent.start()
        wrong = []

        def answered():
            code = rcode(SERVER, f"kubia-1.kubia.{DOMAIN}", 0.02)
            wrong.extend([code] if code == 3 else [])
            return code == 0
        while not answered():
            self.agent.check()
            self.assertLess(time.monotonic() - started, 30, "names are not back")
            pause(0.001)  # between two looks: one of two cores is not the asker's alone
        took = (time.monotonic() - started) * 1000
        self.assertEqual(wrong, [], "an answer that the pod does not exist")
        self.agent.wait_ready()
        return took

    def test_no_lookup_in_a_pod_is_told_that_a_pod_does_not_exist(self):
        pid = self.cri.running("kubia-0")["pid"]
        # A search list tries each in its own order; programs ask for both families or for one.
        names = [(name, family) for name in ("kubia-1.kubia", f"kubia-2.kubia.{DOMAIN}", "kubia")
                 for family in (socket.AF_UNSPEC, socket.AF_INET)]
        lookups = [Lookups(name, pid, family) for name, family in names]
        for lookup in lookups:
            self.addCleanup(lookup.stop)

        def go_on(more=30):
            before = [lookup.made() for lookup in lookups]
            wait_for("every lookup to go on", lambda: all(
                lookup.made() >= made + more for lookup, made in zip(lookups, before)), 30)
        answers, watching = set(), threading.Event()
        watching.set()

        def watch():
            while watching.is_set():
                answers.update(rcode(SERVER, f"{pod}.kubia.{DOMAIN}", 0.05) for pod in self.PODS)
        self.addCleanup(watching.clear)
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        for attempt in range(RESTARTS):
            go_on()
            if attempt % 2 == 0:
                self.agent.kill9()
            else:
                self.assertEqual(self.agent.terminate(), 0)
            self.agent.start()
            self.agent.wait_ready()
        go_on()
        watching.clear()
        watcher.join()
        for (name, family), result in zip(names, [lookup.end() for lookup in lookups]):
            print(f"getaddrinfo({name}, {family.name}) over {RESTARTS} restarts: {result}")
            self.assertEqual(NOT_FOUND & set(result["failures"]), set(), result)
            self.assertGreater(result["lookups"] - sum(result["failures"].values()), 100, result)

        self.assertNotIn(3, answers, "NXDOMAIN for a pod that exists")
        self.assertIn(0, answers)

    def test_no_address_from_before_a_reboot_is_answered(self):
        old = {pod: self.cri.address(pod) for pod in self.PODS}
        containers = {each["pid"] for each in self.cri.containers(state="running")}
        sandboxes = {each["pid"] for each in self.cri.sandboxes()}
        # What a reboot ends and empties, done by hand: processes, network namespaces, /run.
        self.agent.kill9()
        self.containerd.kill9()
        for pid in {int(line) for line in leaks.shims()} | containers | sandboxes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for name in os.listdir("/run/netns"):
            run("umount", "--lazy", f"/run/netns/{name}")
            os.unlink(f"/run/netns/{name}")
        for path in ("/run/containerd", self.agent.run_dir):
            run("sh", "-c", f"awk '$2 ~ \"^{path}/\" {{print $2}}' /proc/mounts | sort -r | xargs -r -n1 umount --lazy")
            shutil.rmtree(path)
        self.containerd.start()
        self.agent.start()
        answers = set()

        def back():
            for pod in self.PODS:
                code, addresses = ask(SERVER, f"{pod}.kubia.{DOMAIN}", 0.05)
                answers.add(code)
                self.assertNotIn(old[pod], addresses, f"{pod} had this address before")
            return self.agent.ready_pods() == self.PODS if code == 0 else False
        wait_for_all = time.monotonic() + 60
        while not back():
            self.agent.check()
            self.assertLess(time.monotonic(), wait_for_all, f"the pods are not back; seen so far: {answers}")
        self.assertIn(0, answers)

    def test_names_are_back_at_once_beside_a_gigabyte_of_tarballs(self):
        big = os.path.join(self.directory, "big")
        with open(big, "wb") as file:
            for _ in range(BIG >> 20):
                file.write(os.urandom(4096) * 256)
        tarball = os.path.join(self.directory, "big.tar")
        run(os.path.join(SOURCE, "examples/make-image"), "example.test/big:1", tarball, "/big", f"{big}=/big")
        self.agent.add_image(tarball)
        self.agent.wait_for_log(r"imported example\.test/big:1", 120)
        self.agent.wait_for_log(r"ready: node", 30)
        before = self.agent.text().count("importing example.test/big:1")
        took = [self.restart_and_time_names() for _ in range(RESTARTS)]
        print(f"names back after {', '.join(f'{ms:.1f}' for ms in took)} ms, with 1 GiB of imported tarballs")
        self.assertEqual(self.agent.text().count("importing example.test/big:1"), before, "it was read again")
        self.assertLess(min(took), WITHOUT_READING_MS, "as if the tarball had been read first")

        # A tarball that changed is read beside everything else.
        self.agent.kill9()
        os.utime(os.path.join(self.agent.state, "images", "big.tar"))
        self.agent.start()
        wait_for("the agent to be ready", lambda: self.agent.ask("status")[0] == 0, 30)
        self.assertEqual(self.agent.text().count("imported example.test/big:1 from"), 1, "ready only after the import")
        wait_for("the second import", lambda: self.agent.text().count("imported example.test/big:1 from") == 2, 120)
