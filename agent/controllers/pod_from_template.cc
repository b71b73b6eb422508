#include "agent/controllers/pod_from_template.h"

#include <utility>

namespace ordinal::controllers {

using api::Json;

Json TemplateMetadata(const Json& template_metadata) {
  Json metadata = Json::object();
  for (const char* member : {"labels", "annotations", "finalizers"}) {
    const Json& value = api::Member(template_metadata, member);
    if (!value.is_null()) metadata[member] = value;
  }
  return metadata;
}

Json PodFromTemplate(const Json& pod_template, const api::Object& owner) {
  Json metadata = TemplateMetadata(api::Member(pod_template, "metadata"));
  metadata["generateName"] = owner.name() + "-";
  metadata["namespace"] = owner.ns();
  metadata["ownerReferences"] = Json::array({api::ControllerReference(owner).ToJson()});
  Json spec = api::Member(pod_template, "spec");
  if (!spec.is_object()) spec = Json::object();
  return Json{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
}

}  // namespace ordinal::controllers
