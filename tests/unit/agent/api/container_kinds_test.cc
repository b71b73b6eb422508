// Restart policies and rules of containers, and what ephemeral containers may have.
#include <gmock/gmock.h>

#include "agent/api/kinds/pod/rules.h"
#include "agent/api/kinds/pod/view.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json Holding(std::vector<Json> containers, std::vector<Json> inits = {}, std::vector<Json> ephemeral = {}) {
  Json pod = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}})");
  pod["spec"] = {{"containers", std::move(containers)},
                 {"initContainers", std::move(inits)},
                 {"ephemeralContainers", std::move(ephemeral)}};
  return pod;
}

Json Called(const std::string& name, const Json& more) {
  Json container = {{"name", name}, {"image", "i"}};
  container.update(more);
  return container;
}

Json RulesOf(const std::string& rules, const std::string& policy = "Never") {
  Json more = {{"restartPolicyRules", Json::parse(rules)}};
  if (!policy.empty()) more["restartPolicy"] = policy;
  return more;
}

std::vector<std::string> FaultsIn(const Json& pod) {
  const auto decoded = Decode(pod);
  const auto* failure = std::get_if<DecodeFailure>(&decoded);
  return failure == nullptr ? std::vector<std::string>() : Causes(failure->errors);
}

std::string Times(const std::string& item, size_t times) {
  std::string list = "[";
  for (size_t i = 0; i < times; ++i) list += (i > 0 ? "," : "") + item;
  return list + "]";
}

constexpr char kGood[] = R"({"action": "Restart", "exitCodes": {"operator": "In", "values": [0, 42, 255]}})";

struct RestartCase {
  std::string name;
  Json more;
  std::vector<std::string> faults;  ///< below the container
};
void PrintTo(const RestartCase& c, std::ostream* out) { *out << c.name; }

class RestartRules : public testing::TestWithParam<RestartCase> {};

TEST_P(RestartRules, AreCheckedInContainersAndInitContainers) {
  const RestartCase& c = GetParam();
  const auto at = [&](const std::string& list) {
    std::vector<std::string> faults;
    for (const std::string& fault : c.faults) faults.push_back("spec." + list + "[0]." + fault);
    return faults;
  };
  EXPECT_EQ(FaultsIn(Holding({Called("a", c.more)})), at("containers"));
  EXPECT_EQ(FaultsIn(Holding({Called("b", Json::object())}, {Called("a", c.more)})), at("initContainers"));
}

const std::string kRule = "restartPolicyRules[0]";

INSTANTIATE_TEST_SUITE_P(
    All, RestartRules,
    testing::Values(
        RestartCase{"Always", {{"restartPolicy", "Always"}}, {}},
        RestartCase{"OnFailure", {{"restartPolicy", "OnFailure"}}, {}},
        RestartCase{"Never", {{"restartPolicy", "Never"}}, {}},
        RestartCase{"Often", {{"restartPolicy", "Often"}}, {"restartPolicy FieldValueNotSupported"}},
        RestartCase{"Empty", {{"restartPolicy", ""}}, {"restartPolicy FieldValueNotSupported"}},
        RestartCase{"ARule", RulesOf("[" + std::string(kGood) + "]"), {}},
        RestartCase{"ARuleOfASidecar", RulesOf("[" + std::string(kGood) + "]", "Always"), {}},
        RestartCase{
            "RestartAllContainers",
            RulesOf(R"([{"action": "RestartAllContainers", "exitCodes": {"operator": "NotIn", "values": [1]}}])"),
            {}},
        RestartCase{"NoPolicy", RulesOf("[" + std::string(kGood) + "]", ""), {"restartPolicy FieldValueRequired"}},
        RestartCase{"Twenty", RulesOf(Times(kGood, 20)), {}},
        RestartCase{"TwentyOne", RulesOf(Times(kGood, 21)), {"restartPolicyRules FieldValueTooMany"}},
        RestartCase{"OtherAction",
                    RulesOf(R"([{"action": "Stop", "exitCodes": {"operator": "In", "values": [1]}}])"),
                    {kRule + ".action FieldValueNotSupported"}},
        RestartCase{"NoCodes", RulesOf(R"([{"action": "Restart"}])"), {kRule + ".exitCodes FieldValueRequired"}},
        RestartCase{"OtherOperator",
                    RulesOf(R"([{"action": "Restart", "exitCodes": {"operator": "Is", "values": [1]}}])"),
                    {kRule + ".exitCodes.operator FieldValueNotSupported"}},
        RestartCase{
            "TooManyCodes",
            RulesOf(R"([{"action": "Restart", "exitCodes": {"operator": "In", "values": )" + Times("1", 256) + "}}]"),
            {kRule + ".exitCodes.values FieldValueTooMany"}},
        RestartCase{
            "NoExitCode",
            RulesOf(R"([{"action": "Restart", "exitCodes": {"operator": "In", "values": [256, -1]}}])"),
            {kRule + ".exitCodes.values[0] FieldValueInvalid", kRule + ".exitCodes.values[1] FieldValueInvalid"}},
        RestartCase{"Twice",
                    RulesOf(R"([{"action": "Restart", "exitCodes": {"operator": "In", "values": [1, 1]}}])"),
                    {kRule + ".exitCodes.values[1] FieldValueDuplicate"}}),
    [](const auto& info) { return info.param.name; });

