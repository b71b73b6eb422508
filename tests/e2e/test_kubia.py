"""The example from end to end: order, names, volumes, peers."""
import os

from harness.case import KubiaCase
from harness.dns import DOMAIN, dig, reverse

SERVICE = f"kubia.{DOMAIN}"


class Kubia(KubiaCase):
    def test_pods_start_one_after_another(self):
        for earlier, later in zip(self.PODS, self.PODS[1:]):
            started = self.cri.running(earlier)["startedAt"]
            created = self.cri.sandbox(later)["createdAt"]
            self.assertGreater(created, started, f"{later}'s sandbox was made before {earlier} ran")
        # Ready is what the next ordinal waits for; the sandbox's time is finer than the condition's whole seconds.
        pods = self.agent.pods()
        times = [next(c["lastTransitionTime"] for c in pods[pod]["status"]["conditions"] if c["type"] == "Ready")
                 for pod in self.PODS]
        self.assertEqual(times, sorted(times))

    def test_each_pod_has_its_name_as_hostname(self):
        for pod in self.PODS:
            self.assertTrue(self.text_of(pod).startswith(f"You've hit {pod}\n"))

    def test_dns_gives_each_pods_address(self):
        for pod in self.PODS:
            for options in ((), ("+tcp",)):
                with self.subTest(pod=pod, options=options):
                    answer = dig(f"{pod}.{SERVICE}", "A", *options)
                    self.assertEqual((answer.status, answer.data("A")), ("NOERROR", [self.cri.address(pod)]))
                    self.assertIn("aa", answer.flags)
            self.assertEqual(reverse(self.cri.address(pod)).data("PTR"), [f"{pod}.{SERVICE}."])
        self.assertEqual(dig(SERVICE).data("A"), sorted(self.cri.address(pod) for pod in self.PODS))

    def test_srv_lists_three_targets_with_addresses_in_the_additional_section(self):
        for name in (SERVICE, f"_http._tcp.{SERVICE}"):
            with self.subTest(name=name):
                answer = dig(name, "SRV")
                # priority 0, weight 100/3, the service's port
                self.assertEqual(answer.data("SRV"), [f"0 33 80 {pod}.{SERVICE}." for pod in self.PODS])
                self.assertEqual(answer.pairs("A", "ADDITIONAL"),
                                 [(f"{pod}.{SERVICE}.", self.cri.address(pod)) for pod in self.PODS])

    def test_names_that_do_not_exist_and_types_that_do_not_exist_differ(self):
        cases = [
            (f"kubia-3.{SERVICE}", "A", "NXDOMAIN"),
            (f"other.{DOMAIN}", "A", "NXDOMAIN"),
            (f"_other._tcp.{SERVICE}", "SRV", "NXDOMAIN"),
            (f"kubia-0.{SERVICE}", "TXT", "NOERROR"),
            (DOMAIN, "A", "NOERROR"),
        ]
        for name, kind, status in cases:
            with self.subTest(name=name, kind=kind):
                answer = dig(name, kind)
                self.assertEqual((answer.status, answer.sections["ANSWER"]), (status, []))
                self.assertEqual(len(answer.data("SOA", "AUTHORITY")), 1)

    def test_a_post_lands_in_that_ordinals_directory_only(self):
        volumes = {pod: self.volume_of(pod) for pod in self.PODS}
        self.assertEqual(len(set(map(os.path.realpath, volumes.values()))), 3, volumes)
        self.assertEqual(self.text_of("kubia-1", "/data"), "")
        self.post("kubia-1", "for one")
        self.assertEqual({pod: os.listdir(path) for pod, path in volumes.items()},
                         {"kubia-0": [], "kubia-1": ["kubia.txt"], "kubia-2": []})
        with open(os.path.join(volumes["kubia-1"], "kubia.txt"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "for one")

    def test_claims_are_bound_one_to_one(self):
        claims = self.agent.objects("pvc")
        self.assertEqual(sorted(claims), [f"data-{pod}" for pod in self.PODS])
        volumes = self.agent.objects("pv")
        self.assertEqual(sorted(volumes), ["pv-a", "pv-b", "pv-c"])
        for name, claim in claims.items():
            self.assertEqual(claim["status"]["phase"], "Bound")
            self.assertEqual(volumes[claim["spec"]["volumeName"]]["spec"]["claimRef"]["name"], name)

    def test_peers_are_found_from_inside_through_dns(self):
        self.post("kubia-1", "for one")
        self.assertEqual(self.text_of("kubia-0", "/peers").splitlines()[2:], [
            f"- kubia-0.{SERVICE}: No data posted yet",
            f"- kubia-1.{SERVICE}: for one",
            f"- kubia-2.{SERVICE}: No data posted yet",
        ])

    def test_everything_can_be_taken_down(self):
        self.take_down()
