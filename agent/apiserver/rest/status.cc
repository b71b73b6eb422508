#include "agent/apiserver/rest/status.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "agent/apiserver/failure.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;
using api::KindInfo;

struct ReasonCode {
  std::string_view reason;
  int code;
};
// metav1.StatusReason and its HTTP code (apimachinery/pkg/apis/meta/v1/types.go).
constexpr std::array<ReasonCode, 18> kReasons = {{{"BadRequest", 400},
                                                  {"Unauthorized", 401},
                                                  {"Forbidden", 403},
                                                  {"NotFound", 404},
                                                  {"MethodNotAllowed", 405},
                                                  {"NotAcceptable", 406},
                                                  {"AlreadyExists", 409},
                                                  {"Conflict", 409},
                                                  {"Expired", 410},
                                                  {"RequestEntityTooLarge", 413},
                                                  {"UnsupportedMediaType", 415},
                                                  {"Invalid", 422},
                                                  {"TooManyRequests", 429},
                                                  {"InternalError", 500},
                                                  {"NotImplemented", 501},
                                                  {"ServiceUnavailable", 503},
                                                  {"Timeout", 504},
                                                  // Of this server: RFC 4918, 11.5.
                                                  {"InsufficientStorage", 507}}};

std::string_view ReasonOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid: return "Invalid";
    case ErrorCode::kNotFound: return "NotFound";
    case ErrorCode::kAlreadyExists: return "AlreadyExists";
    case ErrorCode::kConflict:
    case ErrorCode::kFailedPrecondition: return "Conflict";
    case ErrorCode::kExpired: return "Expired";
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled: return "ServiceUnavailable";
    case ErrorCode::kDeadlineExceeded: return "Timeout";
    case ErrorCode::kNotSupported: return "NotImplemented";
    case ErrorCode::kPermissionDenied: return "Forbidden";
    case ErrorCode::kInternal: return "InternalError";
  }
  return "InternalError";
}

int CodeOf(std::string_view reason) {
  for (const ReasonCode& known : kReasons) {
    if (known.reason == reason) return known.code;
  }
  return 0;
}

Json Details(const KindInfo& kind, std::string_view shown_kind, std::string_view name) {
  Json details = {{"kind", shown_kind}};
  if (!name.empty()) details["name"] = name;
  if (!kind.group.empty()) details["group"] = kind.group;
  return details;
}

std::string KindName(const KindInfo& kind) {
  return kind.group.empty() ? std::string(kind.kind) : fmt::format("{}.{}", kind.kind, kind.group);
}

/// "a: is required", or "[a: is required, b: is required]" as kubectl shows several.
std::string Sentence(const std::vector<api::FieldError>& faults) {
  std::string text;
  for (const auto& fault : faults) {
    if (!text.empty()) text += ", ";
    text += fault.field.empty() ? fault.message : fault.field + ": " + fault.message;
  }
  return faults.size() > 1 ? "[" + text + "]" : text;
}

Refusal Malformed(const KindInfo& kind, const std::vector<api::FieldError>& faults) {
  return {400, "BadRequest",
          fmt::format("{} in version \"{}\" cannot be read: {}", kind.kind, kind.version, Sentence(faults))};
}

Refusal Invalid(const Subject& subject, const std::vector<api::FieldError>& faults) {
  return InvalidRefusal(KindName(*subject.kind), subject.name, Details(*subject.kind, subject.kind->kind, subject.name),
                        faults);
}

Refusal Conflict(const Error& error, const Subject& subject) {
  const std::string resource = ResourceName(*subject.kind);
  return {409, "Conflict",
          fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", resource, subject.name, error.message),
          Details(*subject.kind, subject.kind->plural, subject.name)};
}

/// Of a name that was `made_up` clients may ask for another one a second later.
Refusal TakenName(const Subject& subject, bool made_up) {
  Json details = Details(*subject.kind, subject.kind->plural, subject.name);
  if (made_up) details["retryAfterSeconds"] = 1;
  return {409, "AlreadyExists",
          fmt::format("{} \"{}\" already exists{}", ResourceName(*subject.kind), subject.name,
                      made_up ? ", the server was not able to generate a unique name for the object" : ""),
          std::move(details)};
}

