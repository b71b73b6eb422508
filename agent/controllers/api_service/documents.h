// The service "kubernetes" of the namespace default, by which clients in pods know the API, and its endpoints
// (Kubernetes: pkg/controlplane/controller/kubernetesservice, pkg/controlplane/reconcilers). Services have no addresses
// of their own here: it is headless, its name in DNS leads to where the API listens, and its port is the API's. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::controllers::api_service {

inline constexpr char kName[] = "kubernetes";
inline constexpr char kNamespace[] = "default";

/// Where pods reach the API. An empty host: they do not; port 0: it is not known.
struct Address {
  std::string host;
  int port = 0;
};

/// The Service, its Endpoints and its EndpointSlice.
std::vector<api::Json> DocumentsFor(const Address& address);

/// Whether `name` in `ns` is that service, or what it leads to: nobody else writes these.
inline bool IsApiService(std::string_view ns, std::string_view name) { return ns == kNamespace && name == kName; }

/// Whether `stored` says what `wanted`, one of these documents, says of ports and addresses, and selects no pods.
bool SaysTheSame(const api::Json& stored, const api::Json& wanted);
/// Makes `stored` say so; nothing else of it changes.
void Say(const api::Json& wanted, api::Json& stored);
/// A slice of the other family of addresses, which may not change, is made anew.
bool MustGo(const api::Json& stored, const api::Json& wanted);

}  // namespace ordinal::controllers::api_service
