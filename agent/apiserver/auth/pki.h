// The agent's own keys, on disk:
//
//   <state-dir>/pki/                0700
//     ca.crt ca.key                 10 years; made once, never replaced: every kubeconfig trusts it
//     server.crt server.key         1 year; anew when its names change, or less than 30 days are left
//     admin.crt admin.key           1 year; O system:masters, CN kubernetes-admin
//     view.crt view.key             1 year; O ordinal:view, CN ordinal-view
//     node.crt node.key             1 year; O system:nodes, CN system:node:NAME
//     node-api.crt node-api.key     1 year; serves the node's own API; O system:nodes, CN system:node:NAME
//     tokens.csv                    TOKEN,USER,GROUP[,GROUP…]; made at a start without it: a token for admin, one for
//     view
//   <state-dir>/admin.kubeconfig    0600
//
// All files are 0600 and are replaced whole. Blocking; called before the agent serves, and by `ordinald kubeconfig`.
#pragma once

#include <string>
#include <vector>

#include "agent/apiserver/auth/certificates.h"
#include "agent/http/settings.h"

namespace ordinal::apiserver::auth {

struct PkiSettings {
  std::string directory;         ///< <state-dir>/pki
  std::string admin_kubeconfig;  ///< the file
  std::string node_name;
  std::vector<std::string> listen;               ///< "127.0.0.1:6443", "0.0.0.0:6443", "[::1]:6443"
  std::vector<std::string> service_addresses;    ///< the API's own service: "10.96.0.1"
  std::vector<std::string> node_addresses = {};  ///< where the node's own API is reached; none: there is no such API
  std::vector<std::string> host_addresses = {};  ///< the host's own: the API's names where it listens at all of them
  std::string host_name = {};                    ///< the host's own now, which may have changed; empty: not known
};

struct Pki {
  KeyPair ca, server, admin, view, node;
  KeyPair node_api;  ///< empty without PkiSettings::node_addresses, and where none can be had, which is logged

  /// What the HTTP front needs.
  http::Certificates ForServer() const { return {server.certificate, server.key, ca.certificate}; }
  http::Certificates ForNodeApi() const { return {node_api.certificate, node_api.key, ca.certificate}; }
};

/// Reads what is there, and makes what is missing, has run out or does not belong to the CA any more.
/// kFailedPrecondition when the CA's certificate or its key is there without the other: a new one would lock everybody
/// out. That the pair of the node's own API cannot be read or written is no error: it is logged, and lives as long as
/// the process.
Result<Pki> EnsurePki(const PkiSettings& settings, const Clock& clock, Random& random);

inline constexpr char kTokenFile[] = "tokens.csv";

/// Writes the token file, with new tokens for admin and view, unless there is one. For a start of the agent alone: a
/// file that goes away later takes nobody's token. Its text is not looked at (agent/app/kept_tokens.h reads it).
Status MakeTokenFile(const std::string& directory, Random& random);

/// Every name and address the certificate of the node's own API has to hold. What cannot stand in one is left out.
AltNames NodeApiNames(const PkiSettings& settings);

/// Reads only. kNotFound when no agent has run with this directory.
Result<Pki> LoadPki(const std::string& directory);

/// Every name and address the server certificate has to hold. What cannot stand in one is left out.
AltNames ServerNames(const PkiSettings& settings);

}  // namespace ordinal::apiserver::auth
