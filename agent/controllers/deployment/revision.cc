#include "agent/controllers/deployment/revision.h"

#include <algorithm>
#include <charconv>

#include "agent/base/saturate.h"
#include "agent/controllers/revision_hash.h"

namespace ordinal::controllers::deployment {
namespace {

using api::Deployment;
using api::Json;
using api::ReplicaSet;
using api::StringMap;

constexpr size_t kMaxHistory = 2000;  // characters of the annotation

/// Annotations that are about one object and not handed on (util/deployment_util.go, annotationsToSkip).
bool Skipped(const std::string& annotation) {
  static constexpr std::string_view kSkipped[] = {"kubectl.kubernetes.io/last-applied-configuration",
                                                  kRevisionAnnotation,
                                                  kHistoryAnnotation,
                                                  kDesiredAnnotation,
                                                  kMaxAnnotation,
                                                  "deprecated.deployment.rollback.to"};
  return annotation.starts_with("ordinald/") ||
         std::find(std::begin(kSkipped), std::end(kSkipped), annotation) != std::end(kSkipped);
}

Json Bare(Json pod_template) {
  Json& metadata = pod_template["metadata"];
  if (!metadata.is_object()) metadata = Json::object();
  metadata.erase("creationTimestamp");  // null where it is written
  if (metadata.contains("labels")) {
    metadata["labels"].erase(kHashLabel);
    if (metadata["labels"].empty()) metadata.erase("labels");
  }
  return pod_template;
}

int64_t ToNumber(const std::string& text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

bool SameTemplate(const Deployment& deployment, const ReplicaSet& set) {
  return Bare(deployment.pod_template()) == Bare(set.pod_template());
}

Family SortFamily(const Deployment& deployment, const api::Refs<ReplicaSet>& sets) {
  Family family;
  for (const ReplicaSet& set : sets) family.old.push_back(&set);
  std::sort(family.old.begin(), family.old.end(), [](const ReplicaSet* a, const ReplicaSet* b) {
    if (a->meta.created != b->meta.created) return a->meta.created < b->meta.created;
    // Several in one second: they were numbered as they were made.
    if (RevisionOf(*a) != RevisionOf(*b)) return RevisionOf(*a) < RevisionOf(*b);
    return a->meta.name < b->meta.name;
  });
  const auto current = std::find_if(family.old.begin(), family.old.end(),
                                    [&](const ReplicaSet* set) { return SameTemplate(deployment, *set); });
  if (current != family.old.end()) {
    family.current = *current;
    family.old.erase(current);
  }
  return family;
}

int64_t RevisionOf(const ReplicaSet& set) {
  const auto found = set.meta.annotations.find(kRevisionAnnotation);
  return found == set.meta.annotations.end() ? 0 : ToNumber(found->second);
}

int64_t NewRevision(const Family& family) {
  int64_t highest = 0;
  for (const ReplicaSet* set : family.old) highest = std::max(highest, RevisionOf(*set));
  return std::max(SaturatingSum(highest, 1), family.current == nullptr ? 0 : RevisionOf(*family.current));
}

StringMap CurrentAnnotations(const Deployment& deployment, int64_t revision, const StringMap& before) {
  StringMap annotations = before;
  for (const auto& [key, value] : deployment.meta.annotations) {
    if (!Skipped(key)) annotations[key] = value;
  }
  const auto found = before.find(kRevisionAnnotation);
  const std::string old = found == before.end() ? std::string() : found->second;
  if (ToNumber(old) >= revision) return annotations;
  annotations[kRevisionAnnotation] = std::to_string(revision);
  if (old.empty()) return annotations;
  std::string& history = annotations[kHistoryAnnotation];
  history += (history.empty() ? "" : ",") + old;
  while (history.size() > kMaxHistory && history.find(',') != std::string::npos) {
    history.erase(0, history.find(',') + 1);
  }
  return annotations;
}

Json BuildReplicaSet(const Deployment& deployment, int64_t revision, int64_t size) {
  const std::string hash = RevisionHash(Bare(deployment.pod_template()), deployment.collision_count);
  Json pod_template = deployment.pod_template();
  pod_template["metadata"]["labels"][kHashLabel] = hash;
  Json selector = deployment.selector_document;
  selector["matchLabels"][kHashLabel] = hash;
  Json metadata{{"name", deployment.meta.name + "-" + hash},
                {"namespace", deployment.meta.ns},
                {"labels", pod_template["metadata"]["labels"]},
                {"annotations", CurrentAnnotations(deployment, revision, {})},
                {"ownerReferences", Json::array({api::ControllerReference(deployment.object).ToJson()})}};
  metadata["annotations"][kDesiredAnnotation] = std::to_string(deployment.replicas);
  metadata["annotations"][kMaxAnnotation] = std::to_string(deployment.replicas + FencesOf(deployment).surge);
  Json spec{{"replicas", size}, {"selector", std::move(selector)}, {"template", std::move(pod_template)}};
  if (deployment.min_ready_seconds > 0) spec["minReadySeconds"] = deployment.min_ready_seconds;
  return Json{
      {"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}, {"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
}

std::vector<const ReplicaSet*> SurplusSets(const Deployment& deployment, const Family& family) {
  std::vector<const ReplicaSet*> kept;
  for (const ReplicaSet* set : family.old) {
    if (!set->meta.deleting()) kept.push_back(set);
  }
  const auto limit = static_cast<size_t>(std::max<int64_t>(deployment.revision_history_limit, 0));
  if (kept.size() <= limit) return {};
  std::stable_sort(kept.begin(), kept.end(),
                   [](const ReplicaSet* a, const ReplicaSet* b) { return RevisionOf(*a) < RevisionOf(*b); });
  kept.resize(kept.size() - limit);
  std::erase_if(kept, [](const ReplicaSet* set) {
    return set->replicas != 0 || set->seen_replicas != 0 || set->meta.generation > set->observed_generation;
  });
  return kept;
}

}  // namespace ordinal::controllers::deployment
