"""`ordinald down` takes away all that the agent made, and the data stays."""
import json
import os

from harness.api import ask, context
from harness.case import BUSYBOX, AgentCase, KubiaCase, example, make_busybox, statefulset
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


class DownWithHooks(AgentCase):
    def start(self, name, script, grace, told, hook, **more):
        """A pod with a preStop hook of that command, which finds the directory `told` at /told."""
        main = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never", "command": ["/bin/sh", "-c", script],
                "volumeMounts": [{"name": "told", "mountPath": "/told"}],
                "lifecycle": {"preStop": {"exec": {"command": ["/bin/sh", "-c", hook]}}, **more}}
        spec = {"terminationGracePeriodSeconds": grace, "os": {"name": "linux"}, "containers": [main],
                "volumes": [{"name": "told", "hostPath": {"path": told}}]}
        self.agent.apply(f"{name}.yaml", json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
                                                     "spec": spec}))

    def test_pods_end_with_their_hooks_and_signals(self):
        told = os.path.join(self.directory, "told")
        os.mkdir(told)
        make_busybox(os.path.join(self.directory, "busybox.tar"))
        self.agent.add_image(os.path.join(self.directory, "busybox.tar"))
        self.start_agent()
        traps = ("trap 'echo usr1 >>/told/own; exit 0' USR1; trap 'echo term >>/told/own' TERM; "
                 "while :; do sleep 0.1; done")
        self.start("own", traps, 20, told, "echo pre >>/told/own", stopSignal="SIGUSR1")
        # After TERM it goes on, and shows for how long: it writes one file over and over.
        deaf = ("trap 'echo term >>/told/deaf; echo >/told/term; while :; do echo >/told/alive; sleep 0.1; done' TERM; "
                "while :; do sleep 0.1; done")
        self.start("deaf", deaf, 4, told,
                   "echo pre >>/told/deaf; exec sleep 777")
        wait_for(lambda: f"both to run; the log ends with\n{self.agent.tail()}",
                 lambda: self.agent.ready_pods() == ["deaf", "own"], 30)
        took = self.take_down()
        term, alive = (os.stat(os.path.join(told, name)).st_mtime for name in ("term", "alive"))
        print(f"a pod with a hanging hook, deaf to TERM, and a grace of 4 s was taken down in {took:.1f} s; "
              f"it lived {alive - term:.1f} s after TERM")
        self.assertGreater(took, 3.5)
        self.assertLess(took, 12)
        self.assertGreater(alive - term, 1)
        self.assertLess(alive - term, 3.5)
        for name, lines in (("own", ["pre", "usr1"]), ("deaf", ["pre", "term"])):
            with open(os.path.join(told, name), encoding="utf-8") as file:
                self.assertEqual(file.read().split(), lines)


    def test_ordinals_end_from_the_highest_down(self):
        told = os.path.join(self.directory, "told")
        os.mkdir(told)
        make_busybox(os.path.join(self.directory, "busybox.tar"))
        self.agent.add_image(os.path.join(self.directory, "busybox.tar"))
        self.start_agent()
        hook = "echo $(hostname) >>/told/order; sleep 0.5; echo $(hostname) >>/told/order"
        main = {"name": "main", "image": BUSYBOX, "imagePullPolicy": "Never",
                "command": ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"],
                "volumeMounts": [{"name": "told", "mountPath": "/told"}],
                "lifecycle": {"preStop": {"exec": {"command": ["/bin/sh", "-c", hook]}}}}
        template = {"metadata": {"labels": {"app": "db"}},
                    "spec": {"containers": [main], "volumes": [{"name": "told", "hostPath": {"path": told}}]}}
        self.agent.apply("db.yaml", json.dumps({
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"},
            "spec": {"replicas": 3, "serviceName": "db", "podManagementPolicy": "Parallel",
                     "selector": {"matchLabels": {"app": "db"}}, "template": template}}))
        wait_for(lambda: f"all to run; the log ends with\n{self.agent.tail()}",
                 lambda: self.agent.ready_pods() == ["db-0", "db-1", "db-2"], 30)
        self.take_down()
        with open(os.path.join(told, "order"), encoding="utf-8") as file:
            self.assertEqual(file.read().split(), ["db-2", "db-2", "db-1", "db-1", "db-0", "db-0"])


class DownWhileRunning(AgentCase):
    def test_is_refused_while_the_agent_runs(self):
        self.start_agent()
        code, text = self.agent.ask("down")
        self.assertNotEqual(code, 0, text)
        self.agent.check()
