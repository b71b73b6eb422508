// Where a proxied request goes: pods/<name>, services/<name>, nodes/<name> with a scheme and a port in the name
// (k8s.io/apimachinery/pkg/util/net/port_split.go; pkg/registry/core/{pod,service,node}). Pure.
//
//   /api/v1/namespaces/default/pods/https:kubia-0:8443/proxy/a/b?c=d
//   └ prefix ────────────────────────────────────────────┘└ rest ──┘
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "agent/api/object.h"
#include "agent/base/result.h"

namespace ordinal::apiserver::proxy {

/// "https:kubia-0:8443", "kubia-0:8443", "kubia-0".
struct Named {
  std::string scheme, name, port;
};
/// kInvalid, `invalid pod request "a:b:c:d"`, for what is none.
Result<Named> ReadName(std::string_view kind, const std::string& text);

struct Location {
  std::string scheme = "http";
  std::string host;  ///< an address
  std::string port;  ///< in digits; empty: the scheme's own

  /// "10.244.0.3:80", "[fd00::3]:80".
  std::string Authority() const;
  /// "http://10.244.0.3:80"
  std::string Url() const { return scheme + "://" + Authority(); }
};

/// The pod's first address, and the port, else the first that a container declares; a name is a declared port's.
/// kInvalid "address not allowed" for a pod without an address, and for one of the loopback or a single link.
Result<Location> OfPod(const Named& asked, const api::Object& pod);
/// One of the service's ready endpoints, of its Endpoints. kUnavailable where the service has no such port, or the port
/// no endpoint. `choose(n)` is below n.
Result<Location> OfService(const Named& asked, const api::Object& service, const api::Object& endpoints,
                           const std::function<size_t(size_t)>& choose);
/// A port of the node that is not that of its own API.
Result<Location> OfNode(const Named& asked, const api::Object& node);

/// The path of a request, as it came, cut behind "proxy", its word number `words`: {"api", "v1", "nodes", "n", "proxy"}
/// is five.
struct Cut {
  std::string prefix, rest;  ///< rest: "/a/b?c=d", "?c=d" or empty
};
Cut CutTarget(std::string_view target, size_t words);

}  // namespace ordinal::apiserver::proxy
