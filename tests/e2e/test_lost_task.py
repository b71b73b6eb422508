"""A process of a container that the runtime takes for ended: containerd 1.6 leaves it when the agent is killed in the
middle of a start. Here it is brought about by starting the ended container's process once more, below CRI."""
import os
import signal

from harness.case import KubiaCase
from harness.wait import wait_for


def alive(pid):
    return os.path.exists(f"/proc/{pid}")


class LostTask(KubiaCase):
    def setUp(self):
        super().setUp()
        self.post("kubia-1", "survives")
        self.agent.kill9()
        self.lost = self.cri.running("kubia-1")["id"]
        os.kill(self.cri.running("kubia-1")["pid"], signal.SIGKILL)
        wait_for("the container's end", lambda: not self.cri.containers("kubia-1", state="running"), 10)
        self.containerd.ctr("task", "start", "--detach", "--null-io", self.lost)
        self.assertEqual(self.cri.containers("kubia-1", state="running"), [], "CRI was not to notice")
        self.pid = self.pid_of_task()
        self.assertTrue(alive(self.pid))

    def pid_of_task(self):
        lines = [line.split() for line in self.containerd.ctr("task", "ls").splitlines()]
        return int(next(pid for task, pid, _ in lines[1:] if task == self.lost))

    def test_it_ends_before_the_next_one_starts(self):
        self.agent.start()
        self.agent.wait_ready()
        wait_for("another container of kubia-1", lambda: self.cri.containers("kubia-1", state="running"), 30)
        self.assertFalse(alive(self.pid))
        wait_for("kubia-1 to answer", lambda: self.text_of("kubia-1"), 10)
        self.assertEqual(self.text_of("kubia-1"), "You've hit kubia-1\nData stored on this pod: survives\n")
        self.take_down()

    def test_it_does_not_hold_up_down(self):
        self.take_down()
        self.assertFalse(alive(self.pid))
