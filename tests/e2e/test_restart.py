"""A container or a sandbox that is lost comes back as the same ordinal."""
import os
import signal

from harness.case import KubiaCase
from harness.dns import DOMAIN, dig
from harness.wait import wait_for

NAME = f"kubia-1.kubia.{DOMAIN}"


class Restart(KubiaCase):
    def setUp(self):
        super().setUp()
        self.post("kubia-1", "survives")
        self.volume = self.volume_of("kubia-1")
        self.before = self.container_ids()
        self.sandbox = self.cri.sandbox("kubia-1")

    def wait_replaced(self):
        wait_for("another container of kubia-1",
                 lambda: self.cri.running("kubia-1")["id"] != self.before["kubia-1"], 30)
        wait_for("kubia-1 to answer", lambda: self.text_of("kubia-1"), 10)

    def check_same_pet(self):
        self.assertEqual(self.text_of("kubia-1"), "You've hit kubia-1\nData stored on this pod: survives\n")
        self.assertEqual(self.volume_of("kubia-1"), self.volume)
        for pod in ("kubia-0", "kubia-2"):
            self.assertEqual(self.cri.running(pod)["id"], self.before[pod], f"{pod} was not to be touched")

    def test_killed_process_runs_again_with_name_volume_and_data(self):
        os.kill(self.cri.running("kubia-1")["pid"], signal.SIGKILL)
        self.wait_replaced()
        self.check_same_pet()
        container = self.cri.running("kubia-1")
        self.assertEqual(container["attempt"], 1)
        self.assertEqual(self.cri.sandbox("kubia-1")["id"], self.sandbox["id"])
        self.wait_pods(self.PODS)
        status = self.agent.pods()["kubia-1"]["status"]["containerStatuses"][0]
        self.assertEqual((status["restartCount"], status["ready"]), (1, True))
        self.assertEqual(status["lastState"]["terminated"]["exitCode"], 137)

    def test_removed_sandbox_is_replaced_and_dns_follows_at_once(self):
        old = self.sandbox["ips"][0]
        # Another pod's worth of addresses is free, and host-local hands out the next one: it cannot be the same.
        self.cri.remove_sandbox(self.sandbox["id"])
        self.wait_replaced()
        new = self.cri.address("kubia-1")
        self.assertNotEqual(new, old)
        wait_for("DNS to give the new address", lambda: dig(NAME).data("A") == [new], 5)
        self.check_same_pet()
        self.assertEqual(len(self.cri.sandboxes("kubia-1")), 1, "the removed sandbox must not come back")

    def test_killed_sandbox_means_a_new_one(self):
        os.kill(self.sandbox["pid"], signal.SIGKILL)
        self.wait_replaced()
        self.assertNotEqual(self.cri.sandbox("kubia-1")["id"], self.sandbox["id"])
        self.check_same_pet()
        self.wait_pods(self.PODS)
        self.take_down()
