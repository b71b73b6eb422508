#include "agent/controllers/revisions.h"

#include <algorithm>
#include <utility>

#include "agent/base/saturate.h"
#include "agent/controllers/revision_hash.h"

namespace ordinal::controllers {
namespace {

using api::ControllerRevision;
using api::Json;

constexpr const char* kCreationTime = "creationTimestamp";
constexpr std::string_view kOurAnnotations = "ordinald/";  // about the set's manifest file, not its template

Json NewRevision(const TemplateOwner& owner, const Json& data, const std::string& hash, int64_t number) {
  Json labels = api::Member(api::Member(TemplateOf(data), "metadata"), "labels");
  if (!labels.is_object()) labels = Json::object();
  labels[owner.hash_label] = hash;
  Json metadata{{"name", owner.meta.name + "-" + hash},
                {"namespace", owner.meta.ns},
                {"labels", std::move(labels)},
                {"ownerReferences", Json::array({api::ControllerReference(owner.object).ToJson()})}};
  for (const auto& [key, value] : owner.meta.annotations) {
    if (!key.starts_with(kOurAnnotations)) metadata["annotations"][key] = value;
  }
  return Json{{"apiVersion", "apps/v1"},
              {"kind", "ControllerRevision"},
              {"metadata", std::move(metadata)},
              {"data", data},
              {"revision", number}};
}

bool HasNullTime(const Json& data) {
  const Json& metadata = api::Member(api::Member(api::Member(data, "spec"), "template"), "metadata");
  return metadata.is_object() && metadata.contains(kCreationTime) && metadata[kCreationTime].is_null();
}

Json WithoutNullTime(Json data) {
  if (HasNullTime(data)) data["spec"]["template"]["metadata"].erase(kCreationTime);
  return data;
}

/// The hash is of the data as Kubernetes wrote it before 1.34, so that no set's revisions get new names.
std::string HashFor(Json data, int64_t collision_count) {
  Json& metadata = data["spec"]["template"]["metadata"];
  if (!metadata.contains(kCreationTime)) metadata[kCreationTime] = nullptr;
  return RevisionHash(data, collision_count);
}

/// As its label says, or the end of its name.
std::string HashOf(const TemplateOwner& owner, const ControllerRevision& revision) {
  const auto label = revision.meta.labels.find(owner.hash_label);
  if (label != revision.meta.labels.end()) return label->second;
  return revision.meta.name.substr(revision.meta.name.rfind('-') + 1);
}

/// That `data` is what is made of the template today is seen without making it, as nearly always; false: perhaps not.
bool IsDataOf(const Json& data, const Json& pod_template) {
  static const Json kNoMetadata = Json::object();
  const Json& spec = api::Member(data, "spec");
  const Json& kept = api::Member(spec, "template");
  const bool plain = data.is_object() && data.size() == 1 && spec.size() == 1 && kept.is_object();
  if (!plain || !pod_template.is_object() || api::Member(kept, "$patch") != "replace") return false;
  size_t found = 1;  // $patch
  for (const auto& [name, member] : pod_template.get_ref<const Json::object_t&>()) {
    if (name == "$patch" || api::Member(kept, name) != member || !kept.contains(name)) return false;
    ++found;
  }
  if (!pod_template.contains("metadata") && api::Member(kept, "metadata") == kNoMetadata) ++found;
  return kept.size() == found;
}

}  // namespace

std::vector<const ControllerRevision*> OldestFirst(const RevisionRefs& known) {
  std::vector<const ControllerRevision*> sorted;
  for (const ControllerRevision& revision : known) sorted.push_back(&revision);
  std::sort(sorted.begin(), sorted.end(), [](const ControllerRevision* a, const ControllerRevision* b) {
    if (a->revision != b->revision) return a->revision < b->revision;
    if (a->meta.created != b->meta.created) return a->meta.created < b->meta.created;
    return a->meta.name < b->meta.name;
  });
  return sorted;
}

Json TemplateData(const Json& pod_template) {
  Json kept = pod_template.is_object() ? pod_template : Json::object();
  if (!kept["metadata"].is_object()) kept["metadata"] = Json::object();  // Go writes it in any case
  kept["$patch"] = "replace";
  return WithoutNullTime(Json{{"spec", Json{{"template", std::move(kept)}}}});
}

bool SameData(const Json& a, const Json& b) {
  if (a == b) return true;
  const bool old = HasNullTime(a) || HasNullTime(b);
  return old && WithoutNullTime(a) == WithoutNullTime(b);
}

Json TemplateOf(const Json& data) {
  Json pod_template = api::Member(api::Member(data, "spec"), "template");
  if (pod_template.is_object()) pod_template.erase("$patch");
  return pod_template;
}

TemplateRevision ResolveTemplate(const TemplateOwner& owner, const Json& pod_template, const RevisionRefs& known) {
  const auto sorted = OldestFirst(known);
  if (!sorted.empty() && IsDataOf(sorted.back()->data(), pod_template)) {
    return {sorted.back()->meta.name, HashOf(owner, *sorted.back()), std::nullopt, std::nullopt};
  }
  const Json data = TemplateData(pod_template);
  const int64_t newest = sorted.empty() ? 0 : sorted.back()->revision;
  const int64_t next = SaturatingSum(newest, 1);  // anybody may write a revision of the largest number
  const auto equal = std::find_if(sorted.rbegin(), sorted.rend(),
                                  [&](const ControllerRevision* revision) { return SameData(revision->data(), data); });
  TemplateRevision out;
  if (equal == sorted.rend()) {
    out.hash = HashFor(data, owner.collision_count);
    out.name = owner.meta.name + "-" + out.hash;
    out.create = NewRevision(owner, data, out.hash, next);
    return out;
  }
  out.name = (*equal)->meta.name;
  out.hash = HashOf(owner, **equal);
  if (*equal != sorted.back() && (*equal)->revision != next) out.renumber = RenumberRevision{out.name, next};
  return out;
}

std::vector<std::string> RevisionsBeyond(int64_t limit, const RevisionRefs& known,
                                         const std::vector<std::string>& live) {
  std::vector<std::string> history;
  for (const ControllerRevision* revision : OldestFirst(known)) {
    if (std::find(live.begin(), live.end(), revision->meta.name) == live.end()) history.push_back(revision->meta.name);
  }
  const auto kept = static_cast<size_t>(std::max<int64_t>(limit, 0));
  history.resize(history.size() > kept ? history.size() - kept : 0);
  return history;
}

}  // namespace ordinal::controllers
