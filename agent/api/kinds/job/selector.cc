#include "agent/api/kinds/job/selector.h"

#include "agent/api/faults.h"
#include "agent/api/kinds/job/labels.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/read.h"
#include "agent/api/selector.h"

namespace ordinal::api {
namespace {

void GiveLabels(const StringMap& own, Json& spec) {
  Json& labels = spec["template"]["metadata"]["labels"];
  for (const auto& [label, value] : own) {
    if (!labels.contains(label)) labels[label] = value;
  }
  Json& matched = spec["selector"]["matchLabels"];
  if (!matched.contains(kJobUidLabel)) matched[kJobUidLabel] = own.at(kJobUidLabel);
}

/// Labels of these names that somebody wrote himself, and a selector of his own, would count others' pods.
void CheckOwn(const StringMap& own, const Json& spec, Faults& faults) {
  const Path at("spec.template.metadata.labels");
  const StringMap labels = ReadStringMap(Member(Member(spec, "template"), "metadata"), "labels");
  for (const auto& [label, value] : own) {
    if (labels.at(label) != value) faults.Invalid(at, labels.at(label), "must be '" + value + "'");
  }
  const auto selector = Selector::FromJson(Member(spec, "selector"));
  if (!selector.ok() || selector->Matches(own)) return;
  faults.Add(Path("spec.selector"), kInvalid, "`selector` not auto-generated: leave it out, or set manualSelector");
}

}  // namespace

void SelectOwnPods(Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  Json& spec = body["spec"];
  if (!ReadBool(spec, "manualSelector")) {
    const Json& metadata = Member(body, "metadata");
    const std::string name = ReadString(metadata, "name"), uid = ReadString(metadata, "uid");
    const StringMap own{{kJobNameLabel, name}, {kOldJobNameLabel, name}, {kJobUidLabel, uid}, {kOldJobUidLabel, uid}};
    GiveLabels(own, spec);
    CheckOwn(own, spec, faults);
  }
  const Json& template_metadata = Member(Member(spec, "template"), "metadata");
  const Json& labels = Member(template_metadata, "labels");
  const Path at("spec.template.metadata.labels");
  ValidateLabels(labels, at, faults);
  const auto selector = Selector::FromJson(Member(spec, "selector"));
  if (selector.ok() && !selector->Matches(ReadStringMap(template_metadata, "labels"))) {
    faults.Add(at, kInvalid, "spec.selector does not match the labels " + labels.dump() + " of the template");
  }
  if (Member(body["metadata"], "labels").empty() && !labels.empty()) body["metadata"]["labels"] = labels;
}

}  // namespace ordinal::api
