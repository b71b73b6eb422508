#include "agent/api/kinds/certificate_signing_request/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "agent/base/openssl.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostRequestBytes = 64 * 1024;
constexpr char kNodesOrganization[] = "system:nodes", kNodeUser[] = "system:node:";

void FreeExtensions(STACK_OF(X509_EXTENSION) * extensions) {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

void CountNames(X509_REQ* request, CertificateAsked& asked) {
  const std::unique_ptr<STACK_OF(X509_EXTENSION), Freed<FreeExtensions>> extensions(X509_REQ_get_extensions(request));
  if (!extensions) return;
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    switch (sk_GENERAL_NAME_value(names.get(), i)->type) {
      case GEN_DNS: ++asked.dns_names; break;
      case GEN_IPADD: ++asked.addresses; break;
      case GEN_EMAIL: ++asked.emails; break;
      case GEN_URI: ++asked.uris; break;
      default: break;
    }
  }
}

using Usages = std::set<std::string>;

std::string ClientComplaint(const Usages& usages) {
  for (const std::string& usage : usages) {
    if (usage != "digital signature" && usage != "key encipherment" && usage != "client auth") {
      return "invalid usage for client certificate: " + usage;
    }
  }
  return usages.contains("client auth") ? "" : "missing required usage for client certificate: client auth";
}

/// Exactly these, with or without "key encipherment".
bool AreNodeUsages(Usages usages, const char* purpose) {
  usages.erase("key encipherment");
  return usages == Usages{"digital signature", purpose};
}

std::string NodeComplaint(const CertificateAsked& asked, const Usages& usages, bool serving) {
  if (asked.organizations != std::vector<std::string>{kNodesOrganization}) {
    return "subject organization is not system:nodes";
  }
  if (!asked.common_name.starts_with(kNodeUser)) return "subject common name does not begin with system:node:";
  if (serving && asked.dns_names + asked.addresses == 0) return "DNS or IP subjectAltName is required";
  if (!serving && asked.dns_names > 0) return "DNS subjectAltNames are not allowed";
  if (asked.emails > 0) return "Email subjectAltNames are not allowed";
  if (!serving && asked.addresses > 0) return "IP subjectAltNames are not allowed";
  if (asked.uris > 0) return "URI subjectAltNames are not allowed";
  const char* purpose = serving ? "server auth" : "client auth";
  if (AreNodeUsages(usages, purpose)) return {};
  const std::set<std::string> wanted = {"digital signature", "key encipherment", purpose};
  return fmt::format("usages did not match [{}]", fmt::join(wanted, " "));
}

}  // namespace

Result<CertificateAsked> ReadCertificateAsked(const std::string& pem) {
  const auto invalid = [](const char* why) {
    ERR_clear_error();
    return MakeError(ErrorCode::kInvalid, why);
  };
  if (pem.size() > kMostRequestBytes) return invalid("is larger than 65536 bytes");
  const CertificateRequest request = ReadX509Request(pem);
  if (!request) return invalid("PEM block type must be CERTIFICATE REQUEST");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || X509_REQ_verify(request.get(), key) != 1) {
    return invalid("the request is not signed by the key that it names");
  }
  CertificateAsked asked;
  const X509_NAME* subject = X509_REQ_get_subject_name(request.get());
  if (ValuesIn(subject, NID_commonName).size() > 1)
    return invalid("its subject has more than one common name: ask for one");
  asked.common_name = CommonNameOf(subject);
  asked.organizations = ValuesIn(subject, NID_organizationName);
  CountNames(request.get(), asked);
  ERR_clear_error();
  return asked;
}

bool IsOwnSigner(const std::string& signer) {
  return signer == kClientSigner || signer == kNodeClientSigner || signer == kNodeServingSigner;
}

std::string SignerComplaint(const std::string& signer, const CertificateAsked& asked,
                            const std::vector<std::string>& usages) {
  const Usages set(usages.begin(), usages.end());
  if (signer == kClientSigner) return ClientComplaint(set);
  return IsOwnSigner(signer) ? NodeComplaint(asked, set, signer == kNodeServingSigner) : "";
}

}  // namespace ordinal::api
