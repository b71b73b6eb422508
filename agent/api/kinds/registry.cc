// The registry: what kinds.h lists, and how one is found.
#include <algorithm>

#include "agent/api/kinds/kinds.h"

namespace ordinal::api {
namespace {

#define ORDINAL_LIST_KIND(folder) &kinds::of_##folder::kKind,
constexpr const KindInfo* kAll[] = {ORDINAL_KINDS(ORDINAL_LIST_KIND)};
#undef ORDINAL_LIST_KIND

bool Serves(const KindInfo& info, std::string_view api_version) {
  return api_version == ApiVersion(info) ||
         std::find(info.old_versions.begin(), info.old_versions.end(), api_version) != info.old_versions.end();
}

}  // namespace

std::span<const KindInfo* const> AllKinds() { return kAll; }

std::string ApiVersion(const KindInfo& info) {
  return info.group.empty() ? std::string(info.version) : std::string(info.group) + "/" + std::string(info.version);
}

Json Present(const KindInfo& info, Json body, std::string_view api_version) {
  if (api_version == ApiVersion(info)) return body;
  if (info.present != nullptr) info.present(body);
  body["apiVersion"] = api_version;
  return body;
}

const StructType& SchemaOf(const KindInfo& info, std::string_view api_version) {
  const bool stored = info.old_schema == nullptr || api_version == ApiVersion(info);
  return stored ? *info.schema : *info.old_schema;
}

const KindInfo* FindKind(std::string_view kind) {
  for (const KindInfo* info : kAll) {
    if (info->kind == kind) return info;
  }
  return nullptr;
}

Result<const KindInfo*> FindKind(std::string_view api_version, std::string_view kind) {
  const KindInfo* info = FindKind(kind);
  if (info != nullptr && Serves(*info, api_version)) return info;
  const std::string asked = "kind \"" + std::string(kind) + "\" of version \"" + std::string(api_version) + "\"";
  if (info != nullptr) {
    return MakeError(ErrorCode::kInvalid, asked + " is not known; write apiVersion: " + ApiVersion(*info));
  }
  std::string known;
  for (const KindInfo* each : kAll) {
    if (!each->in_manifests) continue;
    known += (known.empty() ? "" : ", ") + std::string(each->kind) + " (" + ApiVersion(*each) + ")";
  }
  return MakeError(ErrorCode::kInvalid, asked + " is not known; known are " + known);
}

const KindInfo* FindResource(std::string_view name) {
  for (const KindInfo* info : kAll) {
    const auto& shorts = info->short_names;
    if (name == info->plural || name == info->singular ||
        std::find(shorts.begin(), shorts.end(), name) != shorts.end()) {
      return info;
    }
  }
  return nullptr;
}

}  // namespace ordinal::api
