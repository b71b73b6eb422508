"""Pods deleted while they are being made: the start is given up, and nothing is left of it.

ORDINAL_MOMENTS=100 is the long run; ORDINAL_SEED repeats one.
"""
import os
import random
import time

import test_kill_sweep as sweep
from harness.wait import stays, wait_for

MOMENTS = int(os.environ.get("ORDINAL_MOMENTS", "20"))
SEED = int(os.environ.get("ORDINAL_SEED", "1"))


class DeletedWhileTheyAreMade(sweep.SweepCase):
    def setUp(self):
        super().setUp()
        self.sandboxes = set()

    def wait_for_nothing(self):
        wait_for("all pods to be gone", lambda: not self.agent.pods() and not self.cri.sandboxes(), 30)
        wait_for(lambda: f"nothing to be left while the agent runs, but there is {self.left()}",
                 lambda: self.left() == {}, 20)
        stays("nothing", lambda: self.left() == {}, 1)

    def test_at_random_moments(self):
        print(f"{MOMENTS} moments, ORDINAL_SEED={SEED}")
        drawn, slowest = random.Random(SEED), 0
        for number in range(MOMENTS):
            name = f"brief-{number}"
            self.kubectl("create", "-f", "-", text=sweep.pod(name, 18081 if number % 2 else None))
            self.uids.add(self.agent.pods()[name]["metadata"]["uid"])
            moment = time.monotonic() + drawn.random() * 0.4
            wait_for("the moment", lambda at=moment: time.monotonic() >= at)
            self.note_sandboxes()
            began = time.monotonic()
            force = ["--grace-period=0", "--force"] if drawn.random() < 0.3 else []
            self.kubectl("delete", "pod", name, "--wait=false", *force)
            wait_for(f"{name} to be gone", lambda n=name: n not in self.agent.pods() and not self.cri.sandboxes(n), 20)
            slowest = max(slowest, time.monotonic() - began)
        print(f"the slowest was gone after {slowest:.1f} s", flush=True)
        self.wait_for_nothing()
        self.take_down()

    def test_while_a_plugin_of_the_network_hangs(self):
        release = self.hold_iptables("-A POSTROUTING", 60)
        self.kubectl("create", "-f", "-", text=sweep.pod("stuck"))
        self.uids.add(self.agent.pods()["stuck"]["metadata"]["uid"])
        wait_for("the plugin to hang", lambda: os.path.exists(self.reached), 30)
        began = time.monotonic()
        self.kubectl("delete", "pod", "stuck", "--wait=false")
        wait_for("the pod to be gone", lambda: not self.agent.pods(), 20)
        print(f"gone after {time.monotonic() - began:.1f} s, while the plugin would have hung for 60", flush=True)
        release()
        self.note_sandboxes()
        self.wait_for_nothing()
        self.take_down()
