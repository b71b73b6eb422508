"""`ordinald down` takes away all that the agent made, and the data stays."""
import os

from harness.api import ask, context
from harness.case import AgentCase, KubiaCase, example, statefulset
from harness.wait import stays, wait_for


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

    def test_a_pod_that_nobody_makes_again_is_kept(self):
        tls = context(os.path.join(self.agent.state, "admin.kubeconfig"))
        pod = {"metadata": {"name": "bare"}, "spec": {"containers": [{"name": "main", "image": "luksa/kubia-pet"}]}}
        self.assertEqual(ask(tls, "POST", "/api/v1/namespaces/default/pods", pod)[0], 201)
        self.wait_pods(self.PODS + ["bare"])
        uid = self.agent.pods()["bare"]["metadata"]["uid"]
        self.take_down()
        self.agent.start()
        self.agent.wait_ready()
        self.wait_pods(self.PODS + ["bare"])
        self.assertEqual(self.agent.pods()["bare"]["metadata"]["uid"], uid)

    def test_other_peoples_sandboxes_are_left_alone(self):
        # Even one that has the name of a pod of ours.
        foreign = sorted(self.cri.run_foreign_sandbox(name) for name in ("kubia-1", "stranger"))
        self.agent.kill9()
        self.agent.start()
        self.agent.wait_ready()
        stays("the foreign sandboxes",
              lambda: set(foreign) <= {s["id"] for s in self.cri.sandboxes() if s["state"] == "ready"}, 1)
        self.assertEqual(self.agent.terminate(), 0)
        code, text = self.agent.ask("down")
        self.assertEqual(code, 0, text)
        self.assertEqual(sorted((s["id"], s["state"]) for s in self.cri.sandboxes()),
                         [(identifier, "ready") for identifier in foreign])
        for identifier in foreign:
            self.cri.remove_sandbox(identifier)


class DownAfterAKill(AgentCase):
    def test_waits_for_what_the_runtime_is_still_starting(self):
        self.start_agent()
        for name in ("persistent-volumes.yaml", "service.yaml"):
            self.agent.apply(name, example(name))
        # Several starts at once
        self.agent.apply("statefulset.yaml",
                         statefulset(3).replace("spec:\n", "spec:\n  podManagementPolicy: Parallel\n", 1))
        for made in (1, 2, 3, 1, 2, 3):
            wait_for(f"{made} containers", lambda wanted=made: len(self.cri.containers()) >= wanted, 30)
            self.agent.kill9()
            self.take_down()
            self.agent.start()
            self.agent.wait_ready()


class DownWhileRunning(AgentCase):
    def test_is_refused_while_the_agent_runs(self):
        self.start_agent()
        code, text = self.agent.ask("down")
        self.assertNotEqual(code, 0, text)
        self.agent.check()
