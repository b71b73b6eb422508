#include "agent/api/kinds/shared/choices.h"

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

void Drop(const Json& old, Json& next) {
  const std::string type = ReadString(next, "type");
  if (type != "RollingUpdate" && type != ReadString(old, "type")) DropUnchanged(old, next, {"rollingUpdate"});
}

}  // namespace

constinit const ChoiceRule kStrategyChoices{.drop = Drop, .retains_keys = true};

}  // namespace ordinal::api
