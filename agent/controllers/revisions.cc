#include "agent/controllers/revisions.h"

#include <algorithm>
#include <utility>

#include "agent/controllers/revision_hash.h"

namespace ordinal::controllers {
namespace {

using api::ControllerRevision;
using api::Json;

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

/// As its label says, or the end of its name.
std::string HashOf(const TemplateOwner& owner, const ControllerRevision& revision) {
  const auto label = revision.meta.labels.find(owner.hash_label);
  if (label != revision.meta.labels.end()) return label->second;
  return revision.meta.name.substr(revision.meta.name.rfind('-') + 1);
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
  // Kubernetes writes this null; the hash depends on it.
  if (!kept["metadata"].contains("creationTimestamp")) kept["metadata"]["creationTimestamp"] = nullptr;
  kept["$patch"] = "replace";
  return Json{{"spec", Json{{"template", std::move(kept)}}}};
}

Json TemplateOf(const Json& data) {
  Json pod_template = api::Member(api::Member(data, "spec"), "template");
  if (pod_template.is_object()) pod_template.erase("$patch");
  return pod_template;
}

TemplateRevision ResolveTemplate(const TemplateOwner& owner, const Json& pod_template, const RevisionRefs& known) {
  const Json data = TemplateData(pod_template);
  const auto sorted = OldestFirst(known);
  const int64_t newest = sorted.empty() ? 0 : sorted.back()->revision;
  const auto equal = std::find_if(sorted.rbegin(), sorted.rend(),
                                  [&](const ControllerRevision* revision) { return revision->data() == data; });
  TemplateRevision out;
  if (equal == sorted.rend()) {
    out.hash = RevisionHash(data, owner.collision_count);
    out.name = owner.meta.name + "-" + out.hash;
    out.create = NewRevision(owner, data, out.hash, newest + 1);
    return out;
  }
  out.name = (*equal)->meta.name;
  out.hash = HashOf(owner, **equal);
  if (*equal != sorted.back()) out.renumber = RenumberRevision{out.name, newest + 1};
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
