// The Pod Security Standards: every check by a pod that breaks it, in the reference's words; what changes by version;
// and what the labels of a namespace do.
#include "agent/objects/local/admission/pod_security/checks.h"

#include <gmock/gmock.h>

#include "agent/api/custom/publish.h"
#include "tests/unit/agent/objects/policy_case.h"

namespace ordinal::objects {
namespace {

using pod_security::Level;
using pod_security::LevelVersion;
using pod_security::TextOf;
using pod_security::ViolationsOf;
using testing::ElementsAre;

constexpr int kLatest = LevelVersion::kLatest;

/// A pod that keeps to everything.
const Json kGood =
    Json::parse(R"({"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
  "containers": [{"name": "a", "image": "a:1", "securityContext": {"allowPrivilegeEscalation": false,
    "capabilities": {"drop": ["ALL"]}}}]})");

std::string Violations(const Json& spec, Level level, int minor, const Json& metadata = Json::object()) {
  return TextOf(ViolationsOf({level, minor}, {metadata, spec}), true);
}

struct BadPod {
  const char *patch, *text;  ///< merged into a pod that keeps to everything
  Level level = Level::kBaseline;
  int minor = kLatest;
};
constexpr Level kRestricted = Level::kRestricted;
const BadPod kBadPods[] = {
    {R"({"hostNetwork": true, "hostIPC": true})", "host namespaces (hostNetwork=true, hostIPC=true)"},
    {R"({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]})", R"(hostPath volumes (volume "v"))"},
    {R"({"volumes": [{"name": "v", "hostPath": {"path": "/"}}, {"name": "w", "nfs": {"server": "s"}}]})",
     R"(restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs"))", kRestricted},
    {R"({"containers": [{"name": "a", "ports": [{"hostPort": 80}, {"hostPort": 81}]}]})",
     R"(hostPort (container "a" uses hostPorts 80, 81))"},
    {R"({"containers": [{"name": "a", "securityContext": {"privileged": true}}]})",
     R"(privileged (container "a" must not set securityContext.privileged=true))"},
    {R"({"containers": [{"name": "a", "securityContext": {"capabilities": {"add": ["NET_ADMIN", "CHOWN"]}}}]})",
     R"(non-default capabilities (container "a" must not include "NET_ADMIN" in securityContext.capabilities.add))"},
    {R"({"securityContext": {"appArmorProfile": {"type": "Unconfined"}}})",
     R"(forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined"))"},
    {R"({"securityContext": {"seLinuxOptions": {"type": "spc_t", "user": "u"}}})",
     R"(seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set))"},
    {R"({"securityContext": {"seLinuxOptions": {"type": "container_engine_t"}}})", ""},
    {R"({"securityContext": {"seLinuxOptions": {"type": "container_engine_t"}}})",
     R"(seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "container_engine_t"))",
     Level::kBaseline, 30},
    {R"({"containers": [{"name": "a", "securityContext": {"procMount": "Unmasked"}}]})",
     R"(procMount (container "a" must not set securityContext.procMount to "Unmasked"))"},
    {R"({"hostUsers": false, "containers": [{"name": "a", "securityContext": {"procMount": "Unmasked"}}]})", ""},
    {R"({"hostUsers": false, "containers": [{"name": "a", "securityContext": {"procMount": "Unmasked"}}]})",
     R"(procMount (container "a" must not set securityContext.procMount to "Unmasked"))", Level::kBaseline, 34},
    {R"({"securityContext": {"seccompProfile": {"type": "Unconfined"}}})",
     R"(seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined"))"},
    {R"({"securityContext": {"sysctls": [{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_rmem"}]}})",
     "forbidden sysctls (kernel.msgmax)"},
    {R"({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem"}]}})", "forbidden sysctls (net.ipv4.tcp_rmem)",
     Level::kBaseline, 31},
    {R"({"securityContext": {"windowsOptions": {"hostProcess": true}}})",
     "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)"},
    {R"({"containers": [{"name": "a", "livenessProbe": {"httpGet": {"host": "h"}}}]})",
     R"(probe or lifecycle host (container "a" uses probe or lifecycle host "h"))"},
    {R"({"containers": [{"name": "a", "livenessProbe": {"httpGet": {"host": "h"}}}]})", "", Level::kBaseline, 33},
    {R"({"containers": [{"name": "a", "securityContext": {"allowPrivilegeEscalation": null, "capabilities": null}}]})",
     R"(allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), )"
     R"(unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]))",
     kRestricted},
    {R"({"os": {"name": "windows"}, "containers": [{"name": "a", "securityContext": null}]})", "", kRestricted},
    {R"({"securityContext": null})",
     R"(runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or )"
     R"(container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"))",
     kRestricted},
    {R"({"securityContext": {"runAsNonRoot": false, "runAsUser": 0}})",
     "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set "
     "runAsUser=0)",
     kRestricted},
    {R"({"hostUsers": false, "securityContext": {"runAsNonRoot": false, "runAsUser": 0}})", "", kRestricted},
    {R"({"securityContext": {"runAsUser": 0}})", "", kRestricted, 22},
    {"{}", "", kRestricted},
};

