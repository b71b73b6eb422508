#include "agent/api/kinds/pod/choices.h"

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

void Drop(const Json& old, Json& next) {
  const Json& empty = Member(old, "emptyDir");
  const bool other_source = next.size() > next.count("name") + next.count("emptyDir");
  if (empty.is_object() && empty.empty() && other_source) DropUnchanged(old, next, {"emptyDir"});
}

constexpr std::string_view kEnvVar[] = {"value", "valueFrom"};
constexpr std::string_view kProbe[] = {"exec", "grpc", "httpGet", "tcpSocket"};

}  // namespace

constinit const ChoiceRule kVolumeChoices{.drop = Drop, .retains_keys = true};
constinit const ChoiceRule kOneMember{.retains_keys = true};
constinit const ChoiceRule kEnvVarChoices{.one_of = kEnvVar};
constinit const ChoiceRule kProbeChoices{.one_of = kProbe};

}  // namespace ordinal::api
