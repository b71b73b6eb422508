// Certificates of our own CA: ECDSA P-256 keys, X.509 v3, everything in PEM. OpenSSL makes the keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/random.h"

namespace ordinal::apiserver::auth {

struct KeyPair {
  std::string certificate;  ///< PEM
  std::string key;          ///< PEM, PKCS #8; never logged
};

/// What a certificate is for.
struct Subject {
  std::string common_name;
  std::vector<std::string> organizations;
};

/// Names and addresses a server is reached by: "localhost", "127.0.0.1", "::1".
using AltNames = std::vector<std::string>;

struct Validity {
  WallTime now;
  Duration length;
};

/// A CA that signs itself. It may sign certificates of hosts and clients, and no further CA.
Result<KeyPair> MakeCa(const Subject& subject, Validity validity, Random& random);
/// A certificate for a server (`names` not empty) or a client, signed by `ca`.
Result<KeyPair> Issue(const KeyPair& ca, const Subject& subject, const AltNames& names, Validity validity,
                      Random& random);

/// A certificate of what a PKCS #10 request (PEM) asks for: its key, its subject, its subjectAltNames; for `usages` in
/// the words of certificates.k8s.io ("client auth"). It is good from five minutes ago, and never longer than `ca` is.
/// kInvalid when it is no request, or has a usage that is none.
Result<std::string> SignRequest(const KeyPair& ca, const std::string& request, const std::vector<std::string>& usages,
                                Validity validity, Random& random);

struct CertificateFacts {
  WallTime not_before, not_after;
  AltNames names;  ///< sorted
  std::string common_name;
};
/// kInvalid when it is no certificate.
Result<CertificateFacts> ReadCertificate(const std::string& pem);

/// Whether `pair` is a certificate with its own key, signed by `ca`'s.
bool Belongs(const KeyPair& pair, const std::string& ca_certificate);

/// The names in one spelling of addresses, sorted, each once.
AltNames Normalized(AltNames names);

}  // namespace ordinal::apiserver::auth
