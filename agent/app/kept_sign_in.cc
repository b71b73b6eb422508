#include "agent/app/kept_sign_in.h"

#include <fmt/format.h>

#include <utility>

#include "agent/base/whole_file.h"

namespace ordinal {
namespace {

using apiserver::auth::oidc::FetchDocument;
using apiserver::auth::oidc::kLargestSettings;

FetchDocument Fetcher(BlockingPool& lookups) {
  return [&lookups](http::HttpsUrl url, http::Trust trust) {
    return http::Fetch(std::move(url), std::move(trust), lookups, http::FetchLimits());
  };
}

}  // namespace

KeptSignIn::KeptSignIn(const Executor& executor, Clock& clock, const std::string& path, std::string own_issuer)
    : sign_in_(executor, clock, Fetcher(lookups_)) {
  if (!path.empty()) file_.emplace(executor, clock, path, Reader(std::move(own_issuer)));
}

FileReader KeptSignIn::Reader(std::string own_issuer) {
  FileReader reader;
  reader.read = [](const std::string& path) { return ReadWhole(path, kLargestSettings); };
  reader.use = [this, own = std::move(own_issuer)](const std::string& text) -> Result<std::string> {
    TRY(const auto settings, apiserver::auth::oidc::ParseSettings(text, own));
    sign_in_.Use(settings);
    return fmt::format("{} issuers", settings.issuers.size());
  };
  reader.without = "the agent does not start without it";
  return reader;
}

Status KeptSignIn::Start() {
  if (!file_ || file_->Read()) return {};
  const std::string& complaint = file_->complaint();
  return MakeError(ErrorCode::kInvalid,
                   "--authentication-config: " + (complaint.empty() ? "the file is not there" : complaint));
}

Task<void> KeptSignIn::Run() {
  if (file_) co_await file_->Run();
}

}  // namespace ordinal
