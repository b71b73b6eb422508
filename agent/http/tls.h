// TLS of a server: at least 1.2, ALPN "h2" and "http/1.1", client certificates asked for and not demanded.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>

#include "agent/http/settings.h"

namespace ordinal::http {

/// kInvalid when a certificate or the key cannot be read, or they do not belong together.
Result<std::shared_ptr<boost::asio::ssl::context>> MakeTls(const Certificates& certificates);

/// Whether a finished handshake chose HTTP/2.
bool ChoseHttp2(SSL* connection);

/// What the client of a finished handshake showed.
struct ShownCertificate {
  bool refused = false;  ///< one that the client CA did not sign, or that is not valid now
  std::optional<ClientCertificate> certificate;
};
ShownCertificate CertificateOf(SSL* connection);

}  // namespace ordinal::http