Json Patched(const Json& patch) {
  Json spec = kGood;
  for (const auto& [member, value] : patch.items()) {
    if (member == "containers") {
      spec[member][0].merge_patch(value[0]);
    } else {
      spec[member].merge_patch(value);
    }
  }
  return spec;
}

TEST(PodSecurityChecks, SayWhatAPodMayNotDo) {
  for (const BadPod& one : kBadPods) {
    EXPECT_EQ(Violations(Patched(Json::parse(one.patch)), one.level, one.minor), one.text) << one.patch << one.minor;
  }
}

TEST(PodSecurityChecks, PrivilegedForbidsNothing) {
  EXPECT_EQ(Violations(Json::parse(R"({"hostNetwork": true, "hostPID": true})"), Level::kPrivileged, kLatest), "");
}

TEST(PodSecurityChecks, AnnotationsFromBeforeThereWereFieldsCount) {
  const Json metadata = Json::parse(R"({"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined",
    "container.apparmor.security.beta.kubernetes.io/a": "unconfined"}})");
  EXPECT_EQ(Violations(kGood, Level::kBaseline, 18, metadata),
            R"(forbidden AppArmor profile (annotation must not set AppArmor profile type to )"
            R"("container.apparmor.security.beta.kubernetes.io/a="unconfined""), seccompProfile (forbidden annotation )"
            R"(seccomp.security.alpha.kubernetes.io/pod="unconfined"))");
}

class PodSecurity : public PolicyCase {
 public:
  void MakeNamespace(const Json& labels) {
    Make({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "default"}, {"labels", labels}}}});
  }
  Result<Written> Label(const Json& labels) {
    Objects::Edit edit = [labels](const Object& current) -> Result<Json> {
      Json next = current.body();
      next["metadata"]["labels"].update(labels);
      return next;
    };
    WriteOptions options;
    return RunTask(io_, client_.Change({"Namespace", "", "default"}, std::move(edit), std::move(options)));
  }
  static Json Templated() {
    return Json::parse(
        R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "default"},
      "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
      "spec": {"hostNetwork": true, "containers": [{"name": "c", "image": "i"}]}}}})");
  }
  static Json OnHost(const std::string& name) {
    Json pod = Pod(name);
    pod["spec"]["hostNetwork"] = true;
    return pod;
  }
};

TEST_F(PodSecurity, WhatIsEnforcedIsRefusedForPodsAndWarnedOfForTemplates) {
  MakeNamespace({{"pod-security.kubernetes.io/enforce", "baseline"}});
  EXPECT_EQ(RefusalOf(OnHost("p")),
            R"(pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true))");
  EXPECT_EQ(RefusalOf(Pod("q")), "");
  const auto made = Try(Templated());
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->warnings,
              ElementsAre(R"(would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true))"));
}

