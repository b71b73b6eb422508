// What a PKCS #10 request asks for (RFC 2986), and the rules of the three signers that every cluster has
// (k8s.io/kubernetes pkg/apis/certificates/helpers.go, pkg/controller/certificates/signer). Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::api {

inline constexpr char kClientSigner[] = "kubernetes.io/kube-apiserver-client";
inline constexpr char kNodeClientSigner[] = "kubernetes.io/kube-apiserver-client-kubelet";
inline constexpr char kNodeServingSigner[] = "kubernetes.io/kubelet-serving";

struct CertificateAsked {
  std::string common_name;
  std::vector<std::string> organizations;
  size_t dns_names = 0, addresses = 0, emails = 0, uris = 0;  ///< how many it has as subjectAltName
};

/// `pem`: a block CERTIFICATE REQUEST of at most 64 KiB. kInvalid when it is none, is encrypted, is not
/// signed by its own key, or has several common names, of which readers take one or the other.
Result<CertificateAsked> ReadCertificateAsked(const std::string& pem);

/// Why the signer does not sign that; empty when it does. Of another signer than the three nothing is known: empty.
std::string SignerComplaint(const std::string& signer, const CertificateAsked& asked,
                            const std::vector<std::string>& usages);
/// One of the three.
bool IsOwnSigner(const std::string& signer);

}  // namespace ordinal::api
