#include "agent/api/kinds/pod/choices.h"

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

void Drop(const Json& old, Json& next) {
  const Json& empty = Member(old, "emptyDir");
  const bool other_source = next.size() > next.count("name") + next.count("emptyDir");
  if (empty.is_object() && empty.empty() && other_source) DropUnchanged(old, next, {"emptyDir"});
}

}  // namespace

constinit const ChoiceRule kVolumeChoices{.drop = Drop};

}  // namespace ordinal::api