TEST(RestartRules, AreInTemplatesToo) {
  Json set = Json::parse(R"({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "x"},
    "spec": {"serviceName": "x", "selector": {"matchLabels": {"a": "b"}},
      "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}})");
  Json& container = set["spec"]["template"]["spec"]["containers"][0];
  container.update(RulesOf("[" + std::string(kGood) + "]"));
  EXPECT_THAT(FaultsIn(set), IsEmpty());
  container.erase("restartPolicy");
  EXPECT_THAT(FaultsIn(set), ElementsAre("spec.template.spec.containers[0].restartPolicy FieldValueRequired"));
}

TEST(RestartRules, TheFirstThatFitsCounts) {
  const Json spec = {{"containers", Json::array({Called("a", RulesOf(R"([
      {"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}},
      {"action": "RestartAllContainers", "exitCodes": {"operator": "NotIn", "values": [0, 2]}}])"))})}};
  const PodSpec read = ReadPodSpec(spec);
  ASSERT_NE(RuleFor(read.containers[0], 1), nullptr);
  EXPECT_FALSE(RuleFor(read.containers[0], 1)->all);
  ASSERT_NE(RuleFor(read.containers[0], 3), nullptr);
  EXPECT_TRUE(RuleFor(read.containers[0], 3)->all);
  EXPECT_EQ(RuleFor(read.containers[0], 2), nullptr);
}

struct EphemeralCase {
  std::string name;
  Json more;
  std::vector<std::string> faults;
};
void PrintTo(const EphemeralCase& c, std::ostream* out) { *out << c.name; }

class Ephemerals : public testing::TestWithParam<EphemeralCase> {};

TEST_P(Ephemerals, AreChecked) {
  const EphemeralCase& c = GetParam();
  std::vector<std::string> faults;
  for (const std::string& fault : c.faults) faults.push_back("spec.ephemeralContainers[0]." + fault);
  EXPECT_EQ(
      FaultsIn(Holding({Called("main", Json::object())}, {Called("init", Json::object())}, {Called("debug", c.more)})),
      faults);
}

const Json kSomeProbe = {{"tcpSocket", {{"port", 80}}}};

INSTANTIATE_TEST_SUITE_P(
    All, Ephemerals,
    testing::Values(
        EphemeralCase{"Plain", Json::object(), {}},
        EphemeralCase{"AllThatIsAllowed",
                      Json::parse(R"({"command": ["sh"], "args": ["-c"], "workingDir": "/", "stdin": true, "tty": true,
                        "stdinOnce": true, "env": [{"name": "A", "value": "b"}], "imagePullPolicy": "Never",
                        "envFrom": [{"configMapRef": {"name": "c"}}], "terminationMessagePolicy": "File",
                        "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}})"),
                      {}},
        EphemeralCase{"AFileOfNoVolume",
                      Json::parse(R"({"env": [{"name": "A", "valueFrom": {"fileKeyRef":
                        {"volumeName": "../../etc", "path": "shadow", "key": "A"}}}]})"),
                      {"env[0].valueFrom.fileKeyRef.volumeName FieldValueNotFound"}},
        EphemeralCase{"ATarget", {{"targetContainerName", "main"}}, {}},
        EphemeralCase{"AnInitContainerAsTarget", {{"targetContainerName", "init"}}, {}},
        EphemeralCase{"NoSuchTarget", {{"targetContainerName", "x"}}, {"targetContainerName FieldValueNotFound"}},
        EphemeralCase{"ItselfAsTarget", {{"targetContainerName", "debug"}}, {"targetContainerName FieldValueNotFound"}},
        EphemeralCase{"NamedAsAnother", {{"name", "init"}}, {"name FieldValueDuplicate"}},
        EphemeralCase{"NoImage", {{"image", ""}}, {"image FieldValueRequired"}},
        EphemeralCase{"Ports", {{"ports", Json::array({Json{{"containerPort", 80}}})}}, {"ports FieldValueForbidden"}},
        EphemeralCase{"LivenessProbe", {{"livenessProbe", kSomeProbe}}, {"livenessProbe FieldValueForbidden"}},
        EphemeralCase{"ReadinessProbe", {{"readinessProbe", kSomeProbe}}, {"readinessProbe FieldValueForbidden"}},
        EphemeralCase{"StartupProbe", {{"startupProbe", kSomeProbe}}, {"startupProbe FieldValueForbidden"}},
        EphemeralCase{"Lifecycle",
                      {{"lifecycle", {{"preStop", {{"exec", {{"command", Json::array()}}}}}}}},
                      {"lifecycle FieldValueForbidden"}},
        EphemeralCase{"Resources", {{"resources", {{"limits", {{"cpu", "1"}}}}}}, {"resources FieldValueForbidden"}},
        EphemeralCase{"RestartPolicy", {{"restartPolicy", "Always"}}, {"restartPolicy FieldValueForbidden"}},
        EphemeralCase{"RestartPolicyRules",
                      RulesOf("[" + std::string(kGood) + "]", ""),
                      {"restartPolicyRules FieldValueForbidden"}}),
    [](const auto& info) { return info.param.name; });

TEST(Ephemerals, MountVolumesAsAWhole) {
  Json pod = Holding({Called("main", Json::object())}, {}, {Called("debug", Json::parse(R"json({"volumeMounts": [
      {"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b", "subPath": "x"},
      {"name": "v", "mountPath": "/c", "subPathExpr": "$(X)"}]})json"))});
  pod["spec"]["volumes"] = Json::array({Json{{"name", "v"}, {"emptyDir", Json::object()}}});
  EXPECT_THAT(FaultsIn(pod),
              ElementsAre("spec.ephemeralContainers[0].volumeMounts[1].subPath FieldValueForbidden",
                          "spec.ephemeralContainers[0].volumeMounts[2].subPathExpr FieldValueForbidden"));
}

TEST(Ephemerals, MayComeAndNeitherGoNorChange) {
  const auto spec = [](std::vector<Json> list) { return Json{{"ephemeralContainers", std::move(list)}}; };
  const auto faults = [](const Json& now, const Json& before) {
    std::vector<FieldError> errors;
    Faults found(errors);
    ValidateEphemeralUpdate(now, before, found);
    return Causes(errors);
  };
  const Json a = Called("a", Json::object()), b = Called("b", Json::object());
  EXPECT_THAT(faults(spec({a}), Json::object()), IsEmpty());
  EXPECT_THAT(faults(spec({b, a}), spec({a})), IsEmpty());
  EXPECT_THAT(faults(spec({b}), spec({a, b})), ElementsAre("spec.ephemeralContainers FieldValueForbidden"));
  EXPECT_THAT(faults(spec({Called("a", {{"tty", true}})}), spec({a})),
              ElementsAre("spec.ephemeralContainers FieldValueForbidden"));
}

}  // namespace
}  // namespace ordinal::api
