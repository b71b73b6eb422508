// Which resource a path names (k8s.io/apiserver/pkg/endpoints/request/requestinfo.go). Pure.
//
//   /api/v1/namespaces/<ns>/pods/<name>/status      /apis/apps/v1/statefulsets
//   └ core ┘                     └ name ┘ └ sub ┘   └ group ┘   └ all namespaces
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/kind.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::rest {

/// The words of a resource's path, whoever serves it.
struct ResourcePath {
  std::string version;        ///< "v1", "apps/v1beta1"
  bool watch = false;         ///< the old spelling of watches, /api/v1/watch/pods
  bool in_namespace = false;  ///< below /namespaces/<ns>/
  std::string ns;
  std::string resource;           ///< "pods"
  std::string name, subresource;  ///< empty when the path ends before
  size_t words = 0;               ///< from the resource on
};

/// Nothing for what is below neither /api/<version>/ nor /apis/<group>/<version>/, nor where a word is no name (a "/"
/// or
/// "%" that was escaped).
std::optional<ResourcePath> ReadResourcePath(const std::vector<std::string>& segments);

struct Route {
  const api::KindInfo* kind = nullptr;
  std::shared_ptr<const void> held;  ///< keeps `kind` as it is
  std::string version;               ///< as asked for: "apps/v1beta1"; the kind's own or one of its old ones
  std::string ns;                    ///< empty: all namespaces, or a kind without
  std::string name;                  ///< empty: the collection
  std::string subresource;           ///< empty: the object itself
  bool watch = false;                ///< the old spelling of watches, /api/v1/watch/pods

  bool collection() const { return name.empty(); }
};

/// Nothing when the path is none of a served resource.
std::optional<Route> FindRoute(const std::vector<std::string>& segments);

/// Whether the path is a proxy's: what is asked and answered there is no API's, and nobody here reads it.
bool IsProxied(const std::vector<std::string>& segments);

/// The verb that access rules know: get, list, watch, create, update, patch, delete, deletecollection. Empty for a
/// method that the API does not have.
std::string_view VerbOf(const http::Request& request, const Route& route);
/// The same of a path that is told apart already: to a collection or to one object, or in the old spelling of watches.
std::string_view VerbOf(const http::Request& request, bool collection, bool watch);

/// A query parameter that is there and neither "false" nor "0" (k8s.io/apimachinery, Convert_Slice_string_To_bool).
bool Flag(const http::Request& request, std::string_view name);

}  // namespace ordinal::apiserver::rest
