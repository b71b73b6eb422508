// What a request asks to do, in the words of access rules.
#pragma once

#include <string>

namespace ordinal::apiserver::auth {

/// With a `path` it is no resource ("/version"), and only `verb` ("get") counts beside it.
struct Attributes {
  std::string verb;  ///< get list watch create update patch delete deletecollection; for a path the method: get, post
  std::string group;
  std::string resource;  ///< "pods"
  std::string subresource;
  std::string ns, name;
  std::string path;

  /// "pods/log"
  std::string Qualified() const { return subresource.empty() ? resource : resource + "/" + subresource; }
};

}  // namespace ordinal::apiserver::auth
