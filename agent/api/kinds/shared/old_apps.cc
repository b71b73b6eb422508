#include "agent/api/kinds/shared/old_apps.h"

namespace ordinal::api {

std::string ConvertOldApps(Json& body, std::vector<std::string>& warnings) {
  std::string old_version = ReadString(body, "apiVersion");
  body["apiVersion"] = "apps/v1";
  warnings.push_back("apiVersion: " + old_version + " is an old version, read as apps/v1; write apiVersion: apps/v1");
  if (!Member(body, "spec").is_object()) return old_version;
  Json& spec = body["spec"];
  const Json& labels = Member(Member(Member(spec, "template"), "metadata"), "labels");
  if (Member(spec, "selector").is_null() && labels.is_object()) {
    spec["selector"] = {{"matchLabels", labels}};
    warnings.emplace_back("spec.selector: taken from the labels of the template; apps/v1 wants it written");
  }
  return old_version;
}

}  // namespace ordinal::api
