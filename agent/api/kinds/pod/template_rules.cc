#include "agent/api/kinds/pod/template_rules.h"

#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod/rules.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/read.h"
#include "agent/api/schema/unsupported.h"
#include "agent/api/selector.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostPercentDigits = 9;

}  // namespace

void ValidatePodTemplate(const Json& pod_template, const Path& path, const std::set<std::string>& claims,
                         Faults& faults) {
  const Json& metadata = Member(pod_template, "metadata");
  ValidateLabels(Member(metadata, "labels"), path / "metadata" / "labels", faults);
  ValidateAnnotations(Member(metadata, "annotations"), path / "metadata" / "annotations", faults);
  const Json& pod_spec = Member(pod_template, "spec");
  ValidatePodSpec(pod_spec, path / "spec", claims, faults);
  ValidateProbePeriods(metadata, pod_spec, path / "metadata", faults);
  if (!Items(pod_spec, "ephemeralContainers").empty()) {
    faults.Forbidden(path / "spec" / "ephemeralContainers", "may not be in a pod template");
  }
  faults.Append(UnsupportedFields(schema::kPodSpec, pod_spec, (path / "spec").text()));
}

void ValidateEndlessTemplate(const Json& pod_template, const Path& path, std::string_view kind,
                             const std::set<std::string>& claims, Faults& faults) {
  ValidatePodTemplate(pod_template, path, claims, faults);
  const Json& pod_spec = Member(pod_template, "spec");
  faults.OneOf(path / "spec" / "restartPolicy", ReadString(pod_spec, "restartPolicy"), {"Always"});
  if (pod_spec.contains("activeDeadlineSeconds")) {
    faults.Forbidden(path / "spec" / "activeDeadlineSeconds", "may not be set in a " + std::string(kind));
  }
}

void ValidateSelectorAndTemplate(const Json& spec, std::string_view kind, const std::set<std::string>& claims,
                                 Faults& faults) {
  const Path path("spec");
  const Json& selector = Member(spec, "selector");
  ValidateSelector(selector, path / "selector", faults);
  if (selector.is_object() && Member(selector, "matchLabels").empty() && Items(selector, "matchExpressions").empty()) {
    faults.Add(path / "selector", kInvalid, "must not be empty: it would match every pod");
  }
  const Json& metadata = Member(Member(spec, "template"), "metadata");
  const auto parsed = Selector::FromJson(selector);
  // An absent selector matches nothing; one with a fault of its own is reported there.
  const bool mismatch =
      selector.is_null() || (parsed.ok() && !parsed->empty() && !parsed->Matches(ReadStringMap(metadata, "labels")));
  if (mismatch) {
    faults.Add(path / "template" / "metadata" / "labels", kInvalid,
               "spec.selector does not match the labels " + Member(metadata, "labels").dump() + " of the template");
  }
  ValidateEndlessTemplate(Member(spec, "template"), path / "template", kind, claims, faults);
}

void ValidateIntOrPercent(const Json& value, const Path& path, bool capped, Faults& faults) {
  if (value.is_number_integer()) return faults.NotNegative(path, value.get<int64_t>());
  if (!value.is_string()) return;
  const auto& text = value.get_ref<const std::string&>();
  const bool percent = text.size() > 1 && text.size() <= kMostPercentDigits && text.back() == '%' &&
                       text.find_first_not_of("0123456789") == text.size() - 1;
  if (!percent) {
    faults.Invalid(path, text, "must be a number of pods or a percentage such as 25%");
  } else if (capped && std::stoi(text) > 100) {
    faults.Invalid(path, text, "must be no more than 100%");
  }
}

void WarnOfTemplate(const Json& body, std::vector<std::string>& warnings) {
  const Json& pod_spec = Member(Member(Member(body, "spec"), "template"), "spec");
  auto ignored = IneffectiveFields(schema::kPodSpec, pod_spec, "spec.template.spec");
  WarnOfHooks(pod_spec, "spec.template.spec", warnings);
  warnings.insert(warnings.end(), ignored.begin(), ignored.end());
}

}  // namespace ordinal::api
