// Header fields of a proxied request and its answer (RFC 9110 7.6.1; Go's httputil.ReverseProxy;
// k8s.io/apimachinery/pkg/util/proxy). Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/http/message.h"

namespace ordinal::apiserver::proxy {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// What the server behind gets: all but fields of this connection and what Connection names, without credentials, and
/// X-Forwarded-For (the client behind those it names), X-Forwarded-Uri. Not those that say how long the body is.
Fields RequestFields(const http::Request& request, const std::string& path);

/// X-Forwarded-For, with the client behind those that the request names; empty: nobody is known.
std::string ForwardedFor(const http::Request& request);

struct Rewriting {
  std::string prefix;     ///< path of the proxy: what lies below is the server's "/"
  std::string authority;  ///< of the server, "10.244.0.3:80"
  std::string host;       ///< as the client named it, in Host
};
/// A Location of the server's own below the proxy; another host's, and a relative one, as it is.
std::string RewriteLocation(std::string_view location, const Rewriting& how);

/// What the client gets of an answer's fields: all but those of the connection, those that the front writes itself
/// (Content-Type, Content-Length, Date), and those by which a page of another origin could read what it is not to
/// (Access-Control-Allow-*). Location is rewritten.
Fields AnswerFields(const Fields& theirs, const Rewriting& how);

}  // namespace ordinal::apiserver::proxy