TEST_F(PodSecurity, OnlyKindsThatHaveTemplatesOfPodsAreWarnedOf) {
  MakeNamespace({{"pod-security.kubernetes.io/warn", "baseline"}});
  Json of_pods = OnHost("t");
  of_pods["kind"] = "PodTemplate";
  of_pods["template"] = {{"metadata", {{"labels", {{"a", "b"}}}}}, {"spec", of_pods["spec"]}};
  of_pods.erase("spec");
  const auto made = Try(of_pods);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->warnings.size(), 1U);
  const Json definition = Json::parse(R"({"metadata": {"name": "ws.example.com"}, "spec": {"group": "example.com",
    "scope": "Namespaced", "names": {"kind": "W", "plural": "ws", "singular": "w"}, "versions": [{"name": "v1",
    "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
    "x-kubernetes-preserve-unknown-fields": true}}}]}})");
  api::PublishKinds({api::custom::CustomKind::Make(definition, definition["spec"]["names"])}, clock_.Steady());
  const auto custom = Try({{"apiVersion", "example.com/v1"},
                           {"kind", "W"},
                           {"metadata", {{"name", "w"}, {"namespace", "default"}}},
                           {"spec", {{"template", of_pods["template"]}}}});
  ASSERT_TRUE(custom.ok()) << custom.error().message;
  EXPECT_THAT(custom->warnings, testing::IsEmpty());
  api::PublishKinds({}, clock_.Steady());
}

TEST_F(PodSecurity, WhatIsWarnedOfIsMade) {
  MakeNamespace(
      {{"pod-security.kubernetes.io/warn", "baseline"}, {"pod-security.kubernetes.io/warn-version", "v1.30"}});
  const auto made = Try(OnHost("p"));
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->warnings,
              ElementsAre(R"(would violate PodSecurity "baseline:v1.30": host namespaces (hostNetwork=true))"));
}

TEST_F(PodSecurity, MoreThatIsEnforcedTellsOfPodsThatAreThere) {
  MakeNamespace(Json::object());
  Make(OnHost("a"));
  Make(OnHost("b"));
  const auto written = Label({{"pod-security.kubernetes.io/enforce", "baseline"}});
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_THAT(
      written->warnings,
      ElementsAre(R"(existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest")",
                  "a (and 1 other pod): host namespaces"));
  EXPECT_THAT(Label({{"pod-security.kubernetes.io/enforce", "privileged"}})->warnings, testing::IsEmpty());
}

TEST_F(PodSecurity, LabelsHaveToBeReadable) {
  MakeNamespace(Json::object());
  const auto level = Label({{"pod-security.kubernetes.io/enforce", "strict"}});
  ASSERT_FALSE(level.ok());
  EXPECT_THAT(level.error().message,
              testing::HasSubstr("metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must "
                                 "be one of privileged, baseline, restricted"));
  EXPECT_FALSE(Label({{"pod-security.kubernetes.io/audit-version", "1.30"}}).ok());
  EXPECT_TRUE(Label({{"pod-security.kubernetes.io/audit", "restricted"}}).ok());
}

TEST_F(PodSecurity, ContainersThatComeToAPodAreJudgedToo) {
  MakeNamespace({{"pod-security.kubernetes.io/enforce", "baseline"}});
  Make(Pod("p"));
  const auto debug = [](bool privileged) {
    return [privileged](Json& body) {
      Json container{{"name", "debug"}, {"image", "a:1"}};
      container["securityContext"]["privileged"] = privileged;
      body["spec"]["ephemeralContainers"] = Json::array({container});
    };
  };
  EXPECT_THAT(Change("Pod", "p", debug(true), WriteOptions::Part::kEphemeralContainers),
              testing::HasSubstr("violates PodSecurity \"baseline:latest\": privileged"));
  EXPECT_EQ(Change("Pod", "p", debug(false), WriteOptions::Part::kEphemeralContainers), "");
}

TEST_F(PodSecurity, APodThatIsThereMayStillBeLabelledAndMayNotGetAnotherImage) {
  MakeNamespace(Json::object());
  Make(OnHost("a"));
  ASSERT_TRUE(Label({{"pod-security.kubernetes.io/enforce", "restricted"}}).ok());
  EXPECT_EQ(Change("Pod", "a", [](Json& body) { body["metadata"]["labels"]["x"] = "y"; }), "");
  EXPECT_THAT(Change("Pod", "a", [](Json& body) { body["spec"]["containers"][0]["image"] = "b:2"; }),
              testing::HasSubstr("violates PodSecurity \"restricted:latest\": host namespaces"));
}

}  // namespace
}  // namespace ordinal::objects
