#include "agent/api/scale.h"

#include <algorithm>

#include "agent/api/selector.h"

namespace ordinal::api {

bool HasScale(const KindInfo& kind) {
  return std::find(kind.subresources.begin(), kind.subresources.end(), "scale") != kind.subresources.end();
}

Scale ReadScale(const KindInfo& kind, const Json& body) {
  const Json& spec = Member(body, "spec");
  Scale scale{ReadInt(spec, "replicas"), ReadInt(Member(body, "status"), "replicas"), {}};
  if (kind.plain_selector) {
    scale.selector = Selector::FromMap(ReadStringMap(spec, "selector")).ToString();
  } else if (const auto selector = Selector::FromJson(Member(spec, "selector")); selector.ok()) {
    scale.selector = selector->ToString();
  }
  return scale;
}

void WriteScale(int64_t wanted, Json& body) { body["spec"]["replicas"] = wanted; }

}  // namespace ordinal::api
