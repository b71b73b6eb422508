#include "agent/names/kept.h"

#include <algorithm>

#include "agent/api/read.h"

namespace ordinal::names {
namespace {

using api::Json;

constexpr int kVersion = 1;

Json Copy(const Json& from, std::initializer_list<const char*> keys) {
  Json to = Json::object();
  for (const char* key : keys) {
    if (const auto found = from.find(key); found != from.end()) to[key] = *found;
  }
  return to;
}

/// As much of an object as its typed view reads.
Json Trimmed(const api::Object& object, std::initializer_list<const char*> keys) {
  Json out = Copy(object.body(), keys);
  out["metadata"] = Copy(api::Member(object.body(), "metadata"), {"name", "namespace", "labels"});
  return out;
}

const std::string* SandboxOf(const Json& endpoint, const Sandboxes& sandboxes) {
  const auto found = sandboxes.find(api::ReadString(api::Member(endpoint, "targetRef"), "uid"));
  return found == sandboxes.end() ? nullptr : &found->second;
}

Json KeepSlice(const api::EndpointSlice& slice, const Sandboxes& sandboxes) {
  Json out = Trimmed(slice.object, {"addressType", "ports"});
  Json endpoints = Json::array();
  for (const Json& endpoint : api::Items(slice.object.body(), "endpoints")) {
    const bool of_pod = api::ReadString(api::Member(endpoint, "targetRef"), "kind") == "Pod";
    const std::string* sandbox = SandboxOf(endpoint, sandboxes);
    if (of_pod && sandbox == nullptr) continue;
    endpoints.push_back(endpoint);
    if (of_pod) endpoints.back()["sandbox"] = *sandbox;
  }
  out["endpoints"] = std::move(endpoints);
  return out;
}

void DropEnded(Json& slice, const std::set<std::string>& ready) {
  Json& endpoints = slice["endpoints"];
  const auto ended = [&](const Json& endpoint) {
    const std::string sandbox = api::ReadString(endpoint, "sandbox");
    return !sandbox.empty() && !ready.contains(sandbox);
  };
  endpoints.erase(std::remove_if(endpoints.begin(), endpoints.end(), ended), endpoints.end());
}

}  // namespace

std::string KeepText(const Names& names, const Sandboxes& sandboxes, const std::string& zone) {
  Json out{{"version", kVersion}, {"zone", zone}, {"namespaces", names.namespaces}};
  for (const char* list : {"services", "slices"}) out[list] = Json::array();
  for (const api::Service& service : names.services) out["services"].push_back(Trimmed(service.object, {"spec"}));
  for (const api::EndpointSlice& slice : names.slices) out["slices"].push_back(KeepSlice(slice, sandboxes));
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Names> ReadKept(const std::string& text, const std::set<std::string>& ready, const std::string& zone) {
  const Json kept = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const bool readable = kept.is_object() && api::ReadInt(kept, "version") == kVersion;
  if (!readable || api::ReadString(kept, "zone") != zone) {
    return MakeError(ErrorCode::kInvalid, "the names kept from the last run are not readable, or of another zone");
  }
  Names names;
  names.namespaces = api::ReadStrings(kept, "namespaces");
  for (const Json& service : api::Items(kept, "services")) {
    if (!service.is_object()) continue;
    names.services.push_back(api::Service::From(api::Object(service)));
  }
  for (Json slice : api::Items(kept, "slices")) {
    if (!api::Member(slice, "endpoints").is_array()) continue;
    DropEnded(slice, ready);
    names.slices.push_back(api::EndpointSlice::From(api::Object(slice)));
  }
  return names;
}

}  // namespace ordinal::names
