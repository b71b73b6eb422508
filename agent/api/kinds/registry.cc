// The registry: what kinds.h lists and what definitions bring, and how one is found.
#include <algorithm>
#include <atomic>
#include <deque>
#include <map>

#include "agent/api/custom/objects.h"
#include "agent/api/custom/publish.h"
#include "agent/api/kinds/kinds.h"

namespace ordinal::api {
namespace {

#define ORDINAL_LIST_KIND(folder) &kinds::of_##folder::kKind,
constexpr const KindInfo* kAll[] = {ORDINAL_KINDS(ORDINAL_LIST_KIND)};
#undef ORDINAL_LIST_KIND

using CustomKinds = std::vector<std::shared_ptr<const custom::CustomKind>>;

/// All kinds at one time. Never changed once it is published.
struct Registered {
  explicit Registered(CustomKinds kinds) : custom(std::move(kinds)), all(std::begin(kAll), std::end(kAll)) {
    for (const auto& kind : custom) {
      all.push_back(&kind->info());
      by_key.emplace(KeyOf(kind->info()), &kind->info());
    }
  }

  CustomKinds custom;
  std::vector<const KindInfo*> all;
  std::map<std::string_view, const KindInfo*> by_key;  // of the custom ones
};

struct Retired {
  SteadyTime since;
  std::unique_ptr<const Registered> kinds;
};

std::atomic<const Registered*>& CurrentKinds() {
  static std::atomic<const Registered*> current{new Registered({})};
  return current;
}

const Registered& Kinds() { return *CurrentKinds().load(std::memory_order_acquire); }

bool IsBuiltIn(std::string_view group) {
  const auto of_group = [group](const KindInfo* info) {
    if (info->group == group) return true;
    return std::any_of(info->old_versions.begin(), info->old_versions.end(), [group](std::string_view version) {
      return version.size() > group.size() && version.starts_with(group) && version[group.size()] == '/';
    });
  };
  return group.find('.') == std::string_view::npos || std::any_of(std::begin(kAll), std::end(kAll), of_group);
}

bool Serves(const KindInfo& info, std::string_view api_version) {
  return api_version == ApiVersion(info) ||
         std::find(info.old_versions.begin(), info.old_versions.end(), api_version) != info.old_versions.end();
}

}  // namespace

void PublishKinds(CustomKinds kinds, SteadyTime now) {
  // Of the control thread alone.
  static std::deque<Retired> retired;
  auto next = std::make_unique<const Registered>(std::move(kinds));
  const Registered* before = CurrentKinds().exchange(next.release(), std::memory_order_acq_rel);
  retired.push_back({now, std::unique_ptr<const Registered>(before)});
  while (retired.front().since + kRetiredKindsStay < now) retired.pop_front();
}

std::span<const KindInfo* const> AllKinds() { return Kinds().all; }

std::string StoreKind(std::string_view api_version, std::string_view kind) {
  const size_t slash = api_version.find('/');
  const std::string_view group = slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  if (group.empty() || IsBuiltIn(group)) return std::string(kind);
  return std::string(kind) + "." + std::string(group);
}

bool HasStatus(const KindInfo& info) {
  return std::find(info.subresources.begin(), info.subresources.end(), "status") != info.subresources.end();
}

std::span<const std::string_view> SubresourcesOf(const KindInfo& info, std::string_view api_version) {
  return info.custom == nullptr ? info.subresources : info.custom->Or(api_version).subresources;
}

std::span<const std::string_view> FieldLabelsOf(const KindInfo& info, std::string_view api_version) {
  return info.custom == nullptr ? info.field_labels : info.custom->Or(api_version).field_labels;
}

std::string ListKindOf(const KindInfo& info) {
  return info.custom == nullptr ? std::string(info.kind) + "List" : info.custom->list_kind();
}

bool IsServed(const KindInfo& info, std::string_view api_version) {
  if (info.custom == nullptr) return Serves(info, api_version);
  const custom::Version* version = info.custom->Find(api_version);
  return version != nullptr && version->served;
}

std::string ApiVersion(const KindInfo& info) {
  return info.group.empty() ? std::string(info.version) : std::string(info.group) + "/" + std::string(info.version);
}

Json Present(const KindInfo& info, Json body, std::string_view api_version) {
  if (info.custom != nullptr) return custom::PresentObject(*info.custom, std::move(body), api_version);
  if (api_version == ApiVersion(info)) return body;
  if (info.present != nullptr) info.present(body);
  body["apiVersion"] = api_version;
  return body;
}

const StructType& SchemaOf(const KindInfo& info, std::string_view api_version) {
  if (info.custom != nullptr) return *info.custom->Or(api_version).type;
  const bool stored = info.old_schema == nullptr || api_version == ApiVersion(info);
  return stored ? *info.schema : *info.old_schema;
}

const KindInfo* FindKind(std::string_view kind) {
  for (const KindInfo* info : kAll) {
    if (info->kind == kind) return info;
  }
  const Registered& kinds = Kinds();
  const auto found = kinds.by_key.find(kind);
  return found == kinds.by_key.end() ? nullptr : found->second;
}

Result<const KindInfo*> FindKind(std::string_view api_version, std::string_view kind) {
  const KindInfo* info = FindKind(StoreKind(api_version, kind));
  if (info != nullptr && Serves(*info, api_version)) return info;
  if (info == nullptr) info = FindKind(kind);
  const std::string asked = "kind \"" + std::string(kind) + "\" of version \"" + std::string(api_version) + "\"";
  if (info != nullptr) {
    return MakeError(ErrorCode::kInvalid, asked + " is not known; write apiVersion: " + ApiVersion(*info));
  }
  std::string known;
  for (const KindInfo* each : AllKinds()) {
    if (!each->in_manifests) continue;
    known += (known.empty() ? "" : ", ") + std::string(each->kind) + " (" + ApiVersion(*each) + ")";
  }
  return MakeError(ErrorCode::kInvalid, asked + " is not known; known are " + known);
}

const KindInfo* FindResource(std::string_view name) {
  for (const KindInfo* info : AllKinds()) {
    const auto& shorts = info->short_names;
    if (name == info->plural || name == info->singular ||
        std::find(shorts.begin(), shorts.end(), name) != shorts.end()) {
      return info;
    }
  }
  return nullptr;
}

}  // namespace ordinal::api
