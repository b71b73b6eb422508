#include "agent/api/patch/track.h"

#include <algorithm>

#include "agent/api/patch/apply.h"
#include "agent/api/patch/fields.h"
#include "agent/api/patch/typed.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostNameBytes = 128;

Error BadName(std::string_view complaint) {
  return MakeError(ErrorCode::kInvalid, "fieldManager " + std::string(complaint), "Invalid");
}

/// managedFields of `now` are a reset: one entry with nothing in it.
bool IsReset(const Json& now) {
  const Json& entries = Member(Member(now, "metadata"), "managedFields");
  return entries.is_array() && entries.size() == 1 && entries[0].is_object() && entries[0].empty();
}

Owners OwnersBefore(const Json& old, const Json& now, bool subresource) {
  if (subresource) return ReadOwners(old);
  if (IsReset(now)) return {};
  Owners owners = ReadOwners(now);
  return owners.empty() ? ReadOwners(old) : owners;
}

}  // namespace

void Strip(FieldSet& fields, const KindInfo& kind, std::string_view subresource) {
  using Trail = std::vector<std::string>;
  fields.Cut(Trail{"f:apiVersion"});
  fields.Cut(Trail{"f:kind"});
  for (const char* name : {"f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid", "f:generation",
                           "f:managedFields", "f:resourceVersion"}) {
    fields.Cut(Trail{"f:metadata", name});
  }
  FieldSet metadata;
  metadata.Insert(Trail{"f:metadata"});
  fields.Subtract(metadata);
  // A built-in kind with a status has that subresource, too.
  const bool has_status = kind.custom != nullptr ? HasStatus(kind) : FindField(kind.schema, "status") != nullptr;
  if (subresource == "status") fields.Cut(Trail{"f:spec"});
  if (subresource != "status" && has_status) fields.Cut(Trail{"f:status"});
}

void TakeAway(Owners& owners, const FieldSet& fields) {
  for (Owner& owner : owners) owner.fields.Subtract(fields);
}

Result<std::string> ManagerName(std::string_view parameter, std::string_view user_agent) {
  const auto printable = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  };
  if (!parameter.empty()) {
    if (parameter.size() > kMostNameBytes) return BadName("may be at most 128 bytes long");
    if (!printable(parameter)) return BadName("must be printable");
    return std::string(parameter);
  }
  const std::string_view name = user_agent.substr(0, std::min(user_agent.find('/'), kMostNameBytes));
  return printable(name) && !name.empty() ? std::string(name) : std::string("unknown");
}

Json TrackUpdate(const KindInfo& kind, const Json& old, Json now, const FieldWriter& manager, WallTime time) {
  if (!now.is_object()) return now;
  Owners owners = OwnersBefore(old, now, !manager.subresource.empty());
  Comparison difference = Compare(old.is_object() ? old : Json::object(), now, FormOf(*kind.schema));
  for (FieldSet* fields : {&difference.added, &difference.removed, &difference.modified}) {
    Strip(*fields, kind, manager.subresource);
  }
  FieldSet changed = difference.TakeChanged();
  TakeAway(owners, changed);
  TakeAway(owners, difference.removed);
  if (!changed.empty()) {
    const Owner self{manager.name, "Update", manager.api_version, manager.subresource, "", {}};
    Owner& entry = FindOrAdd(owners, self);
    entry.fields.Unite(std::move(changed));
    entry.time = FormatTime(time);
    MergeOldest(owners);
  }
  WriteOwners(now, std::move(owners));
  return now;
}

}  // namespace ordinal::api
