"""The state directory in trouble: a full disk, a lost log, a lock that is held a little longer."""
import fcntl
import glob
import os
import shutil

from harness.agent import condition
from harness.api import ask, context
from harness.case import AgentCase
from harness.wait import wait_for
from harness.world import run

PATH = "/api/v1/namespaces/default/configmaps"


class StateDisk(AgentCase):
    def start(self):
        self.agent.start()
        self.agent.wait_ready()
        self.tls = context(os.path.join(self.agent.state, "admin.kubeconfig"))

    def write(self, name):
        return ask(self.tls, "POST", PATH, {"metadata": {"name": name}, "data": {"value": "x" * 20000}})

    def pressure(self):
        return condition(self.agent.objects("nodes")["e2e-node"], "DiskPressure")

    def fill(self):
        with open(os.path.join(self.agent.state, "filler"), "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass

    def test_a_full_disk_is_named_and_left_behind(self):
        run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", self.agent.state)
        self.addCleanup(run, "umount", "--lazy", self.agent.state)
        os.makedirs(os.path.join(self.agent.state, "images"))
        self.agent.command += ["--eviction-pressure-transition-period", "1s"]
        self.start()
        self.assertEqual(self.write("before")[0], 201)
        wait_for("the node", lambda: self.pressure() == "False")
        self.fill()
        for count in range(1000):  # the log has some room yet
            status, answer = self.write(f"a{count}")
            if status != 201:
                break
        self.assertEqual((status, answer["reason"]), (507, "InsufficientStorage"))
        self.assertIn(f"no space left on the disk of {self.agent.state}", answer["message"])
        self.assertIn("bytes free", answer["message"])
        self.assertNotIn("SQLite", answer["message"])
        code, text = self.agent.ask("status")
        self.assertEqual(code, 1)
        self.assertIn("no space left", text)
        wait_for("the node to say so", lambda: self.pressure() == "True")
        wait_for("the event", lambda: "NodeHasDiskPressure" in
                 [event["reason"] for event in self.agent.objects("events").values()])
        self.agent.wait_for_log("no space left on the disk")
        os.unlink(os.path.join(self.agent.state, "filler"))
        wait_for("it to be ready", lambda: self.agent.ask("status")[0] == 0)
        self.assertEqual(self.write("after")[0], 201)
        wait_for("the node to be well", lambda: self.pressure() == "False")
        wait_for("the event", lambda: "NodeHasNoDiskPressure" in
                 [event["reason"] for event in self.agent.objects("events").values()])
        self.assertEqual(self.agent.terminate(), 0)

    def test_a_lost_log_is_said_and_the_command_in_the_message_helps(self):
        self.start()
        self.assertEqual(self.write("kept")[0], 201)
        self.assertEqual(self.agent.terminate(), 0)  # with a backup
        self.start()
        self.assertEqual(self.write("lost")[0], 201)
        self.agent.kill9()
        os.unlink(os.path.join(self.agent.state, "store.db-wal"))
        self.agent.start()
        self.assertEqual(self.agent.wait(), 1)
        self.assertIn("are missing", self.agent.tail())
        self.assertIn("newest good backup, which ends at revision", self.agent.tail())
        os.unlink(os.path.join(self.agent.state, "store.db.mark"))
        self.start()
        self.assertEqual(ask(self.tls, "GET", f"{PATH}/kept")[0], 200)
        self.assertEqual(ask(self.tls, "GET", f"{PATH}/lost")[0], 404)

    def test_a_set_made_since_the_start_is_in_the_backup(self):
        self.start()
        self.assertEqual(self.write("a")[0], 201)
        wait_for("a backup", lambda: glob.glob(os.path.join(self.agent.state, "store.db.backup")), 60)
        self.agent.kill9()
        store = os.path.join(self.agent.state, "store.db")
        with open(store, "r+b") as file:
            file.write(b"x" * 4096)
        os.unlink(store + "-wal")  # it may hold the head as well
        self.agent.start()
        self.assertEqual(self.agent.wait(), 1)
        self.assertIn(f"cp -p {store}.backup {store}", self.agent.tail())
        shutil.copy2(store + ".backup", store)
        self.start()
        self.assertEqual(ask(self.tls, "GET", f"{PATH}/a")[0], 200)

    def test_a_start_waits_for_the_lock_of_a_process_that_is_ending(self):
        os.makedirs(self.agent.run_dir)
        with open(os.path.join(self.agent.run_dir, "ordinald.lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.agent.start()
            self.agent.wait_for_log("waiting up to 5 s for .*ordinald.lock")
        self.agent.wait_ready()
        self.agent.kill9()
        self.start()

    def test_a_lock_that_stays_is_an_error(self):
        os.makedirs(self.agent.run_dir)
        with open(os.path.join(self.agent.run_dir, "ordinald.lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("4711")  # as an agent does
            lock.flush()
            self.agent.start()
            self.assertEqual(self.agent.wait(), 1)
        self.assertRegex(self.agent.tail(), r"another ordinald \(process 4711\) runs with --run-dir")
