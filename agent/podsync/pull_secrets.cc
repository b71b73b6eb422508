#include "agent/podsync/pull_secrets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "agent/api/base64.h"
#include "agent/api/read.h"
#include "agent/api/text/json.h"
#include "agent/base/utf8.h"

namespace ordinal::podsync {
namespace {

using api::Json;

constexpr const char* kConfigJson = ".dockerconfigjson";
constexpr const char* kConfig = ".dockercfg";  // as before Docker 1.7: what is in "auths" now
constexpr size_t kLongestWord = 64 * 1024;     // tokens of clouds have some thousand characters

Error Wrong(std::string what) { return MakeError(ErrorCode::kInvalid, std::move(what)); }

/// A member that is text, or absent.
Result<std::string> Word(const Json& entry, const char* member) {
  const auto found = entry.find(member);
  if (found == entry.end() || found->is_null()) return std::string();
  if (!found->is_string()) return Wrong(fmt::format("a \"{}\" in it is no text", member));
  const auto& word = found->get_ref<const std::string&>();
  if (word.size() > kLongestWord) return Wrong(fmt::format("a \"{}\" in it is too long", member));
  return word;
}

/// base64 of "name:password", with or without padding.
Status ReadAuth(std::string text, cri::ImageAuth& auth) {
  const size_t last = text.find_last_not_of(" \t\r\n");
  text.resize(last == std::string::npos ? 0 : last + 1);
  while (text.size() % 4 != 0) text += '=';
  const Result<std::string> decoded = api::DecodeBase64(text);
  const size_t colon = decoded.ok() ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return Wrong("an \"auth\" in it is not base64 of name:password");
  auth.username = decoded->substr(0, colon);
  auth.password = decoded->substr(colon + 1);
  return {};
}

Result<cri::ImageAuth> ReadEntry(const Json& entry) {
  if (!entry.is_object()) return Wrong("what it has for a registry is no object");
  cri::ImageAuth auth;
  TRY(auth.username, Word(entry, "username"));
  TRY(auth.password, Word(entry, "password"));
  TRY(auth.identity_token, Word(entry, "identitytoken"));
  TRY(auth.registry_token, Word(entry, "registrytoken"));
  TRY(std::string both, Word(entry, "auth"));
  if (!both.empty()) TRYV(ReadAuth(std::move(both), auth));
  for (const std::string* word : {&auth.username, &auth.password}) {
    if (ValidText(*word, kLongestWord) != *word) return Wrong("a name or password in it is no text in UTF-8");
  }
  // As docker does: a name beside a token is a placeholder.
  if (!auth.identity_token.empty()) auth.username = auth.password = std::string();
  return auth;
}

Status AddRegistries(const Json& registries, Keyring& keyring) {
  if (!registries.is_object()) return Wrong("what it has for registries is no object");
  std::vector<std::pair<std::string, cri::ImageAuth>> read;
  for (const auto& [registry, entry] : registries.items()) {
    TRY(cri::ImageAuth auth, ReadEntry(entry));
    if (auth != cri::ImageAuth()) read.emplace_back(registry, std::move(auth));
  }
  for (auto& [registry, auth] : read) keyring.Add(registry, std::move(auth));
  return {};
}

}  // namespace

std::vector<std::string> PullSecretNames(const Json& with_secrets) {
  std::vector<std::string> names;
  for (const Json& reference : api::Items(with_secrets, "imagePullSecrets")) {
    std::string name = api::ReadString(reference, "name");
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

Status AddPullSecret(const references::Config& secret, Keyring& keyring) {
  const bool old = !secret.values.contains(kConfigJson);
  const char* key = old ? kConfig : kConfigJson;
  const auto text = secret.values.find(key);
  if (text == secret.values.end()) {
    return Wrong(fmt::format("it has neither {} nor {}: make it with kubectl create secret docker-registry",
                             kConfigJson, kConfig));
  }
  const Result<Json> config = api::ParseJson(text->second);  // its error may quote what is there
  if (!config.ok() || !config->is_object()) return Wrong(fmt::format("its {} is not a JSON object", key));
  if (!old && !config->contains("auths")) return {};
  const Status added = AddRegistries(old ? *config : config->at("auths"), keyring);
  return added.ok() ? added : Wrong(fmt::format("its {}: {}", key, added.error().message));
}

void PullSecrets::Add(const std::string& name, const references::ConfigRef& secret) {
  if (!secret) {
    missing_.push_back(name);
    return;
  }
  const Status added = AddPullSecret(*secret, keyring_);
  if (!added.ok()) bad_.push_back(fmt::format("\"{}\": {}", name, added.error().message));
}

std::string PullSecrets::Trouble() const {
  std::string trouble;
  if (!missing_.empty()) {
    trouble = fmt::format("Unable to retrieve some image pull secrets ({}); ", fmt::join(missing_, ", "));
  }
  if (!bad_.empty()) trouble += fmt::format("unable to use image pull secret {}; ", fmt::join(bad_, "; "));
  return trouble.empty() ? trouble : trouble + "attempting to pull the image may not succeed.";
}

}  // namespace ordinal::podsync
