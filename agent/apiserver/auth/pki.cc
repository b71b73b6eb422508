#include "agent/apiserver/auth/pki.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>

#include "agent/apiserver/auth/users.h"
#include "agent/base/log.h"
#include "agent/base/private_file.h"

namespace ordinal::apiserver::auth {
namespace {

constexpr std::chrono::hours kYear{24 * 365};
constexpr std::chrono::hours kCaLife{10 * kYear};
constexpr std::chrono::hours kRenewBefore{24 * 30};

Result<std::optional<KeyPair>> ReadPair(const std::string& stem) {
  TRY(auto certificate, ReadPrivateFile(stem + ".crt"));
  TRY(auto key, ReadPrivateFile(stem + ".key"));
  if (!certificate || !key) return std::optional<KeyPair>();
  return std::optional<KeyPair>(KeyPair{std::move(*certificate), std::move(*key)});
}

/// The key first: a certificate is never there without it, but after a damage from outside.
Status WritePair(const std::string& stem, const KeyPair& pair) {
  TRYV(WritePrivateFile(stem + ".key", pair.key));
  return WritePrivateFile(stem + ".crt", pair.certificate);
}

Result<KeyPair> EnsureCa(const std::string& directory, const Clock& clock, Random& random) {
  const std::string stem = directory + "/ca";
  TRY(auto certificate, ReadPrivateFile(stem + ".crt"));
  TRY(auto key, ReadPrivateFile(stem + ".key"));
  if (certificate && key && Belongs({*certificate, *key}, *certificate)) {
    return KeyPair{std::move(*certificate), std::move(*key)};
  }
  // Only a first start that was cut off between the two leaves a key alone; nobody trusts it yet.
  if (certificate) {
    return MakeError(ErrorCode::kFailedPrecondition,
                     fmt::format("{0}.crt and {0}.key do not belong together: put the right key back, or remove the "
                                 "directory to start with a new CA that no kubeconfig knows yet",
                                 stem));
  }
  const Subject subject{"ordinal-ca", {}};
  TRY(auto made, MakeCa(subject, {clock.Now(), kCaLife}, random));
  TRYV(WritePair(stem, made));
  log::Info("made a CA for the API in {}", directory);
  return made;
}

/// Whether a pair can go on being used.
bool Usable(const KeyPair& pair, const KeyPair& ca, const Subject& subject, const AltNames& names, WallTime now) {
  const auto facts = ReadCertificate(pair.certificate);
  return facts.ok() && Belongs(pair, ca.certificate) && facts->common_name == subject.common_name &&
         facts->not_before <= now && facts->not_after - kRenewBefore > now && facts->names == names;
}

struct Wanted {
  const char* file;
  Subject subject;
  AltNames names;
};

Result<KeyPair> EnsurePair(const std::string& directory, const KeyPair& ca, const Wanted& wanted, const Clock& clock,
                           Random& random) {
  const std::string stem = directory + "/" + wanted.file;
  TRY(auto held, ReadPair(stem));
  if (held && Usable(*held, ca, wanted.subject, wanted.names, clock.Now())) return std::move(*held);
  TRY(auto made, Issue(ca, wanted.subject, wanted.names, {clock.Now(), kYear}, random));
  TRYV(WritePair(stem, made));
  log::Info("issued {}.crt for {}", stem, wanted.subject.common_name);
  return made;
}

/// The node's own API is no reason not to start: where a pair cannot be read or kept, as on a full disk, one that only
/// this process has does as well. Empty where there is none at all.
KeyPair PairForNodeApi(const std::string& directory, const KeyPair& ca, const Wanted& wanted, const Clock& clock,
                       Random& random) {
  Result<KeyPair> held = EnsurePair(directory, ca, wanted, clock, random);
  if (held.ok()) return std::move(*held);
  log::Error("certificate of the node's own API: {}", held.error().message);
  Result<KeyPair> made = Issue(ca, wanted.subject, wanted.names, {clock.Now(), kYear}, random);
  if (made.ok()) return std::move(*made);
  log::Error("certificate of the node's own API: {}", made.error().message);
  return {};
}

std::string NewToken(Random& random) {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", random.Next(), random.Next(), random.Next(), random.Next());
}

const Subject kAdmin{std::string(kAdminName), {std::string(kAdminGroup)}};
const Subject kView{"ordinal-view", {std::string(kViewGroup)}};

/// A name that may stand in a certificate; a host may be called otherwise.
bool IsHostName(const std::string& name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  return !name.empty() && name.size() <= 253 && name.find_first_not_of(kLetters) == std::string::npos;
}

void AddHost(const PkiSettings& settings, AltNames& names) {
  if (!settings.node_name.empty()) names.push_back(settings.node_name);
  if (IsHostName(settings.host_name)) names.push_back(settings.host_name);
}

/// What is an address, and no wildcard.
void AddAddresses(const std::vector<std::string>& hosts, AltNames& names) {
  for (const std::string& host : hosts) {
    boost::system::error_code code;
    const auto address = asio::ip::make_address(host, code);
    if (!code && !address.is_unspecified()) names.push_back(host);
  }
}

}  // namespace

AltNames ServerNames(const PkiSettings& settings) {
  AltNames names = {
      "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
      "127.0.0.1", "::1"};
  AddHost(settings, names);
  names.insert(names.end(), settings.service_addresses.begin(), settings.service_addresses.end());
  bool everywhere = false;
  for (const std::string& listen : settings.listen) {
    std::string host = listen.substr(0, listen.rfind(':'));
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    boost::system::error_code code;
    const auto address = asio::ip::make_address(host, code);
    everywhere = everywhere || (!code && address.is_unspecified());
    AddAddresses({host}, names);
  }
  if (everywhere) AddAddresses(settings.host_addresses, names);
  return Normalized(std::move(names));
}

AltNames NodeApiNames(const PkiSettings& settings) {
  AltNames names = {"localhost", "127.0.0.1", "::1"};
  AddHost(settings, names);
  AddAddresses(settings.node_addresses, names);
  return Normalized(std::move(names));
}

Result<Pki> EnsurePki(const PkiSettings& settings, const Clock& clock, Random& random) {
  const std::string& directory = settings.directory;
  TRYV(MakePrivateDirectory(directory));
  Pki pki;
  TRY(pki.ca, EnsureCa(directory, clock, random));
  const Wanted server{"server", {"kube-apiserver", {}}, ServerNames(settings)};
  TRY(pki.server, EnsurePair(directory, pki.ca, server, clock, random));
  TRY(pki.admin, EnsurePair(directory, pki.ca, {"admin", kAdmin, {}}, clock, random));
  TRY(pki.view, EnsurePair(directory, pki.ca, {"view", kView, {}}, clock, random));
  const Subject node{std::string(kNodePrefix) + settings.node_name, {std::string(kNodeGroup)}};
  TRY(pki.node, EnsurePair(directory, pki.ca, {"node", node, {}}, clock, random));
  if (!settings.node_addresses.empty()) {
    const Wanted node_api{"node-api", node, NodeApiNames(settings)};
    pki.node_api = PairForNodeApi(directory, pki.ca, node_api, clock, random);
  }
  return pki;
}

Status MakeTokenFile(const std::string& directory, Random& random) {
  const std::string path = directory + "/" + kTokenFile;
  TRY(const auto held, ReadPrivateFile(path));
  if (held) return {};
  return WritePrivateFile(
      path,
      fmt::format(
          "# TOKEN,USER,GROUP[,GROUP...]; read again when it changes\n{},kubernetes-admin,{}\n{},ordinal-view,{}\n",
          NewToken(random), kAdminGroup, NewToken(random), kViewGroup));
}

Result<Pki> LoadPki(const std::string& directory) {
  Pki pki;
  const auto load = [&directory](const char* file, KeyPair& into) -> Status {
    TRY(auto held, ReadPair(directory + "/" + file));
    if (!held) {
      return MakeError(ErrorCode::kNotFound, fmt::format("{}/{}.crt and .key are not there: start the agent with this "
                                                         "state directory once",
                                                         directory, file));
    }
    into = std::move(*held);
    return {};
  };
  TRYV(load("ca", pki.ca));
  TRYV(load("server", pki.server));
  TRYV(load("admin", pki.admin));
  TRYV(load("view", pki.view));
  TRYV(load("node", pki.node));
  return pki;
}

}  // namespace ordinal::apiserver::auth
