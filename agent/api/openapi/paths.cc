#include "agent/api/openapi/paths.h"

#include <algorithm>

#include "agent/api/openapi/parameters.h"
#include "agent/api/openapi/plain_types.h"

namespace ordinal::api::openapi {
namespace {

/// What a patch of the resource may be written in; custom kinds know no strategic merge.
Json PatchTypes(const Resource& resource) {
  Json types = {"application/json-patch+json", "application/merge-patch+json"};
  if (resource.schema == nullptr || resource.schema->defined == nullptr) {
    types.push_back("application/strategic-merge-patch+json");
  }
  types.push_back("application/apply-patch+yaml");
  return types;
}

std::string Capital(std::string_view word) {
  std::string capital(word);
  if (!capital.empty() && capital[0] >= 'a' && capital[0] <= 'z')
    capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
  return capital;
}

std::string FirstOf(std::string_view group) {
  return group.empty() ? "core" : std::string(group.substr(0, group.find('.')));
}

/// Writes the operations on one resource or subresource.
class Operations {
 public:
  Operations(GroupVersion list, const Resource& resource, std::string_view owner_kind, const Types& types,
             Dialect dialect)
      : list_(list), resource_(resource), owner_kind_(owner_kind), types_(types), dialect_(dialect) {}

  bool Has(std::string_view verb) const {
    return std::find(resource_.verbs.begin(), resource_.verbs.end(), verb) != resource_.verbs.end();
  }

  void Add(Json& item, const char* method, std::string_view action, bool all_namespaces = false) const {
    Json operation = {{"tags", {FirstOf(list_.group) + "_" + std::string(list_.version)}},
                      {"operationId", Id(method, action, all_namespaces)},
                      {"x-kubernetes-action", action},
                      {"x-kubernetes-group-version-kind",
                       {{"group", resource_.kind_version.group},
                        {"version", resource_.kind_version.version},
                        {"kind", resource_.kind}}}};
    Json parameters = QueryParameters(action, resource_.subresource, dialect_);
    AddBody(operation, parameters, action);
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    const Json answer = Answer(action);
    operation["responses"] = {{"200", answer}, {"401", {{"description", "Unauthorized"}}}};
    if (action == kPost || action == kPut || action == kPatch) operation["responses"]["201"] = answer;
    item[method] = std::move(operation);
  }

 private:
  std::string Id(std::string_view method, std::string_view action, bool all_namespaces) const {
    const std::string group_version = Capital(FirstOf(list_.group)) + Capital(list_.version);
    const std::string namespaced = resource_.namespaced && !all_namespaces ? "Namespaced" : "";
    const std::string subject = std::string(owner_kind_) + Capital(resource_.subresource);
    if (action == kList)
      return "list" + group_version + namespaced + subject + (all_namespaces ? "ForAllNamespaces" : "");
    if (action == kDeleteCollection) return "delete" + group_version + "Collection" + namespaced + subject;
    if (action == kConnect) return "connect" + group_version + Capital(method) + namespaced + subject;
    const std::string verb = action == kPost   ? "create"
                             : action == kRead ? "read"
                             : action == kPut  ? "replace"
                                               : std::string(action);
    return verb + group_version + namespaced + subject;
  }

  Json Content(Json schema, std::string_view type) const {
    return {{std::string(type), {{"schema", std::move(schema)}}}};
  }

  Json Body() const { return Reference(types_.Of(resource_).Full(), dialect_); }

