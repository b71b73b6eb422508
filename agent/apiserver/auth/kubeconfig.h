// Kubeconfigs: what kubectl needs to reach this agent, with everything embedded.
#pragma once

#include <string>
#include <string_view>

#include "agent/apiserver/auth/pki.h"

namespace ordinal::apiserver::auth {

/// "https://127.0.0.1:6443" for an address to listen on; 0.0.0.0 and [::] become the loopback address.
std::string ServerUrl(const std::string& listen);

/// The text (YAML) for "admin", "view" or "node"; kInvalid for another role.
Result<std::string> Kubeconfig(const Pki& pki, std::string_view role, const std::string& server_url);

/// Writes <state-dir>/admin.kubeconfig (0600), unless it says so already. Blocking.
Status WriteAdminKubeconfig(const PkiSettings& settings, const Pki& pki, const std::string& server_url);

}  // namespace ordinal::apiserver::auth
