#include "agent/apiserver/rest/posted.h"

#include <fmt/format.h>

#include "agent/apiserver/rest/fields.h"
#include "agent/apiserver/rest/show.h"
#include "agent/apiserver/rest/write.h"

namespace ordinal::apiserver::rest {

using api::Json;

Result<Json> PostedOf(Call& call, std::string_view kind) {
  auto body = BodyOf(call);
  if (!body.ok()) return body;
  TRYV(CheckRepeats(call, kind));
  if (api::ReadString(*body, "kind") != kind) return BadRequest(fmt::format("the body must be of kind {}", kind));
  const std::string name = api::ReadString(api::Member(*body, "metadata"), "name");
  if (name.empty() || name == call.route.name) return body;
  return BadRequest("the name of the body does not match the name on the URL");
}

http::Response Done(const Call& call, int status) {
  Accept plain;
  plain.yaml = call.accept.yaml;
  Json success = {{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Json::object()}, {"status", "Success"}};
  success["code"] = status;
  return Answer(plain, status, success.dump());
}

}  // namespace ordinal::apiserver::rest
