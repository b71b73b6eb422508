"""Jobs on real containers, by kubectl: they run to their end, fail, wait, are indexed, suspended and deleted."""
import json

from harness.case import BUSYBOX
from harness.wait import wait_for
from test_kubectl import KubectlCase

TRACKING = "batch.kubernetes.io/job-tracking"


class Jobs(KubectlCase):
    def create(self, name, command, spec=None, mounts=(), volumes=()):
        main = {"name": "main", "image": BUSYBOX, "command": ["/bin/sh", "-c", command], "volumeMounts": list(mounts)}
        pod = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "containers": [main],
               "volumes": list(volumes)}
        body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
                "spec": {**(spec or {}), "template": {"spec": pod}}}
        self.kubectl("create", "-f", "-", text=json.dumps(body))

    def status(self, name):
        return self.kubectl.object("job", name).get("status", {})

    def held(self, name):
        return [pod for pod in self.kubectl.object("pods", "-l", f"job-name={name}")["items"]
                if TRACKING in pod["metadata"].get("finalizers", [])]

    def test_to_the_end(self):
        self.assertEqual(self.kubectl("create", "job", "hello", f"--image={BUSYBOX}", "--", "/bin/sh", "-c", "echo done"),
                         "job.batch/hello created\n")
        self.assertEqual(self.kubectl("wait", "--for=condition=complete", "job/hello", "--timeout=60s"),
                         "job.batch/hello condition met\n")
        status = self.status("hello")
        self.assertEqual(status["succeeded"], 1)
        self.assertEqual(status["uncountedTerminatedPods"], {})
        self.assertEqual([c["type"] for c in status["conditions"]], ["SuccessCriteriaMet", "Complete"])
        self.assertRegex(self.kubectl("get", "jobs"),
                         r"NAME +STATUS +COMPLETIONS +DURATION +AGE\nhello +Complete +1/1 +\d+s +\d+s")
        self.assertRegex(self.kubectl("get", "all"), r"job.batch/hello +Complete +1/1")
        self.assertEqual(self.kubectl("logs", "job/hello"), "done\n")
        described = self.kubectl("describe", "job", "hello")
        self.assertRegex(described, r"Pods Statuses: +0 Active \(0 Ready\) / 1 Succeeded / 0 Failed")
        self.assertRegex(described, r"Normal +SuccessfulCreate +.*job-controller +Created pod: hello-")
        self.assertRegex(described, r"Normal +Completed +.*job-controller")
        self.assertEqual(self.held("hello"), [])
        self.assertEqual(self.kubectl("delete", "job", "hello"), 'job.batch "hello" deleted\n')
        wait_for("its pod to follow it", lambda: not self.agent.pods(), 30)
        self.take_down()

    def test_failure(self):
        self.create("bad", "exit 3", {"backoffLimit": 0})
        self.kubectl("wait", "--for=condition=failed", "job/bad", "--timeout=60s")
        status = self.status("bad")
        self.assertEqual(status["failed"], 1)
        self.assertEqual([(c["type"], c["reason"]) for c in status["conditions"]],
                         [("FailureTarget", "BackoffLimitExceeded"), ("Failed", "BackoffLimitExceeded")])
        self.assertRegex(self.kubectl("get", "jobs"), r"bad +Failed +0/1")
        policy = {"rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}]}
        self.create("policy", "exit 42", {"podFailurePolicy": policy})
        self.kubectl("wait", "--for=condition=failed", "job/policy", "--timeout=60s")
        self.assertEqual(self.status("policy")["conditions"][0]["reason"], "PodFailurePolicy")
        self.create("late", "exec sleep 1000", {"activeDeadlineSeconds": 2})
        self.kubectl("wait", "--for=condition=failed", "job/late", "--timeout=60s")
        self.assertEqual(self.status("late")["conditions"][0]["reason"], "DeadlineExceeded")
        self.kubectl("delete", "jobs", "--all")
        wait_for("their pods to follow them", lambda: not self.agent.pods(), 30)

    def test_a_failed_pod_is_tried_again_after_ten_seconds(self):
        marks = {"name": "marks", "hostPath": {"path": f"{self.directory}/marks", "type": "DirectoryOrCreate"}}
        self.create("again", "ls /marks/tried || { echo x >/marks/tried; exit 1; }",
                    mounts=[{"name": "marks", "mountPath": "/marks"}], volumes=[marks])
        self.kubectl("wait", "--for=condition=complete", "job/again", "--timeout=60s")
        status = self.status("again")
        self.assertEqual((status["failed"], status["succeeded"]), (1, 1))

    def test_indexes(self):
        self.create("parts", "echo $JOB_COMPLETION_INDEX $(hostname)",
                    {"completionMode": "Indexed", "completions": 3, "parallelism": 2})
        self.kubectl("wait", "--for=condition=complete", "job/parts", "--timeout=60s")
        self.assertEqual(self.status("parts")["completedIndexes"], "0-2")
        said = sorted(self.kubectl("logs", "-l", f"batch.kubernetes.io/job-completion-index={index}") for index in range(3))
        self.assertEqual(said, [f"{index} parts-{index}\n" for index in range(3)])

    def test_suspended_and_resumed(self):
        self.create("pause", "exec sleep 1000", {"suspend": True})
        self.kubectl("wait", "--for=condition=suspended", "job/pause", "--timeout=30s")
        self.assertEqual(self.agent.pods(), {})
        self.kubectl("patch", "job", "pause", "--type=merge", "-p", '{"spec":{"suspend":false}}')
        wait_for("its pod to run", lambda: self.status("pause").get("ready") == 1, 60)
        self.kubectl("patch", "job", "pause", "--type=merge", "-p", '{"spec":{"suspend":true}}')
        wait_for("its pod to go", lambda: not self.agent.pods(), 60)
        self.assertNotIn("failed", self.status("pause"))
        self.assertRegex(self.kubectl("get", "jobs"), r"pause +Suspended +0/1")

    def test_deleted_without_its_pods(self):
        self.create("left", "exec sleep 1000")
        wait_for("its pod to run", lambda: self.status("left").get("ready") == 1, 60)
        self.kubectl("delete", "job", "left", "--cascade=orphan")
        wait_for("nothing to hold the pod", lambda: not self.held("left"), 30)
        pod = next(iter(self.agent.pods().values()))
        self.assertNotIn("ownerReferences", pod["metadata"])
        self.assertEqual(pod["status"]["phase"], "Running")
        self.kubectl("delete", "pod", pod["metadata"]["name"])
        self.create("all", "exec sleep 1000", {"completions": 2, "parallelism": 2})
        wait_for("its pods to run", lambda: self.status("all").get("ready") == 2, 60)
        self.kubectl("delete", "job", "all", "--cascade=foreground", "--timeout=60s")
        self.assertEqual(self.agent.pods(), {}, "the job went after its pods")
        self.take_down()

    def test_gone_some_time_after_its_end(self):
        self.create("brief", "true", {"ttlSecondsAfterFinished": 1})
        wait_for("the job and its pod to be gone",
                 lambda: not self.kubectl.object("jobs")["items"] and not self.agent.pods(), 60)


class CronJobs(KubectlCase):
    def test_by_the_minute(self):
        self.assertEqual(self.kubectl("create", "cronjob", "tick", f"--image={BUSYBOX}", "--schedule=0 0 1 1 *", "--",
                                      "/bin/sh", "-c", "echo tick"), "cronjob.batch/tick created\n")
        self.kubectl("patch", "cronjob", "tick", "--type=merge", "-p",
                     '{"spec":{"timeZone":"Europe/Berlin","concurrencyPolicy":"Forbid"}}')
        self.assertRegex(self.kubectl("get", "cronjobs"),
                         r"NAME +SCHEDULE +TIMEZONE +SUSPEND +ACTIVE +LAST SCHEDULE +AGE\n"
                         r"tick +0 0 1 1 \* +Europe/Berlin +False +0 +<none> +\d+s")
        self.assertEqual(self.kubectl("create", "job", "by-hand", "--from=cronjob/tick"), "job.batch/by-hand created\n")
        self.kubectl("wait", "--for=condition=complete", "job/by-hand", "--timeout=60s")
        self.kubectl("patch", "cronjob", "tick", "--type=merge", "-p", '{"spec":{"schedule":"* * * * *"}}')

        def made():
            return [job for job in self.kubectl.object("jobs")["items"] if job["metadata"]["name"].startswith("tick-")]
        wait_for("the minute's job to be made", made, 90)
        name = made()[0]["metadata"]["name"]
        self.kubectl("wait", "--for=condition=complete", f"job/{name}", "--timeout=60s")
        self.assertEqual(self.kubectl("logs", f"job/{name}"), "tick\n")
        wait_for("the success to be noted",
                 lambda: "lastSuccessfulTime" in self.kubectl.object("cronjob", "tick")["status"], 20)
        self.kubectl("patch", "cronjob", "tick", "--type=merge", "-p", '{"spec":{"suspend":true}}')
        self.assertRegex(self.kubectl("describe", "cronjob", "tick"), r"Normal +SuccessfulCreate +.*Created job tick-")
        self.kubectl("delete", "cronjob", "tick", "--cascade=foreground", "--timeout=60s")
        self.assertEqual(self.kubectl.object("jobs")["items"], [])
        wait_for("the pods to be gone", lambda: not self.agent.pods(), 30)
