#include "agent/controllers/placement/tolerations.h"

#include <algorithm>

namespace ordinal::controllers::placement {

using api::Json;

bool Tolerates(const Json& toleration, const Json& taint) {
  const std::string effect = api::ReadString(toleration, "effect");
  const std::string key = api::ReadString(toleration, "key");
  const std::string op = api::ReadString(toleration, "operator", "Equal");
  if (!effect.empty() && effect != api::ReadString(taint, "effect")) return false;
  if (!key.empty() && key != api::ReadString(taint, "key")) return false;
  if (op == "Exists") return true;
  return !key.empty() && api::ReadString(toleration, "value") == api::ReadString(taint, "value");
}

bool ToleratesAny(const Json& tolerations, const Json& taint) {
  return std::any_of(tolerations.begin(), tolerations.end(),
                     [&](const Json& toleration) { return Tolerates(toleration, taint); });
}

const Json* UntoleratedTaint(const Json& tolerations, const Json& taints,
                             std::initializer_list<std::string_view> effects) {
  for (const Json& taint : taints) {
    const std::string effect = api::ReadString(taint, "effect");
    const bool counts = std::find(effects.begin(), effects.end(), effect) != effects.end();
    if (counts && !ToleratesAny(tolerations, taint)) return &taint;
  }
  return nullptr;
}

}  // namespace ordinal::controllers::placement
