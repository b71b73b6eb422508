#include "agent/api/kinds/shared/meta_rules.h"

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

void ValidateName(const KindInfo& kind, const Json& metadata, const Path& path, Faults& faults) {
  const auto check = kind.check_name != nullptr ? kind.check_name : CheckDnsSubdomain;
  const std::string name = ReadString(metadata, "name");
  std::string prefix = ReadString(metadata, "generateName");
  if (!prefix.empty()) {
    // Characters follow the prefix, so it may end in '-' or '.'.
    while (prefix.size() > 1 && (prefix.back() == '-' || prefix.back() == '.')) prefix.pop_back();
    faults.Syntax(path / "generateName", prefix, check);
  }
  if (!name.empty()) return faults.Syntax(path / "name", name, check);
  if (prefix.empty()) faults.Required(path / "name", "is required: give name or generateName");
}

void ValidateOwners(const Json& metadata, const Path& path, Faults& faults) {
  size_t controllers = 0;
  for (const auto& owner : Items(metadata, "ownerReferences")) controllers += ReadBool(owner, "controller") ? 1 : 0;
  if (controllers > 1) {
    faults.Add(path / "ownerReferences", kInvalid, "only one owner can have controller set to true");
  }
}

}  // namespace

void ValidateLabels(const Json& labels, const Path& path, Faults& faults) {
  if (!labels.is_object()) return;
  for (const auto& [key, value] : labels.items()) {
    if (auto complaint = CheckQualifiedName(key)) faults.Invalid(path, key, "the label's key " + *complaint);
    if (!value.is_string()) continue;
    const auto& text = value.get_ref<const std::string&>();
    if (auto complaint = CheckLabelValue(text)) {
      faults.Invalid(path, text, "the value of label " + Faults::Quote(key) + " " + *complaint);
    }
  }
}

void ValidateAnnotations(const Json& annotations, const Path& path, Faults& faults) {
  if (!annotations.is_object()) return;
  size_t bytes = 0;
  for (const auto& [key, value] : annotations.items()) {
    bytes += key.size() + (value.is_string() ? value.get_ref<const std::string&>().size() : 0);
    std::string lower = key;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (auto complaint = CheckQualifiedName(lower)) faults.Invalid(path, key, "the annotation's key " + *complaint);
  }
  if (bytes > kMostAnnotationBytes) {
    faults.Add(path, kTooLong, "all annotations together must be no more than 262144 bytes");
  }
}

void ValidateSelector(const Json& selector, const Path& path, Faults& faults) {
  ValidateLabels(Member(selector, "matchLabels"), path / "matchLabels", faults);
  const Json& expressions = Items(selector, "matchExpressions");
  for (size_t i = 0; i < expressions.size(); ++i) {
    const Path at = (path / "matchExpressions")[i];
    const std::string op = ReadString(expressions[i], "operator");
    const bool values = !Items(expressions[i], "values").empty();
    faults.Syntax(at / "key", ReadString(expressions[i], "key"), CheckQualifiedName);
    if (op == "In" || op == "NotIn") {
      if (!values) faults.Required(at / "values", "is required when operator is In or NotIn");
    } else if (op == "Exists" || op == "DoesNotExist") {
      if (values) faults.Forbidden(at / "values", "may not be given when operator is Exists or DoesNotExist");
    } else if (!op.empty()) {
      faults.Invalid(at / "operator", op, "must be In, NotIn, Exists or DoesNotExist");
    }
    for (const auto& value : ReadStrings(expressions[i], "values")) {
      if (auto complaint = CheckLabelValue(value)) faults.Invalid(at / "values", value, *complaint);
    }
  }
}

void ValidateMeta(const KindInfo& kind, const Json& body, Faults& faults) {
  const Json& metadata = Member(body, "metadata");
  const Path path("metadata");
  ValidateName(kind, metadata, path, faults);
  const std::string ns = ReadString(metadata, "namespace");
  if (kind.namespaced) {
    faults.Named(path / "namespace", ns, CheckDnsLabel);
  } else if (!ns.empty()) {
    faults.Forbidden(path / "namespace", "a " + std::string(kind.kind) + " belongs to no namespace; leave it out");
  }
  ValidateLabels(Member(metadata, "labels"), path / "labels", faults);
  ValidateAnnotations(Member(metadata, "annotations"), path / "annotations", faults);
  ValidateOwners(metadata, path, faults);
  for (const auto& finalizer : ReadStrings(metadata, "finalizers")) {
    if (auto complaint = CheckQualifiedName(finalizer)) faults.Invalid(path / "finalizers", finalizer, *complaint);
  }
}

void ValidateMetaUpdate(const Json& body, const Json& old_body, Faults& faults) {
  const Json& metadata = Member(body, "metadata");
  const Json& old_metadata = Member(old_body, "metadata");
  for (const std::string_view member : {"name", "namespace", "uid", "creationTimestamp"}) {
    const std::string now = ReadString(metadata, member), before = ReadString(old_metadata, member);
    if (!now.empty() && !before.empty() && now != before) {
      faults.Invalid(Path("metadata") / member, now, "may not change from " + Faults::Quote(before));
    }
  }
}

}  // namespace ordinal::api
