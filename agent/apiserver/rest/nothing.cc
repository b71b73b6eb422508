#include "agent/apiserver/rest/nothing.h"

#include <algorithm>

#include "agent/api/openapi/resources.h"
#include "agent/apiserver/discovery/answer.h"
#include "agent/apiserver/rest/route.h"
#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::rest {

http::Response NothingAt(const std::vector<std::string>& segments) {
  const auto path = ReadResourcePath(segments);
  const auto versions = api::openapi::ServedVersions();
  const bool served =
      path && std::any_of(versions.begin(), versions.end(),
                          [&](const api::openapi::GroupVersion& each) { return ToString(each) == path->version; });
  return served ? Refuse(NoSuchResource()) : discovery::PathNotFound();
}

}  // namespace ordinal::apiserver::rest
