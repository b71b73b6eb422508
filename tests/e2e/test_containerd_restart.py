"""containerd restarted under the agent: it reconnects, and nothing is restarted."""
import os
import signal

from harness.case import KubiaCase
from harness.dns import DOMAIN, dig
from harness.wait import stays, wait_for


class ContainerdRestart(KubiaCase):
    def test_nothing_is_restarted_and_the_agent_is_in_touch_again(self):
        for kill in (False, True):
            with self.subTest(killed=kill):
                containers = self.container_ids()
                sandboxes = sorted(s["id"] for s in self.cri.sandboxes())
                self.containerd.restart(kill)
                self.agent.wait_ready()
                stays("the same containers", lambda: self.container_ids() == containers, 2)  # pylint: disable=W0640
                self.assertEqual(sorted(s["id"] for s in self.cri.sandboxes()), sandboxes)
                self.assertEqual(self.agent.ready_pods(), self.PODS)

                # In touch again: an exit is noticed and made good.
                os.kill(self.cri.running("kubia-2")["pid"], signal.SIGKILL)
                wait_for("kubia-2 to run again",
                         lambda: self.cri.running("kubia-2")["id"] != containers["kubia-2"], 30)
                self.wait_pods(self.PODS)

    def test_dns_answers_while_containerd_is_away(self):
        address = self.cri.address("kubia-0")
        self.containerd.terminate()
        self.assertEqual(dig(f"kubia-0.kubia.{DOMAIN}").data("A"), [address])
        wait_for("status to say that the runtime is away", lambda: self.agent.ask("status")[0] != 0, 10)
        self.containerd.start()
        self.agent.wait_ready()
        self.assertEqual(dig(f"kubia-0.kubia.{DOMAIN}").data("A"), [address])

    def test_a_pod_lost_while_containerd_was_away_comes_back(self):
        containers = self.container_ids()
        pid = self.cri.running("kubia-1")["pid"]
        self.containerd.kill9()
        os.kill(pid, signal.SIGKILL)
        self.containerd.start()
        wait_for("kubia-1 to run again", lambda: self.cri.running("kubia-1")["id"] != containers["kubia-1"], 30)
        self.wait_pods(self.PODS)
        self.take_down()
