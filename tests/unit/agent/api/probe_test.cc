// Probes and hooks: what is read of them, what is refused.
#include "agent/api/kinds/pod/probe.h"

#include <gmock/gmock.h>

#include "agent/api/kinds/pod/view.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A pod of one container "c" with these members, and an annotation of probe periods where there is one.
Json PodOf(const std::string& members, const std::string& periods = {}) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"},
    "spec": {"containers": [{"name": "c", "image": "i"}]}})");
  body["spec"]["containers"][0].merge_patch(Json::parse(members));
  if (!periods.empty()) body["metadata"]["annotations"][kProbePeriods] = periods;
  return body;
}

std::vector<std::string> FaultsOf(const Json& body) { return Causes(MustFail(body).errors); }

Container Read(const Json& body) {
  Decoded decoded = MustDecode(body);
  return Pod::From(Object(std::move(decoded.body))).spec.containers.front();
}

TEST(Probe, HasTheReferencesDefaults) {
  const Container container = Read(PodOf(R"({"readinessProbe": {"httpGet": {"port": "web"}}})"));
  ASSERT_TRUE(container.probes.readiness);
  EXPECT_FALSE(container.probes.liveness);
  const Probe& probe = *container.probes.readiness;
  EXPECT_EQ(probe.period, seconds(10));
  EXPECT_EQ(probe.timeout, seconds(1));
  EXPECT_EQ(probe.initial_delay, seconds(0));
  EXPECT_EQ(probe.success_threshold, 1);
  EXPECT_EQ(probe.failure_threshold, 3);
  EXPECT_EQ(probe.handler.kind, Handler::Kind::kHttpGet);
  EXPECT_EQ(probe.handler.port_name, "web");
  EXPECT_EQ(probe.handler.path, "/");
  EXPECT_EQ(probe.handler.scheme, "HTTP");
}

TEST(Probe, NumbersOfAnySizeAreBounded) {
  const Container container = Read(PodOf(R"({"livenessProbe": {"tcpSocket": {"port": 1},
    "initialDelaySeconds": 2147483647, "periodSeconds": 2147483647, "timeoutSeconds": 2147483647,
    "failureThreshold": 2147483647, "terminationGracePeriodSeconds": 9223372036854775807}})"));
  EXPECT_EQ(container.probes.liveness->period, seconds(2147483647));
  EXPECT_EQ(container.probes.liveness->failure_threshold, 2147483647);
  EXPECT_GT(container.probes.liveness->initial_delay + container.probes.liveness->period, seconds(0));
}

TEST(Probe, OfAWrongFormIsRefusedByItsField) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"livenessProbe": {"periodSeconds": 5}})", "spec.containers[0].livenessProbe FieldValueRequired"},
      {R"({"livenessProbe": {"exec": {"command": []}}})",
       "spec.containers[0].livenessProbe.exec.command FieldValueRequired"},
      {R"({"livenessProbe": {"tcpSocket": {"port": 0}}})",
       "spec.containers[0].livenessProbe.tcpSocket.port FieldValueInvalid"},
      {R"({"livenessProbe": {"grpc": {"port": 70000}}})",
       "spec.containers[0].livenessProbe.grpc.port FieldValueInvalid"},
      {R"({"livenessProbe": {"tcpSocket": {"port": 1}, "successThreshold": 2}})",
       "spec.containers[0].livenessProbe.successThreshold FieldValueInvalid"},
      {R"({"readinessProbe": {"tcpSocket": {"port": 1}, "terminationGracePeriodSeconds": 2}})",
       "spec.containers[0].readinessProbe.terminationGracePeriodSeconds FieldValueInvalid"},
      {R"({"readinessProbe": {"httpGet": {"port": 1, "scheme": "FTP"}}})",
       "spec.containers[0].readinessProbe.httpGet.scheme FieldValueNotSupported"},
      {R"({"readinessProbe": {"httpGet": {"port": 1, "httpHeaders": [{"name": "a b", "value": "c"}]}}})",
       "spec.containers[0].readinessProbe.httpGet.httpHeaders[0].name FieldValueInvalid"},
      {R"({"readinessProbe": {"httpGet": {"port": 1, "httpHeaders": [{"name": "a", "value": "c\r\nX: y"}]}}})",
       "spec.containers[0].readinessProbe.httpGet.httpHeaders[0].value FieldValueInvalid"},
  };
  for (const auto& [members, fault] : cases) EXPECT_THAT(FaultsOf(PodOf(members)), ElementsAre(fault)) << members;
}

TEST(Probe, OfAnInitContainerThatEndsIsRefused) {
  Json body = PodOf("{}");
  body["spec"]["initContainers"] =
      Json::parse(R"([{"name": "i", "image": "i", "readinessProbe": {"tcpSocket": {"port": 1}}}])");
  EXPECT_THAT(FaultsOf(body), ElementsAre("spec.initContainers[0].readinessProbe FieldValueForbidden"));
  body["spec"]["initContainers"][0]["restartPolicy"] = "Always";
  MustDecode(body);
}

TEST(Hooks, SleepWithinTheGrace) {
  const auto hook = [](const std::string& seconds) {
    return PodOf(R"({"lifecycle": {"preStop": {"sleep": {"seconds": )" + seconds + "}}}}");
  };
  EXPECT_EQ(Read(hook("0")).hooks.pre_stop->seconds, 0);
  EXPECT_EQ(Read(hook("30")).hooks.pre_stop->seconds, 30);
  for (const char* seconds : {"-1", "31"}) {
    EXPECT_THAT(FaultsOf(hook(seconds)),
                ElementsAre("spec.containers[0].lifecycle.preStop.sleep.seconds FieldValueInvalid"));
  }
}

TEST(Hooks, OfASocketAreAcceptedWithAWarning) {
  const Decoded decoded = MustDecode(PodOf(R"({"lifecycle": {"postStart": {"tcpSocket": {"port": 80}}}})"));
  EXPECT_THAT(decoded.warnings, ElementsAre("spec.containers[0].lifecycle.postStart.tcpSocket: does nothing; hooks are "
                                            "exec, httpGet and sleep"));
}

TEST(ProbePeriods, MayBeShorterThanASecond) {
  const std::string probes =
      R"({"readinessProbe": {"tcpSocket": {"port": 1}}, "livenessProbe": {"tcpSocket": {"port": 1}}})";
  const Container container = Read(PodOf(probes, "c.readiness=200ms, c.liveness=1500ms"));
  EXPECT_EQ(container.probes.readiness->period, milliseconds(200));
  EXPECT_EQ(container.probes.liveness->period, milliseconds(1500));
  for (const char* wrong : {"c.readiness", "c.readiness=200", "c.readiness=ms", "c.readiness=49ms", "c.readiness=-5ms",
                            "c.readiness=3600001ms", "readiness=200ms", "c.startup=200ms", "d.readiness=200ms",
                            "c.x=1s", "c.readiness=200ms,,", "=.ms", "c.readiness=99999999999999999999ms"}) {
    EXPECT_THAT(FaultsOf(PodOf(probes, wrong)),
                ElementsAre("metadata.annotations[ordinal.dev/probe-periods] FieldValueInvalid"))
        << wrong;
  }
}

}  // namespace
}  // namespace ordinal::api
