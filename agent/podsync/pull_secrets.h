// Credentials for pulling a pod's images, from the secrets that its spec.imagePullSecrets name: what they have under
// .dockerconfigjson, else under .dockercfg, the forms in which `docker login` writes them. The key counts; the type of
// the secret is not looked at. Pure.
//
// Nothing of what is in a secret is ever part of an error.
#pragma once

#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/podsync/keyring.h"
#include "agent/references/config.h"

namespace ordinal::podsync {

/// The names in `imagePullSecrets` of a pod's spec, or of a ServiceAccount, in their order.
std::vector<std::string> PullSecretNames(const api::Json& with_secrets);

/// Adds what `secret` holds. kInvalid, with nothing added, when it holds no such configuration, or one that is none;
/// the error says what is wrong: "its .dockerconfigjson is not JSON".
Status AddPullSecret(const references::Config& secret, Keyring& keyring);

class PullSecrets {
 public:
  /// The next secret of this name; none, when there is none.
  void Add(const std::string& name, const references::ConfigRef& secret);

  const Keyring& keyring() const { return keyring_; }
  /// What is missing or no good, as the event FailedToRetrieveImagePullSecret says it; empty: nothing. Images are
  /// pulled without it, which may do.
  std::string Trouble() const;

 private:
  Keyring keyring_;
  std::vector<std::string> missing_, bad_;
};

}  // namespace ordinal::podsync
