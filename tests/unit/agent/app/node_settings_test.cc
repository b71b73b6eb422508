#include "agent/app/node_settings.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

using api::Json;

Json SettingsOf(const Config& config, bool systemd_cgroup = false) {
  return KubeletConfigOf(config, systemd_cgroup)["kubeletconfig"];
}

TEST(NodeSettings, AreInAKubeletsWords) {
  Config config;
  config.node_api_listen = "127.0.0.7:10260";
  const Json said = SettingsOf(config);
  EXPECT_EQ(said["enableServer"], true);
  EXPECT_EQ(said["address"], "127.0.0.7");
  EXPECT_EQ(said["port"], 10260);
  EXPECT_EQ(said["clusterDNS"], Json::array({"169.254.20.10"}));
  EXPECT_EQ(said["clusterDomain"], "cluster.local");
  EXPECT_EQ(said["containerRuntimeEndpoint"], "unix:///run/containerd/containerd.sock");
  EXPECT_EQ(said["containerLogMaxSize"], "10Mi");
  EXPECT_EQ(said["containerLogMaxFiles"], 5);
  EXPECT_EQ(said["cgroupDriver"], "cgroupfs");
  EXPECT_EQ(said["imageMinimumGCAge"], "2m0s");
  EXPECT_EQ(said["imageMaximumGCAge"], "0s");
  EXPECT_EQ(said["serializeImagePulls"], false);
  EXPECT_EQ(said["crashLoopBackOff"], (Json{{"maxContainerRestartPeriod", "1m0s"}}));
  EXPECT_EQ(said["evictionHard"], Json::parse(R"({"memory.available":"100Mi","nodefs.available":"10%",
                                                  "nodefs.inodesFree":"5%","imagefs.available":"15%"})"));
  EXPECT_EQ(said["shutdownGracePeriod"], "30s");
  EXPECT_EQ(said["shutdownGracePeriodCriticalPods"], "10s");
  for (const char* unset :
       {"evictionSoft", "podPidsLimit", "allowedUnsafeSysctls", "shutdownGracePeriodByPodPriority"}) {
    EXPECT_FALSE(said.contains(unset)) << unset;
  }
}

TEST(NodeSettings, AreThoseOfTheCommandLine) {
  Config config;
  config.node_api_listen = kNoNodeApi;
  config.dns_listen = {"10.0.0.1:53", "[fd00::10]:53"};
  config.eviction.soft = "memory.available<500Mi";
  config.eviction.soft_grace_period = "memory.available=1m30s";
  config.shutdown.by_priority = "100000=10s,0=20s";
  config.pod_pids_limit = 64;
  config.max_parallel_image_pulls = 1;
  config.restart_backoff = kKubernetesRestarts;
  config.image_maximum_gc_age = 2 * 3600 + 5;
  const Json said = SettingsOf(config, /*systemd_cgroup=*/true);
  EXPECT_EQ(said["enableServer"], false);
  EXPECT_FALSE(said.contains("port"));
  EXPECT_EQ(said["clusterDNS"], Json::array({"10.0.0.1", "fd00::10"}));
  EXPECT_EQ(said["cgroupDriver"], "systemd");
  EXPECT_EQ(said["evictionSoft"], (Json{{"memory.available", "500Mi"}}));
  EXPECT_EQ(said["evictionSoftGracePeriod"], (Json{{"memory.available", "1m30s"}}));
  EXPECT_EQ(said["podPidsLimit"], 64);
  EXPECT_EQ(said["serializeImagePulls"], true);
  EXPECT_EQ(said["crashLoopBackOff"], (Json{{"maxContainerRestartPeriod", "5m0s"}}));
  EXPECT_EQ(said["imageMaximumGCAge"], "2h0m5s");
  EXPECT_FALSE(said.contains("shutdownGracePeriod"));
  EXPECT_EQ(said["shutdownGracePeriodByPodPriority"], Json::parse(R"([
      {"priority":0,"shutdownGracePeriodSeconds":20},{"priority":100000,"shutdownGracePeriodSeconds":10}])"));
}

}  // namespace
}  // namespace ordinal
