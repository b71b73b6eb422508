// Routes: what the API serves beside the resources of the kind registry: discovery, OpenAPI, health, access reviews,
// logs, exec … Each is a handler that another part brings along.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "agent/http/message.h"

namespace ordinal::apiserver {

class Routes {
 public:
  /// A path ("/version"), or with a slash at its end everything below it ("/openapi/"). All methods.
  void Add(std::string path, http::Handler handler);
  /// The same, with a handler that waits for nothing.
  void AddPlain(std::string path, std::function<http::Response(const http::Request&)> answer);
  /// A subresource of a kind: ("pods", "log"). All methods. The kind's registry entry names it too.
  void AddSubresource(std::string plural, std::string subresource, http::Handler handler);

  /// The handler of the request's path; of several, the longest. Null when there is none, and
  /// where a segment is not plain (http::PlainSegments): what is served is what access was asked for.
  const http::Handler* Find(const http::Request& request) const;
  const http::Handler* FindSubresource(const std::string& plural, const std::string& subresource) const;

 private:
  std::map<std::string, http::Handler> paths_;
  std::map<std::pair<std::string, std::string>, http::Handler> subresources_;
};

}  // namespace ordinal::apiserver
