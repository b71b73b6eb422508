#include "agent/controllers/statefulset/pod_template.h"

#include <algorithm>

#include "agent/controllers/pod_from_template.h"
#include "agent/controllers/statefulset/identity.h"

namespace ordinal::controllers::statefulset {
namespace {

using api::Json;

Json Volumes(const api::StatefulSet& set, const Json& template_volumes, int64_t ordinal) {
  Json volumes = Json::array();
  std::vector<std::string> names;
  for (const Json& claim_template : set.claim_templates) {
    const std::string name = NameOf(claim_template);
    const std::string claim = ClaimName(name, set.meta.name, ordinal);
    names.push_back(name);
    volumes.push_back(Json{{"name", name}, {"persistentVolumeClaim", Json{{"claimName", claim}}}});
  }
  if (!template_volumes.is_array()) return volumes;
  for (const Json& volume : template_volumes) {
    if (std::find(names.begin(), names.end(), api::ReadString(volume, "name")) == names.end()) {
      volumes.push_back(volume);
    }
  }
  return volumes;
}

}  // namespace

api::StringMap IdentityLabels(const std::string& pod_name, int64_t ordinal) {
  return {{std::string(kPodNameLabel), pod_name}, {std::string(kPodIndexLabel), std::to_string(ordinal)}};
}

Json BuildPod(const api::StatefulSet& set, const Json& pod_template, const std::string& revision, int64_t ordinal) {
  const std::string name = PodName(set.meta.name, ordinal);
  Json pod = PodFromTemplate(pod_template, set.object);
  Json& metadata = pod["metadata"];
  metadata["name"] = name;
  for (const auto& [label, value] : IdentityLabels(name, ordinal)) metadata["labels"][label] = value;
  metadata["labels"][std::string(kRevisionLabel)] = revision;

  Json& spec = pod["spec"];
  Json volumes = Volumes(set, api::Member(spec, "volumes"), ordinal);
  spec.erase("volumes");
  if (!volumes.empty()) spec["volumes"] = std::move(volumes);
  spec["hostname"] = name;
  if (!set.service_name.empty()) spec["subdomain"] = set.service_name;
  return pod;
}

std::vector<Json> BuildClaims(const api::StatefulSet& set, int64_t ordinal) {
  std::vector<Json> claims;
  for (const Json& claim_template : set.claim_templates) {
    Json metadata = TemplateMetadata(api::Member(claim_template, "metadata"));
    metadata["name"] = ClaimName(NameOf(claim_template), set.meta.name, ordinal);
    metadata["namespace"] = set.meta.ns;
    for (const auto& [label, value] : set.selector_labels) metadata["labels"][label] = value;
    claims.push_back(Json{{"apiVersion", "v1"},
                          {"kind", "PersistentVolumeClaim"},
                          {"metadata", std::move(metadata)},
                          {"spec", api::Member(claim_template, "spec")}});
  }
  return claims;
}

}  // namespace ordinal::controllers::statefulset
