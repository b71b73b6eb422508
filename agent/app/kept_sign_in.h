// The file of --authentication-config, read again whenever it changes, and the issuers that it names. Part of the
// composition root.
#pragma once

#include <optional>
#include <string>

#include "agent/apiserver/auth/oidc/sign_in.h"
#include "agent/app/kept_file.h"
#include "agent/base/blocking_pool.h"

namespace ordinal {

class KeptSignIn {
 public:
  /// `path` empty: there is no file, no issuer, and everybody may come without a credential. `own_issuer` makes service
  /// account tokens.
  KeptSignIn(const Executor& executor, Clock& clock, const std::string& path, std::string own_issuer);

  /// Reads the file, before anybody comes. kInvalid says why it cannot be used: the agent does not start then, as who
  /// may come without a credential would be another than the file says. Blocks for a small file.
  Status Start();
  /// Runs until Stop(): as KeptFile::Run(), if there is a file.
  Task<void> Run();
  void Stop() { sign_in_.Stop(); }

  const apiserver::auth::oidc::SignIn& sign_in() const { return sign_in_; }

 private:
  FileReader Reader(std::string own_issuer);

  BlockingPool lookups_{1};  ///< of names: what takes long there holds up nobody else's
  apiserver::auth::oidc::SignIn sign_in_;
  std::optional<KeptFile> file_;
};

}  // namespace ordinal
