#include "agent/apiserver/auth/kubeconfig.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>

#include "agent/api/base64.h"
#include "agent/base/private_file.h"

namespace ordinal::apiserver::auth {
namespace {

constexpr char kText[] = R"(apiVersion: v1
kind: Config
clusters:
- name: ordinal
  cluster:
    server: {0}
    certificate-authority-data: {1}
users:
- name: {2}
  user:
    client-certificate-data: {3}
    client-key-data: {4}
contexts:
- name: {2}@ordinal
  context:
    cluster: ordinal
    user: {2}
current-context: {2}@ordinal
)";

}  // namespace

std::string ServerUrl(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  const std::string host = listen.substr(0, colon);
  const std::string port = colon == std::string::npos ? ":6443" : listen.substr(colon);
  if (host == "0.0.0.0") return "https://127.0.0.1" + port;
  if (host == "[::]") return "https://[::1]" + port;
  return "https://" + host + port;
}

Result<std::string> Kubeconfig(const Pki& pki, std::string_view role, const std::string& server_url) {
  const KeyPair* pair = role == "admin"  ? &pki.admin
                        : role == "view" ? &pki.view
                        : role == "node" ? &pki.node
                                         : nullptr;
  if (pair == nullptr) {
    return MakeError(ErrorCode::kInvalid, fmt::format("there is no role \"{}\": admin, view and node are", role));
  }
  return fmt::format(kText, server_url, api::EncodeBase64(pki.ca.certificate), role,
                     api::EncodeBase64(pair->certificate), api::EncodeBase64(pair->key));
}

Status WriteAdminKubeconfig(const PkiSettings& settings, const Pki& pki, const std::string& server_url) {
  TRY(const auto text, Kubeconfig(pki, "admin", server_url));
  TRY(const auto held, ReadPrivateFile(settings.admin_kubeconfig));
  if (held == text) return {};
  return WritePrivateFile(settings.admin_kubeconfig, text);
}

}  // namespace ordinal::apiserver::auth
