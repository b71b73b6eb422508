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

/// One with a new client certificate of a user and its groups. kInvalid for a name or group that no certificate can
/// hold, or that would be good for longer than the CA.
Result<std::string> UserKubeconfig(const Pki& pki, const Subject& user, Validity validity,
                                   const std::string& server_url, Random& random);

/// "30m", "24h", "365d", "1h30m": at least a minute. kInvalid for anything else.
Result<Duration> ParseValidity(std::string_view text);

/// Writes <state-dir>/admin.kubeconfig (0600), unless it says so already. Blocking.
Status WriteAdminKubeconfig(const PkiSettings& settings, const Pki& pki, const std::string& server_url);

}  // namespace ordinal::apiserver::auth
