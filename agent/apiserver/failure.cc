#include "agent/apiserver/failure.h"

#include <utility>

namespace ordinal::apiserver {
namespace {

const char* Reason(int code) {
  switch (code) {
    case 400: return "BadRequest";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "NotFound";
    case 408: return "Timeout";
    case 413: return "RequestEntityTooLarge";
    case 429: return "TooManyRequests";
    case 500: return "InternalError";
    case 501: return "NotImplemented";
    case 503: return "ServiceUnavailable";
    default: return "";
  }
}

}  // namespace

api::Json FailureStatus(int code, std::string_view reason, std::string_view message, api::Json details) {
  api::Json status = {{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", api::Json::object()},
                      {"status", "Failure"}, {"message", message}, {"code", code}};
  if (!reason.empty()) status["reason"] = reason;
  if (!details.is_null()) status["details"] = std::move(details);
  return status;
}

http::Response Failure(int code, std::string_view reason, std::string_view message, api::Json details) {
  http::Response response;
  response.status = code;
  // A message may quote what the client sent, which need not be UTF-8.
  response.body = FailureStatus(code, reason, message, std::move(details))
                      .dump(-1, ' ', false, api::Json::error_handler_t::replace) +
                  "\n";
  return response;
}

http::Response Failure(int code, std::string_view message) {
  if (code != 429) return Failure(code, Reason(code), message);
  http::Response response = Failure(code, Reason(code), message, {{"retryAfterSeconds", 1}});
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace ordinal::apiserver
