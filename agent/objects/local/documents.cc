#include "agent/objects/local/documents.h"

#include <fmt/format.h>

#include <algorithm>

namespace ordinal::objects {

using api::FieldError;
using api::Json;

void AddFinalizer(std::string_view finalizer, Json& metadata) {
  if (finalizer.empty()) return;
  Json& finalizers = metadata["finalizers"];
  if (!finalizers.is_array()) finalizers = Json::array();
  if (std::find(finalizers.begin(), finalizers.end(), finalizer) == finalizers.end()) finalizers.push_back(finalizer);
}

std::vector<std::string> FinalizersOf(const Json& body) {
  return api::ReadStrings(api::Member(body, "metadata"), "finalizers");
}

bool SameBut(std::initializer_list<std::string_view> but, const Json& a, const Json& b) {
  if (!a.is_object() || !b.is_object()) return a == b;
  const auto counts = [but](const std::string& name) { return std::find(but.begin(), but.end(), name) == but.end(); };
  const auto& members = a.get_ref<const Json::object_t&>();
  const auto& others = b.get_ref<const Json::object_t&>();
  const bool same = std::all_of(members.begin(), members.end(), [&](const auto& member) {
    if (!counts(member.first)) return true;
    const auto other = others.find(member.first);
    return other != others.end() && other->second == member.second;
  });
  return same && std::all_of(others.begin(), others.end(),
                             [&](const auto& other) { return !counts(other.first) || members.contains(other.first); });
}

Error InvalidError(const std::string& summary, const std::vector<FieldError>& faults) {
  std::string message = summary;
  for (const FieldError& fault : faults) message += fmt::format("\n{}: {}", fault.field, fault.message);
  return MakeError(ErrorCode::kInvalid, std::move(message), "Invalid");
}

}  // namespace ordinal::objects
