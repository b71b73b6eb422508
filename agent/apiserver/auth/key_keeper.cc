#include "agent/apiserver/auth/key_keeper.h"

#include "agent/apiserver/auth/kubeconfig.h"
#include "agent/base/log.h"

namespace ordinal::apiserver::auth {
namespace {

constexpr std::chrono::minutes kLookAtNames{1};
constexpr std::chrono::hours kLookAtCertificates{24};  // they are made anew 30 days before they end

AltNames AllNames(const PkiSettings& settings) {
  AltNames names = ServerNames(settings);
  names.push_back("|");  // no name: a host's name that went from one to the other is a change
  const AltNames node = NodeApiNames(settings);
  names.insert(names.end(), node.begin(), node.end());
  return names;
}

}  // namespace

Result<Pki> KeyKeeper::Make() {
  const PkiSettings settings = parts_.wanted();
  TRY(Pki pki, EnsurePki(settings, parts_.clock, parts_.random));
  TRYV(WriteAdminKubeconfig(settings, pki, parts_.url));
  names_ = AllNames(settings);
  looked_ = parts_.clock.Now();
  return pki;
}

bool KeyKeeper::Due() const {
  const WallTime now = parts_.clock.Now();
  return !looked_ || now < *looked_ || now - *looked_ >= kLookAtCertificates || AllNames(parts_.wanted()) != names_;
}

Status KeyKeeper::Look(const std::function<Status(const Pki&)>& use) {
  if (!Due()) return {};
  TRY(const Pki pki, Make());
  const Status used = use(pki);
  if (!used.ok()) looked_.reset();
  return used;
}

Task<void> KeyKeeper::Run(std::function<Status(const Pki&)> use) {
  while (true) {
    co_await Sleep(parts_.clock, kLookAtNames);
    const Status looked = Look(use);
    if (!looked.ok()) log::Error("API certificates: {}", looked.error().message);
  }
}

}  // namespace ordinal::apiserver::auth
