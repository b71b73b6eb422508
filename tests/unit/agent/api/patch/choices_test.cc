// Members of which there may be one: what an applied configuration names rules the others out.
#include "agent/api/patch/choices.h"

#include <gtest/gtest.h>

#include "agent/api/kinds/deployment/fields.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/stateful_set/fields.h"

namespace ordinal::api {
namespace {

struct ChoiceCase {
  const char* what;
  const StructType* type;
  const char *wanted, *merged, *left;
};

class Choices : public testing::TestWithParam<ChoiceCase> {};

TEST_P(Choices, OfTheConfigurationRuleOutTheOthers) {
  const ChoiceCase& c = GetParam();
  EXPECT_EQ(WithChoicesOf(*c.type, Json::parse(c.wanted), Json::parse(c.merged)), Json::parse(c.left)) << c.what;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Choices,
    testing::Values(
        ChoiceCase{
            "a volume's source", &schema::kPodSpec, R"({"volumes": [{"name": "v", "hostPath": {"path": "/a"}}]})",
            R"({"volumes": [{"name": "v", "hostPath": {"path": "/a"}, "emptyDir": {}}, {"name": "w", "emptyDir": {}}]})",
            R"({"volumes": [{"name": "v", "hostPath": {"path": "/a"}}, {"name": "w", "emptyDir": {}}]})"},
        ChoiceCase{"a set's update strategy", &schema::kStatefulSetSpec, R"({"updateStrategy": {"type": "OnDelete"}})",
                   R"({"replicas": 1, "updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 0}}})",
                   R"({"replicas": 1, "updateStrategy": {"type": "OnDelete"}})"},
        ChoiceCase{"a Deployment's", &schema::kDeploymentSpec, R"({"strategy": {"type": "Recreate"}})",
                   R"({"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": "25%"}}})",
                   R"({"strategy": {"type": "Recreate"}})"},
        ChoiceCase{"a probe's handler, whose times stay", &schema::kContainer,
                   R"({"livenessProbe": {"tcpSocket": {"port": 1}}})",
                   R"({"livenessProbe": {"tcpSocket": {"port": 1}, "httpGet": {"port": 80}, "periodSeconds": 10}})",
                   R"({"livenessProbe": {"tcpSocket": {"port": 1}, "periodSeconds": 10}})"},
        ChoiceCase{"nothing was chosen", &schema::kContainer, R"({"livenessProbe": {"periodSeconds": 3}})",
                   R"({"livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 3}})",
                   R"({"livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 3}})"},
        ChoiceCase{"a security profile", &schema::kContainer,
                   R"({"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}})",
                   R"({"securityContext": {"seccompProfile": {"type": "RuntimeDefault", "localhostProfile": "p"}}})",
                   R"({"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}})"}));

}  // namespace
}  // namespace ordinal::api
