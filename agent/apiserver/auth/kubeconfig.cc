#include "agent/apiserver/auth/kubeconfig.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>

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

/// A word that needs no quotes in YAML.
std::string EntryOf(const std::string& user) {
  std::string entry;
  for (const char c : user) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    entry += plain ? c : '-';
  }
  return "user-" + entry;
}

// X.520: what a common name and an organization may have (ub-common-name, ub-organization-name).
constexpr size_t kMostNameBytes = 64;

}  // namespace

Result<std::string> UserKubeconfig(const Pki& pki, const Subject& user, Validity validity,
                                   const std::string& server_url, Random& random) {
  std::vector<std::string> names = user.organizations;
  names.push_back(user.common_name);
  for (const std::string& name : names) {
    if (name.empty() || name.size() > kMostNameBytes) {
      return MakeError(ErrorCode::kInvalid,
                       fmt::format("\"{}\": a user and a group have names of 1 to {} bytes", name, kMostNameBytes));
    }
  }
  TRY(const CertificateFacts ca, ReadCertificate(pki.ca.certificate));
  if (validity.now + validity.length > ca.not_after) {
    return MakeError(
        ErrorCode::kInvalid,
        fmt::format("a certificate cannot be good for longer than the CA, which is until {}: give a shorter "
                    "--duration",
                    FormatTime(ca.not_after)));
  }
  TRY(const KeyPair pair, Issue(pki.ca, user, {}, validity, random));
  return fmt::format(kText, server_url, api::EncodeBase64(pki.ca.certificate), EntryOf(user.common_name),
                     api::EncodeBase64(pair.certificate), api::EncodeBase64(pair.key));
}

Result<Duration> ParseValidity(std::string_view text) {
  constexpr int64_t kMostSeconds = int64_t{100} * 365 * 86400;
  Duration total{};
  const std::string_view whole = text;
  const auto bad = [&whole] {
    return MakeError(
        ErrorCode::kInvalid,
        fmt::format("--duration: \"{}\" is no duration of at least a minute: write 30m, 24h or 365d", whole));
  };
  while (!text.empty()) {
    int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (error != std::errc() || count < 0 || text.empty()) return bad();
    const char unit = text.front();
    text.remove_prefix(1);
    const int64_t seconds = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : unit == 'd' ? 86400 : 0;
    if (seconds == 0 || count > kMostSeconds / seconds) return bad();
    total += std::chrono::seconds(count * seconds);
    if (total > std::chrono::seconds(kMostSeconds)) return bad();
  }
  if (total < std::chrono::minutes(1)) return bad();
  return total;
}

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
