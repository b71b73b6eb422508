"""Names over restarts of the agent: nobody is told that a pod does not exist, and they are back at once."""
import os
import time

from harness.case import SOURCE, KubiaCase
from harness.dns import DOMAIN, SERVER
from harness.resolver import Lookups, NobodyKnows, rcode
from harness.wait import wait_for
from harness.world import run

RESTARTS = 5
NAMES_BACK_MS = 50
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
        took = (time.monotonic() - started) * 1000
        self.assertEqual(wrong, [], "an answer that the pod does not exist")
        self.agent.wait_ready()
        return took

    def test_no_lookup_in_a_pod_is_told_that_a_pod_does_not_exist(self):
        names = ("kubia-1.kubia", f"kubia-2.kubia.{DOMAIN}", "kubia")
        lookups = [Lookups(name, self.cri.running("kubia-0")["pid"]) for name in names]
        def go_on(more=30):
            before = [lookup.made() for lookup in lookups]
            wait_for("every lookup to go on", lambda: all(
                lookup.made() >= made + more for lookup, made in zip(lookups, before)), 30)
        for attempt in range(RESTARTS):
            go_on()
            if attempt % 2 == 0:
                self.agent.kill9()
            else:
                self.assertEqual(self.agent.terminate(), 0)
            self.agent.start()
            self.agent.wait_ready()
        go_on()
        for name, result in zip(names, [lookup.end() for lookup in lookups]):
            print(f"getaddrinfo({name}) over {RESTARTS} restarts: {result}")
            self.assertEqual(NOT_FOUND & set(result["failures"]), set(), result)
            self.assertGreater(result["lookups"] - sum(result["failures"].values()), 100, result)

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
        self.assertLessEqual(min(took), NAMES_BACK_MS)

        # A tarball that changed is read beside everything else.
        self.agent.kill9()
        os.utime(os.path.join(self.agent.state, "images", "big.tar"))
        self.agent.start()
        wait_for("the agent to be ready", lambda: self.agent.ask("status")[0] == 0, 30)
        self.assertEqual(self.agent.text().count("imported example.test/big:1 from"), 1, "ready only after the import")
        wait_for("the second import", lambda: self.agent.text().count("imported example.test/big:1 from") == 2, 120)
