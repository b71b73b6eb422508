#include "agent/controllers/statefulset/revisions.h"

#include <algorithm>
#include <utility>

namespace ordinal::controllers::statefulset {
namespace {

using api::ControllerRevision;
using api::Json;

constexpr const char* kHashLabel = "controller.kubernetes.io/hash";
constexpr std::string_view kOurAnnotations = "ordinald/";  // about the set's manifest file, not its template

std::vector<const ControllerRevision*> OldestFirst(const api::Refs<ControllerRevision>& known) {
  std::vector<const ControllerRevision*> sorted;
  for (const ControllerRevision& revision : known) sorted.push_back(&revision);
  std::sort(sorted.begin(), sorted.end(), [](const ControllerRevision* a, const ControllerRevision* b) {
    if (a->revision != b->revision) return a->revision < b->revision;
    if (a->meta.created != b->meta.created) return a->meta.created < b->meta.created;
    return a->meta.name < b->meta.name;
  });
  return sorted;
}

Json NewRevision(const api::StatefulSet& set, const Json& data, const std::string& hash, int64_t number) {
  Json labels = api::Member(api::Member(set.pod_template(), "metadata"), "labels");
  if (!labels.is_object()) labels = Json::object();
  labels[kHashLabel] = hash;
  Json metadata{{"name", set.meta.name + "-" + hash},
                {"namespace", set.meta.ns},
                {"labels", std::move(labels)},
                {"ownerReferences", Json::array({api::ControllerReference(set.object).ToJson()})}};
  for (const auto& [key, value] : set.meta.annotations) {
    if (!key.starts_with(kOurAnnotations)) metadata["annotations"][key] = value;
  }
  return Json{{"apiVersion", "apps/v1"},
              {"kind", "ControllerRevision"},
              {"metadata", std::move(metadata)},
              {"data", data},
              {"revision", number}};
}

}  // namespace

Json RevisionData(const api::StatefulSet& set) {
  Json pod_template = set.pod_template().is_object() ? set.pod_template() : Json::object();
  // Kubernetes writes this null; the hash depends on it.
  if (!pod_template["metadata"].contains("creationTimestamp")) pod_template["metadata"]["creationTimestamp"] = nullptr;
  pod_template["$patch"] = "replace";
  return Json{{"spec", Json{{"template", std::move(pod_template)}}}};
}

Json TemplateOf(const Json& data) {
  Json pod_template = api::Member(api::Member(data, "spec"), "template");
  if (pod_template.is_object()) pod_template.erase("$patch");
  return pod_template;
}

Revisions ResolveRevisions(const api::StatefulSet& set, const api::Refs<ControllerRevision>& known) {
  const Json data = RevisionData(set);
  const auto sorted = OldestFirst(known);
  const int64_t newest = sorted.empty() ? 0 : sorted.back()->revision;
  const auto equal = std::find_if(sorted.rbegin(), sorted.rend(),
                                  [&](const ControllerRevision* revision) { return revision->data() == data; });
  Revisions out;
  out.update_template = set.pod_template();
  if (equal == sorted.rend()) {
    const std::string hash = RevisionHash(data, set.collision_count);
    out.update = set.meta.name + "-" + hash;
    out.create = NewRevision(set, data, hash, newest + 1);
  } else {
    out.update = (*equal)->meta.name;
    if (*equal != sorted.back()) out.renumber = Revisions::Renumber{out.update, newest + 1};
  }
  out.current = out.update;
  out.current_template = out.update_template;
  for (const ControllerRevision* revision : sorted) {
    if (revision->meta.name != set.current_revision) continue;
    out.current = revision->meta.name;
    out.current_template = TemplateOf(revision->data());
  }
  return out;
}

std::vector<std::string> SurplusRevisions(const api::StatefulSet& set, const api::Refs<ControllerRevision>& known,
                                          const std::vector<std::string>& live) {
  std::vector<std::string> history;
  for (const ControllerRevision* revision : OldestFirst(known)) {
    if (std::find(live.begin(), live.end(), revision->meta.name) == live.end()) history.push_back(revision->meta.name);
  }
  const auto limit = static_cast<size_t>(std::max<int64_t>(set.revision_history_limit, 0));
  history.resize(history.size() > limit ? history.size() - limit : 0);
  return history;
}

}  // namespace ordinal::controllers::statefulset