  void AddBody(Json& operation, Json& parameters, std::string_view action) const {
    Json schema;
    if (action == kPost || action == kPut) schema = Body();
    if (action == kPatch) schema = Reference(std::string(kPatchName), dialect_);
    if (action == kDelete || action == kDeleteCollection) {
      schema = Reference(std::string(kMetaPackage) + "DeleteOptions", dialect_);
    }
    if (schema.is_null()) return;
    const bool required = action == kPost || action == kPut || action == kPatch;
    if (dialect_ == Dialect::kV2) {
      operation["consumes"] = action == kPatch ? PatchTypes(resource_) : Json::array({"*/*"});
      parameters.insert(parameters.begin(), BodyParameter(std::move(schema), required));
      return;
    }
    Json content = Json::object();
    if (action == kPatch) {
      for (const Json& type : PatchTypes(resource_)) content[type.get<std::string>()] = {{"schema", schema}};
    } else {
      content["*/*"] = {{"schema", schema}};
    }
    operation["requestBody"] = {{"content", std::move(content)}};
    if (required) operation["requestBody"]["required"] = true;
  }

  Json Answer(std::string_view action) const {
    const bool text = action == kConnect || resource_.subresource == "log";
    Json schema = {{"type", "string"}};
    if (action == kDelete || action == kDeleteCollection) {
      schema = Reference(std::string(kMetaPackage) + "Status", dialect_);
    } else if (!text) {
      TypeName name = types_.Of(resource_);
      name.list = action == kList;
      schema = Reference(name.Full(), dialect_);
    }
    Json answer = {{"description", "OK"}};
    if (dialect_ == Dialect::kV2) {
      answer["schema"] = std::move(schema);
    } else {
      answer["content"] = Content(std::move(schema), text ? "text/plain" : "application/json");
    }
    return answer;
  }

  const GroupVersion list_;
  const Resource& resource_;
  const std::string_view owner_kind_;
  const Types& types_;
  const Dialect dialect_;
};

Json Collection(const Operations& operations) {
  Json item = Json::object();
  if (operations.Has("list")) operations.Add(item, "get", kList);
  if (operations.Has("create")) operations.Add(item, "post", kPost);
  if (operations.Has("deletecollection")) operations.Add(item, "delete", kDeleteCollection);
  return item;
}

Json One(const Operations& operations) {
  Json item = Json::object();
  if (operations.Has("get")) operations.Add(item, "get", kRead);
  if (operations.Has("update")) operations.Add(item, "put", kPut);
  if (operations.Has("patch")) operations.Add(item, "patch", kPatch);
  if (operations.Has("delete")) operations.Add(item, "delete", kDelete);
  return item;
}

Json Below(const Operations& operations, bool connection) {
  struct Method {
    const char *verb, *method;
    std::string_view action;
  };
  constexpr Method kMethods[] = {{"get", "get", kRead},
                                 {"create", "post", kPost},
                                 {"update", "put", kPut},
                                 {"patch", "patch", kPatch},
                                 {"delete", "delete", kDelete}};
  Json item = Json::object();
  for (const Method& each : kMethods) {
    if (operations.Has(each.verb)) operations.Add(item, each.method, connection ? kConnect : each.action);
  }
  return item;
}

}  // namespace

void EachPath(GroupVersion group_version, const Types& types, Dialect dialect,
              const std::function<void(const std::string& path, const Json& item)>& each) {
  const auto tell = [&](const std::string& path, Json item) {
    if (item.empty()) return;
    item["parameters"] = PathParameters(path, dialect);
    each(path, item);
  };
  std::string_view owner_kind;
  for (const Resource& resource : ServedResources(group_version, types.kinds())) {
    if (resource.subresource.empty()) owner_kind = resource.kind;
    const Operations operations(group_version, resource, owner_kind, types, dialect);
    const std::string base = BasePath(group_version), plural = "/" + std::string(resource.plural);
    const std::string collection = base + (resource.namespaced ? "/namespaces/{namespace}" : "") + plural;
    if (!resource.subresource.empty()) {
      tell(collection + "/{name}/" + std::string(resource.subresource), Below(operations, resource.schema == nullptr));
      continue;
    }
    tell(collection, Collection(operations));
    tell(collection + "/{name}", One(operations));
    if (!resource.namespaced || !operations.Has("list")) continue;
    Json everywhere = Json::object();
    operations.Add(everywhere, "get", kList, true);
    tell(base + plural, std::move(everywhere));
  }
}

}  // namespace ordinal::api::openapi
