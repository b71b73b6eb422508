#include "agent/api/openapi/document.h"

#include <algorithm>
#include <map>

#include "agent/api/openapi/definitions.h"
#include "agent/api/openapi/gnostic.h"
#include "agent/api/openapi/paths.h"

namespace ordinal::api::openapi {
namespace {

using Sink = std::function<void(const std::string& name, const Json& value)>;

constexpr char kTitle[] = "Kubernetes, as served by Ordinal";
constexpr char kVersion[] = "v1.32.0";

/// Every definition that the resources of `versions` refer to.
void EachDefinition(const std::vector<GroupVersion>& versions, const Types& types, Dialect dialect, const Sink& each) {
  std::vector<TypeName> roots;
  for (const GroupVersion version : versions) {
    for (const Resource& resource : ServedResources(version, types.kinds())) {
      if (resource.schema == nullptr) continue;
      TypeName name = types.Of(resource);
      roots.push_back(name);
      name.list = true;
      const bool listed = std::find(resource.verbs.begin(), resource.verbs.end(), "list") != resource.verbs.end();
      if (listed && resource.subresource.empty()) roots.push_back(name);
    }
  }
  const std::map<std::string, Json> plain = PlainDefinitions(dialect);
  for (const TypeName& name : types.Reachable(roots)) {
    const std::string full = name.Full();
    if (!plain.contains(full)) each(full, types.Define(name, dialect));
  }
  for (const auto& [name, definition] : plain) each(name, definition);
}

/// Writes the members of a JSON object into a text, one by one.
class Members {
 public:
  explicit Members(std::string& text) : text_(text) {}
  void operator()(const std::string& name, const Json& value) {
    if (!first_) text_ += ',';
    first_ = false;
    text_ += '"' + name + "\":" + value.dump();
  }

 private:
  std::string& text_;
  bool first_ = true;
};

Json Info() { return {{"title", kTitle}, {"version", kVersion}}; }

}  // namespace

std::string DocumentV3(GroupVersion group_version, KindList kinds) {
  const Types types(kinds);
  std::string text = R"({"openapi":"3.0.0","info":)" + Info().dump() + R"(,"paths":{)";
  EachPath(group_version, types, Dialect::kV3, Members(text));
  text += R"(},"components":{"schemas":{)";
  EachDefinition({group_version}, types, Dialect::kV3, Members(text));
  return text + R"(},"securitySchemes":{"BearerToken":{"type":"apiKey","name":"authorization","in":"header"}}}})";
}

std::string DocumentV2(KindList kinds) {
  const Types types(kinds);
  std::string text = R"({"swagger":"2.0","info":)" + Info().dump() + R"(,"paths":{)";
  Members paths(text);
  for (const GroupVersion version : ServedVersions(kinds)) EachPath(version, types, Dialect::kV2, std::ref(paths));
  text += R"(},"definitions":{)";
  EachDefinition(ServedVersions(kinds), types, Dialect::kV2, Members(text));
  return text + "}}";
}

std::string DocumentV2Protobuf(KindList kinds) {
  const Types types(kinds);
  std::string paths, definitions;
  const auto add_path = [&](const std::string& path, const Json& item) { paths += gnostic::NamedPath(path, item); };
  const auto add_definition = [&](const std::string& name, const Json& definition) {
    definitions += gnostic::NamedDefinition(name, definition);
  };
  for (const GroupVersion version : ServedVersions(kinds)) EachPath(version, types, Dialect::kV2, add_path);
  EachDefinition(ServedVersions(kinds), types, Dialect::kV2, add_definition);
  return gnostic::Document(kTitle, kVersion, paths, definitions);
}

}  // namespace ordinal::api::openapi
