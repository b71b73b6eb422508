#include "agent/apiserver/http/failure.h"

#include "agent/api/object.h"

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

Response Failure(int code, std::string_view message) {
  api::Json status = {{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", api::Json::object()},
                      {"status", "Failure"}, {"message", message}, {"code", code}};
  if (*Reason(code) != '\0') status["reason"] = Reason(code);
  Response response;
  response.status = code;
  if (code == 429) {
    status["details"] = {{"retryAfterSeconds", 1}};
    response.headers.emplace_back("Retry-After", "1");
  }
  // A message may quote what the client sent, which need not be UTF-8.
  response.body = status.dump(-1, ' ', false, api::Json::error_handler_t::replace) + "\n";
  return response;
}

Response Unauthorized() { return Failure(401, "Unauthorized"); }

}  // namespace ordinal::apiserver
