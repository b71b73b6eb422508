"""`ordinald down` takes away all that the agent made, and the data stays."""
import os

from harness.case import AgentCase, KubiaCase
from harness.wait import wait_for


class Down(KubiaCase):
    def test_leaves_nothing_but_the_data(self):
        self.post("kubia-1", "kept")
        self.take_down()
        kept = [os.path.join(directory, "kubia.txt") for directory, _, files in os.walk(self.agent.directory)
                if "kubia.txt" in files]
        self.assertEqual(len(kept), 1, kept)
        with open(kept[0], encoding="utf-8") as file:
            self.assertEqual(file.read(), "kept")

    def test_twice_is_harmless(self):
        self.take_down()
        self.take_down()

    def test_the_data_is_there_again_after_a_new_start(self):
        self.post("kubia-1", "kept")
        self.take_down()
        self.agent.start()
        self.agent.wait_ready()
        self.wait_pods(self.PODS)
        self.assertEqual(self.text_of("kubia-1", "/data"), "kept")

    def test_other_peoples_sandboxes_are_left_alone(self):
        other = self.containerd.ctr("namespaces", "list", "-q").split()
        self.containerd.ctr("run", "--detach", "docker.io/luksa/kubia-pet:latest", "foreign")
        self.agent.terminate()
        self.assertEqual(self.agent.ask("down")[0], 0)
        self.assertIn("foreign", self.containerd.ctr("tasks", "list"))
        self.assertEqual(self.containerd.ctr("namespaces", "list", "-q").split(), other)
        self.containerd.ctr("tasks", "kill", "--signal", "KILL", "foreign")
        wait_for("it to end", lambda: "STOPPED" in self.containerd.ctr("tasks", "list"), 5)


class DownWhileRunning(AgentCase):
    def test_is_refused_while_the_agent_runs(self):
        self.start_agent()
        code, text = self.agent.ask("down")
        self.assertNotEqual(code, 0, text)
        self.agent.check()
