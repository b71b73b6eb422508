// What the HTTP front is told: where it listens, its certificate, its limits, and who decides who a caller is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/apiserver/http/message.h"
#include "agent/base/clock.h"

namespace ordinal::apiserver {

/// The defaults: sizes in bytes. The reference has the same limit on bodies (3 MiB); Go's server takes headers of 1
/// MiB.
struct Limits {
  size_t header_bytes = 64 * 1024;             ///< more: 431
  uint64_t body_bytes = 3 * 1024 * 1024;       ///< more: 413
  size_t connections = 1000;                   ///< more: 429 after the handshake, and the connection ends
  size_t streams = 500;                        ///< watches, followed logs and proxied connections; more: 429
  Duration header = std::chrono::seconds(10);  ///< handshake, and from a request's first byte to its header's end: 408
  Duration body = std::chrono::seconds(60);    ///< from there to the body's end: 408
  Duration idle = std::chrono::minutes(3);     ///< between two requests of a connection; then it is closed
  Duration write = std::chrono::seconds(60);   ///< in which a client takes no byte of an answer; then it is closed
};

/// Certificates and keys in PEM.
struct Certificates {
  std::string chain;      ///< the server's certificate, and those between it and its CA
  std::string key;        ///< its private key
  std::string client_ca;  ///< signs client certificates
};

struct ServerSettings {
  std::vector<std::string> listen = {"127.0.0.1:6443"};  ///< "ADDRESS:PORT", "[ADDRESS]:PORT"; port 0: any free one
  Certificates certificates;
  Limits limits;
};

/// A certificate that a client showed, signed by the client CA and valid at the handshake.
struct ClientCertificate {
  std::string common_name;                 ///< the user
  std::vector<std::string> organizations;  ///< its groups
  WallTime not_after;                      ///< a connection may outlive the certificate
};

/// Who a caller is, from the certificate of its connection (null: none) and the token of this request (empty: none).
/// Without either: anonymous. Nothing: a credential was shown that nobody accepts (401). Called on the HTTP thread.
using Authenticate = std::function<std::optional<User>(const ClientCertificate*, std::string_view bearer)>;

}  // namespace ordinal::apiserver
