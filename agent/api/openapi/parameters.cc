#include "agent/api/openapi/parameters.h"

#include <span>

namespace ordinal::api::openapi {
namespace {

struct Parameter {
  std::string_view name, type, description;
};

constexpr Parameter kDryRun = {"dryRun", "string", "All: say what would be done, and do nothing"};
constexpr Parameter kFieldManager = {"fieldManager", "string", "who is changing the object"};
constexpr Parameter kFieldValidation = {"fieldValidation", "string", "unknown fields: Ignore, Warn or Strict"};
constexpr Parameter kForce = {"force", "boolean", "take fields over from other managers when applying"};
constexpr Parameter kGrace = {"gracePeriodSeconds", "integer", "seconds until the object is gone"};
constexpr Parameter kOrphan = {"orphanDependents", "boolean", "the old form of propagationPolicy"};
constexpr Parameter kPropagation = {"propagationPolicy", "string", "Orphan, Background or Foreground"};
constexpr Parameter kContinue = {"continue", "string", "where the next part of a list begins"};
constexpr Parameter kFieldSelector = {"fieldSelector", "string", "only objects whose fields have these values"};
constexpr Parameter kLabelSelector = {"labelSelector", "string", "only objects whose labels match"};
constexpr Parameter kLimit = {"limit", "integer", "at most so many objects"};
constexpr Parameter kVersion = {"resourceVersion", "string", "not older than, or from here on"};
constexpr Parameter kVersionMatch = {"resourceVersionMatch", "string", "NotOlderThan or Exact"};
constexpr Parameter kInitialEvents = {"sendInitialEvents", "boolean", "begin a watch with what there is"};
constexpr Parameter kTimeout = {"timeoutSeconds", "integer", "end after so many seconds"};
constexpr Parameter kBookmarks = {"allowWatchBookmarks", "boolean", "tell the version from time to time"};
constexpr Parameter kWatch = {"watch", "boolean", "tell changes as they happen"};
constexpr Parameter kContainer = {"container", "string", "the container; may be left out when there is one"};

constexpr Parameter kListParameters[] = {kBookmarks, kContinue,     kFieldSelector, kLabelSelector, kLimit,
                                         kVersion,   kVersionMatch, kInitialEvents, kTimeout,       kWatch};
constexpr Parameter kDeleteCollectionParameters[] = {kContinue,      kDryRun,       kFieldSelector, kGrace,
                                                     kLabelSelector, kLimit,        kOrphan,        kPropagation,
                                                     kVersion,       kVersionMatch, kInitialEvents, kTimeout};
constexpr Parameter kWriteParameters[] = {kDryRun, kFieldManager, kFieldValidation};
constexpr Parameter kPatchParameters[] = {kDryRun, kFieldManager, kFieldValidation, kForce};
constexpr Parameter kDeleteParameters[] = {kDryRun, kGrace, kOrphan, kPropagation};
constexpr Parameter kLogParameters[] = {
    kContainer,
    {"follow", "boolean", "go on as lines are written"},
    {"limitBytes", "integer", "at most so many bytes"},
    {"previous", "boolean", "of the run before this one"},
    {"sinceSeconds", "integer", "only lines of the last seconds"},
    {"sinceTime", "string", "only lines written since"},
    {"stream", "string", "All, Stdout or Stderr"},
    {"tailLines", "integer", "only the last lines"},
    {"timestamps", "boolean", "begin every line with its time"},
};
constexpr Parameter kAttachParameters[] = {
    kContainer,
    {"stderr", "boolean", "pass on the standard error"},
    {"stdin", "boolean", "pass on the standard input"},
    {"stdout", "boolean", "pass on the standard output"},
    {"tty", "boolean", "with a terminal"},
};
constexpr Parameter kExecParameters[] = {
    {"command", "string", "the command and, given again, its arguments"},
    kContainer,
    {"stderr", "boolean", "pass on the standard error"},
    {"stdin", "boolean", "pass on the standard input"},
    {"stdout", "boolean", "pass on the standard output"},
    {"tty", "boolean", "with a terminal"},
};
constexpr Parameter kPortForwardParameters[] = {{"ports", "integer", "the ports"}};
constexpr Parameter kProxyParameters[] = {{"path", "string", "the path asked of the pod, service or node"}};

std::span<const Parameter> OfConnection(std::string_view subresource) {
  if (subresource == "attach") return kAttachParameters;
  if (subresource == "exec") return kExecParameters;
  if (subresource == "portforward") return kPortForwardParameters;
  return kProxyParameters;
}

std::span<const Parameter> Of(std::string_view action, std::string_view subresource) {
  if (action == kConnect) return OfConnection(subresource);
  if (action == kRead && subresource == "log") return kLogParameters;
  if (action == kList) return kListParameters;
  if (action == kPost || action == kPut) return kWriteParameters;
  if (action == kPatch) return kPatchParameters;
  if (action == kDelete) return kDeleteParameters;
  if (action == kDeleteCollection) return kDeleteCollectionParameters;
  return {};
}

Json Write(const Parameter& parameter, std::string_view in, Dialect dialect) {
  Json json = {{"name", parameter.name}, {"in", in}, {"description", parameter.description}};
  if (in == "path") json["required"] = true;
  if (dialect == Dialect::kV2) {
    json["type"] = parameter.type;
    json["uniqueItems"] = true;
  } else {
    json["schema"] = {{"type", parameter.type}, {"uniqueItems", true}};
  }
  return json;
}

}  // namespace

Json QueryParameters(std::string_view action, std::string_view subresource, Dialect dialect) {
  Json parameters = Json::array();
  for (const Parameter& each : Of(action, subresource)) parameters.push_back(Write(each, "query", dialect));
  return parameters;
}

Json PathParameters(std::string_view path, Dialect dialect) {
  constexpr Parameter kInPath[] = {{"name", "string", "the name of the object"},
                                   {"namespace", "string", "the namespace of the object"}};
  Json parameters = Json::array();
  for (const Parameter& each : kInPath) {
    const std::string braced = "{" + std::string(each.name) + "}";
    if (path.find(braced) != std::string_view::npos) parameters.push_back(Write(each, "path", dialect));
  }
  parameters.push_back(Write({"pretty", "string", "answer with line breaks"}, "query", dialect));
  return parameters;
}

Json BodyParameter(Json schema, bool required) {
  Json json = {{"name", "body"}, {"in", "body"}, {"schema", std::move(schema)}};
  if (required) json["required"] = true;
  return json;
}

}  // namespace ordinal::api::openapi
