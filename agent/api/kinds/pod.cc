#include "agent/api/pod.h"

#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod_defaults.h"
#include "agent/api/schema/types.h"
#include "agent/api/unsupported.h"
#include "agent/api/validate/pod.h"

namespace ordinal::api {
namespace {

void SetDefaults(Json& body) {
  Json& spec = body["spec"];
  DefaultPodSpec(spec);
  DefaultPodOnly(spec);
  Json& status = body["status"];
  if (!status.contains("qosClass")) status["qosClass"] = QosClass(ReadPodSpec(spec));
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  ValidatePodSpec(spec, Path("spec"), {}, faults);
  auto unsupported = UnsupportedFeatures(spec, "spec");
  errors.insert(errors.end(), unsupported.begin(), unsupported.end());
}

void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  ValidatePodSpecUpdate(Member(body, "spec"), Member(old_body, "spec"), faults);
}

void Warn(const Json& body, std::vector<std::string>& warnings) {
  auto ignored = IgnoredFeatures(Member(body, "spec"), "spec");
  warnings.insert(warnings.end(), ignored.begin(), ignored.end());
}

constexpr std::string_view kShort[] = {"po"};

}  // namespace

constinit const KindInfo kinds::kPod{
    .group = "",
    .version = "v1",
    .kind = "Pod",
    .plural = "pods",
    .singular = "pod",
    .short_names = kShort,
    .schema = &schema::kPod,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .validate_update = ValidateUpdate,
    .warn = Warn,
    .in_manifests = true,
};

}  // namespace ordinal::api
