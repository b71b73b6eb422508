#include "agent/api/scale.h"

#include <algorithm>

#include "agent/api/custom/definition.h"
#include "agent/api/selector.h"

namespace ordinal::api {
namespace {

/// Where a custom kind has its replicas; null for a built-in one.
const custom::Scale* CustomScale(const KindInfo& kind, std::string_view api_version) {
  if (kind.custom == nullptr) return nullptr;
  const auto& scale = kind.custom->Or(api_version).scale;
  return scale ? &*scale : nullptr;
}

const Json* FirstAt(const custom::JsonPath& path, const Json& body) {
  const auto found = path.Find(body);
  return found.empty() ? nullptr : found.front();
}

int64_t NumberAt(const custom::JsonPath& path, const Json& body) {
  const Json* found = FirstAt(path, body);
  return found != nullptr && found->is_number_integer() ? found->get<int64_t>() : 0;
}

Scale ReadCustom(const custom::Scale& paths, const Json& body) {
  Scale scale{NumberAt(paths.spec_replicas, body), NumberAt(paths.status_replicas, body), {}};
  const Json* selector = paths.selector ? FirstAt(*paths.selector, body) : nullptr;
  if (selector != nullptr && selector->is_string()) scale.selector = selector->get<std::string>();
  return scale;
}

}  // namespace

bool HasScale(const KindInfo& kind, std::string_view api_version) {
  const auto has = SubresourcesOf(kind, api_version);
  return std::find(has.begin(), has.end(), "scale") != has.end();
}

Scale ReadScale(const KindInfo& kind, std::string_view api_version, const Json& body) {
  if (const custom::Scale* paths = CustomScale(kind, api_version))
    return ReadCustom(*paths, Present(kind, body, api_version));
  const Json& spec = Member(body, "spec");
  Scale scale{ReadInt(spec, "replicas"), ReadInt(Member(body, "status"), "replicas"), {}};
  if (kind.plain_selector) {
    scale.selector = Selector::FromMap(ReadStringMap(spec, "selector")).ToString();
  } else if (const auto selector = Selector::FromJson(Member(spec, "selector")); selector.ok()) {
    scale.selector = selector->ToString();
  }
  return scale;
}

Status WriteScale(const KindInfo& kind, std::string_view api_version, int64_t wanted, Json& body) {
  const custom::Scale* paths = CustomScale(kind, api_version);
  if (paths == nullptr) {
    body["spec"]["replicas"] = wanted;
    return {};
  }
  Json* place = &body;
  for (const std::string& step : paths->spec_replicas.names()) {
    if (!place->is_object() && !place->is_null()) {
      return MakeError(ErrorCode::kInvalid, "the object has no place for spec.replicas");
    }
    place = &(*place)[step];
  }
  *place = wanted;
  return {};
}

}  // namespace ordinal::api
