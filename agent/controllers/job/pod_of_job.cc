#include "agent/controllers/job/pod_of_job.h"

#include <algorithm>
#include <string>

#include "agent/api/kinds/job/labels.h"
#include "agent/api/read.h"
#include "agent/controllers/pod_from_template.h"

namespace ordinal::controllers::job {
namespace {

using api::Json;

constexpr char kIndexVariable[] = "JOB_COMPLETION_INDEX";
// A generated name is cut so that it fits a label with its five random letters.
constexpr size_t kLongestPrefix = 58;

std::string NamePrefix(const std::string& job, const std::string& index) {
  const std::string end = "-" + index + "-";
  return job.substr(0, kLongestPrefix - std::min(end.size(), kLongestPrefix)) + end;
}

/// A variable of that name that the template has is left alone.
void AddIndexVariable(Json& container) {
  const Json& variables = api::Items(container, "env");
  const bool there = std::any_of(variables.begin(), variables.end(),
                                 [](const Json& each) { return api::ReadString(each, "name") == kIndexVariable; });
  if (there) return;
  Json field{{"fieldPath", std::string("metadata.labels['") + api::kCompletionIndex + "']"}};
  container["env"].push_back(Json{{"name", kIndexVariable}, {"valueFrom", Json{{"fieldRef", std::move(field)}}}});
}

void GiveIndex(const api::Job& job, const std::string& index, Json& pod) {
  Json& metadata = pod["metadata"];
  metadata["generateName"] = NamePrefix(job.meta.name, index);
  metadata["labels"][api::kCompletionIndex] = index;
  metadata["annotations"][api::kCompletionIndex] = index;
  pod["spec"]["hostname"] = job.meta.name + "-" + index;
  for (const char* list : {"containers", "initContainers"}) {
    if (!pod["spec"].contains(list)) continue;
    for (Json& container : pod["spec"][list]) AddIndexVariable(container);
  }
}

}  // namespace

Json PodOf(const api::Job& job, const NewPod& pod) {
  Json body = PodFromTemplate(job.pod_template(), job.object);
  Json& metadata = body["metadata"];
  Json& finalizers = metadata["finalizers"];
  if (!finalizers.is_array()) finalizers = Json::array();
  if (std::find(finalizers.begin(), finalizers.end(), api::kJobTracking) == finalizers.end()) {
    finalizers.push_back(api::kJobTracking);
  }
  if (pod.index) GiveIndex(job, std::to_string(*pod.index), body);
  if (!pod.failures) return body;
  metadata["annotations"][api::kIndexFailures] = std::to_string(pod.failures->counted);
  if (pod.failures->ignored > 0) {
    metadata["annotations"][api::kIndexIgnoredFailures] = std::to_string(pod.failures->ignored);
  }
  return body;
}

}  // namespace ordinal::controllers::job
