#include "agent/app/kept_tokens.h"

#include <fmt/format.h>

#include <utility>

#include "agent/apiserver/auth/pki.h"
#include "agent/base/private_file.h"

namespace ordinal {
namespace {

FileReader TokenReader(apiserver::auth::Authenticator& authenticator) {
  FileReader reader;
  reader.read = ReadPrivateFile;
  reader.use = [&authenticator](const std::string& text) -> Result<std::string> {
    TRY(auto tokens, apiserver::auth::ParseTokens(text));
    std::string told = fmt::format("{} tokens", tokens.size());
    authenticator.UseTokens(std::move(tokens));
    return told;
  };
  reader.without = "no token of that file counts";
  return reader;
}

}  // namespace

KeptTokens::KeptTokens(const Executor& executor, Clock& clock, const std::string& directory,
                       apiserver::auth::Authenticator& authenticator)
    : file_(executor, clock, directory + "/" + apiserver::auth::kTokenFile, TokenReader(authenticator)) {}

}  // namespace ordinal
