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

Error InvalidError(const std::string& summary, const std::vector<FieldError>& faults) {
  std::string message = summary;
  for (const FieldError& fault : faults) message += fmt::format("\n{}: {}", fault.field, fault.message);
  return MakeError(ErrorCode::kInvalid, std::move(message), "Invalid");
}

}  // namespace ordinal::objects
