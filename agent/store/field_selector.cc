#include "agent/store/field_selector.h"

#include <algorithm>

namespace ordinal::store {
namespace {

constexpr size_t kMostFieldTerms = 32;
const std::vector<std::string> kName{"metadata", "name"}, kNamespace{"metadata", "namespace"};

Error Bad(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message), "BadRequest"); }

/// The text cut at every comma that no backslash precedes; escapes stay.
std::vector<std::string> Terms(std::string_view text) {
  std::vector<std::string> terms(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') {
      terms.emplace_back();
      continue;
    }
    terms.back() += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) terms.back() += text[++i];
  }
  return terms;
}

/// A value without its escapes (\\, \, and \= are known; fields.UnescapeValue).
Result<std::string> Unescape(std::string_view text) {
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' || text[i] == '=') return Bad("field selector: '" + std::string(text) + "' wants a backslash");
    if (text[i] == '\\') {
      ++i;
      const bool known = i < text.size() && (text[i] == '\\' || text[i] == ',' || text[i] == '=');
      if (!known) return Bad("field selector: '" + std::string(text) + "' has an unknown escape");
    }
    value += text[i];
  }
  return value;
}

std::vector<std::string> Split(std::string_view label) {
  // An event's source is selected by the component in it.
  if (label == "source") return {"source", "component"};
  std::vector<std::string> path(1);
  for (const char c : label) {
    if (c == '.') {
      path.emplace_back();
    } else {
      path.back() += c;
    }
  }
  return path;
}

std::string Absent(const api::KindInfo& kind, const std::vector<std::string>& path) {
  const api::StructType* type = kind.schema;
  for (const std::string& member : path) {
    if (type == nullptr) return "";
    const auto& fields = type->fields;
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == member; });
    if (field == fields.end()) return "";
    if (field->type == api::FieldType::kBool) return "false";
    if (field->type == api::FieldType::kInt32 || field->type == api::FieldType::kInt64) return "0";
    type = field->of;
  }
  return "";
}

bool Selectable(const api::KindInfo& kind, std::span<const std::string_view> labels, std::string_view label) {
  return label == "metadata.name" || (label == "metadata.namespace" && kind.namespaced) ||
         std::find(labels.begin(), labels.end(), label) != labels.end();
}

}  // namespace

Result<FieldSelector> FieldSelector::Parse(std::string_view text, const api::KindInfo& kind,
                                           std::span<const std::string_view> labels) {
  FieldSelector selector;
  for (const std::string& term : Terms(text)) {
    if (term.empty()) continue;
    // No kind has as many fields to select by, and every object is held against all.
    if (selector.requirements_.size() >= kMostFieldTerms) {
      return Bad("a field selector may have " + std::to_string(kMostFieldTerms) + " terms, not more");
    }
    const size_t equals = term.find('=');
    if (equals == std::string::npos || equals == 0) return Bad("field selector: '" + term + "' wants an operator");
    Requirement requirement;
    requirement.equal = term[equals - 1] != '!';
    const std::string label = term.substr(0, requirement.equal ? equals : equals - 1);
    const bool twice = requirement.equal && equals + 1 < term.size() && term[equals + 1] == '=';
    if (!Selectable(kind, labels, label)) return Bad("field label not supported: " + label);
    TRY(requirement.value, Unescape(std::string_view(term).substr(equals + (twice ? 2 : 1))));
    requirement.path = Split(label);
    requirement.absent = Absent(kind, requirement.path);
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

void FieldSelector::RequireName(std::string name) {
  requirements_.push_back({{"metadata", "name"}, std::move(name), true, ""});
}

bool FieldSelector::Matches(const api::Object& object) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& requirement) {
    if (requirement.path == kName) return (object.name() == requirement.value) == requirement.equal;
    if (requirement.path == kNamespace) return (object.ns() == requirement.value) == requirement.equal;
    const bool is_text = requirement.equal && requirement.value != requirement.absent;
    if (is_text && !object.MayContain(requirement.value)) return false;
    const api::Json* value = &object.body();
    for (const std::string& member : requirement.path) value = &api::Member(*value, member);
    const std::string text = value->is_string() ? value->get<std::string>()
                             : value->is_null() ? requirement.absent
                                                : value->dump();
    return (text == requirement.value) == requirement.equal;
  });
}

}  // namespace ordinal::store
