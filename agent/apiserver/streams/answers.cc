#include "agent/apiserver/streams/answers.h"

#include <fmt/format.h>

#include <utility>

#include "agent/apiserver/failure.h"

namespace ordinal::apiserver::streams {
using api::Json;

http::Response BadRequest(std::string_view message) { return Failure(400, "BadRequest", message); }

http::Response NotFound(std::string_view resource, std::string_view name, std::string_view group) {
  Json details = {{"name", name}, {"kind", resource}};
  if (!group.empty()) details["group"] = group;
  const std::string_view dot = group.empty() ? "" : ".";
  return Failure(404, "NotFound", fmt::format("{}{}{} \"{}\" not found", resource, dot, group, name), details);
}

http::Response NoSuchPath() {
  return Failure(404, "NotFound", "the server could not find the requested resource", Json::object());
}

http::Response Invalid(std::string_view kind, std::string_view name, const std::vector<api::FieldError>& faults) {
  Json causes = Json::array();
  std::string message;
  for (const api::FieldError& fault : faults) {
    causes.push_back({{"reason", fault.cause}, {"message", fault.message}, {"field", fault.field}});
    message += fmt::format("{}{}: {}", message.empty() ? "" : "; ", fault.field, fault.message);
  }
  const Json details = {{"name", name}, {"kind", kind}, {"causes", std::move(causes)}};
  return Failure(422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", kind, name, message), details);
}

http::Response InternalError(std::string_view message) { return Failure(500, "InternalError", message); }

http::Response FromError(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid: return Failure(400, "BadRequest", error.message);
    case ErrorCode::kPermissionDenied: return Failure(403, "Forbidden", error.message);
    case ErrorCode::kNotFound: return Failure(404, "NotFound", error.message);
    case ErrorCode::kNotSupported: return Failure(501, "NotImplemented", error.message);
    case ErrorCode::kCancelled:
    case ErrorCode::kUnavailable: return Failure(503, "ServiceUnavailable", error.message);
    case ErrorCode::kDeadlineExceeded: return Failure(504, "Timeout", error.message);
    default: return InternalError(error.message);
  }
}

}  // namespace ordinal::apiserver::streams