/// Clients ask again without the revision when they see this cause (client-go, IsResourceVersionTooLarge).
Refusal TooLargeRevision(const Error& error) {
  Json details = {{"retryAfterSeconds", 1}};
  details["causes"] = {{{"reason", "ResourceVersionTooLarge"}, {"message", "Too large resource version"}}};
  return {504, "Timeout", error.message, std::move(details)};
}

}  // namespace

std::string ResourceName(const KindInfo& kind) {
  return kind.group.empty() ? std::string(kind.plural) : fmt::format("{}.{}", kind.plural, kind.group);
}

Error BadRequest(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message), "BadRequest"); }

Error Unsupported(std::string message) {
  return MakeError(ErrorCode::kNotSupported, std::move(message), "NotImplemented");
}

Refusal InvalidRefusal(std::string_view what, std::string_view name, Json details,
                       const std::vector<api::FieldError>& faults) {
  Refusal refusal{422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", what, name, Sentence(faults)),
                  std::move(details)};
  for (const auto& fault : faults) {
    refusal.details["causes"].push_back({{"reason", fault.cause}, {"message", fault.message}, {"field", fault.field}});
  }
  return refusal;
}

Refusal NotFound(const KindInfo& kind, std::string_view name) {
  return {404, "NotFound", fmt::format("{} \"{}\" not found", ResourceName(kind), name),
          Details(kind, kind.plural, name)};
}

Refusal NoSuchResource() {
  return {404, "NotFound", "the server could not find the requested resource", Json::object()};
}

Refusal MethodNotAllowed() {
  return {405, "MethodNotAllowed", "the server does not allow this method on the requested resource", Json::object()};
}

Refusal RefusalOf(const Error& error, Subject subject, const objects::Findings& findings) {
  const bool made_up = !findings.name.empty();
  if (made_up) subject.name = findings.name;
  if (subject.kind != nullptr && !findings.faults.empty()) {
    return findings.malformed ? Malformed(*subject.kind, findings.faults) : Invalid(subject, findings.faults);
  }
  if (error.reason == "ResourceVersionTooLarge") return TooLargeRevision(error);
  const int code = CodeOf(error.reason);
  const std::string reason(code != 0 ? std::string_view(error.reason) : ReasonOf(error.code));
  if (subject.kind != nullptr && reason == "NotFound") return NotFound(*subject.kind, subject.name);
  if (subject.kind != nullptr && reason == "Conflict") return Conflict(error, subject);
  if (subject.kind != nullptr && reason == "AlreadyExists") return TakenName(subject, made_up);
  Refusal refusal{code != 0 ? code : CodeOf(reason), reason, error.message};
  if (subject.kind != nullptr && reason == "Forbidden") {
    refusal.details = Details(*subject.kind, subject.kind->plural, subject.name);
  } else if (reason != "BadRequest" && reason != "Expired") {
    refusal.details = Json::object();
  }
  return refusal;
}

Json StatusOf(const Refusal& refusal) {
  return FailureStatus(refusal.code, refusal.reason, refusal.message, refusal.details);
}

Json SuccessOf(const KindInfo& kind, std::string_view name, std::string_view uid) {
  Json details = Details(kind, kind.plural, name);
  details["uid"] = uid;
  return {{"kind", "Status"},
          {"apiVersion", "v1"},
          {"metadata", Json::object()},
          {"status", "Success"},
          {"details", std::move(details)}};
}

http::Response Refuse(const Refusal& refusal) {
  http::Response response;
  response.status = refusal.code;
  response.body = StatusOf(refusal).dump(-1, ' ', false, Json::error_handler_t::replace);
  const int64_t seconds = api::ReadInt(refusal.details, "retryAfterSeconds");
  if (seconds > 0) response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

}  // namespace ordinal::apiserver::rest
