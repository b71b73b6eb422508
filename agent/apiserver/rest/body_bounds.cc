#include "agent/apiserver/rest/body_bounds.h"

#include "agent/api/text/bounds.h"
#include "agent/apiserver/rest/content.h"
#include "agent/apiserver/rest/route.h"

namespace ordinal::apiserver::rest {
namespace {

class JsonCheck final : public http::BodyCheck {
 public:
  std::optional<http::Refusal> Take(std::string_view more) override {
    const Status within = bounds_.Take(more);
    if (within.ok()) return std::nullopt;
    const bool many = within.error().reason == "RequestEntityTooLarge";
    return http::Refusal{many ? 413 : 400, "the body cannot be read: " + within.error().message};
  }

 private:
  api::JsonBounds bounds_;
};

}  // namespace

std::unique_ptr<http::BodyCheck> CheckBody(const http::Request& request) {
  if (IsProxied(request.segments)) return nullptr;
  const std::string type = MediaType(request.Header("content-type"));
  if (!type.empty() && type.find("json") == std::string::npos) return nullptr;
  return std::make_unique<JsonCheck>();
}

}  // namespace ordinal::apiserver::rest
