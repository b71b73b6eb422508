#include "agent/tokens/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "agent/base/log.h"
#include "agent/base/private_file.h"
#include "agent/tokens/claims.h"

namespace ordinal::tokens {
namespace {

constexpr std::string_view kSuffix = ".key";

/// "1764493200.key": when it was made; nothing for files of other names.
std::optional<WallTime> MadeAt(const std::string& name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  int64_t count = 0;
  const char* end = name.data() + name.size() - kSuffix.size();
  const auto [stopped, code] = std::from_chars(name.data(), end, count);
  if (code != std::errc() || stopped != end || count < 0 || count > int64_t{1} << 33) return std::nullopt;
  return WallTime(std::chrono::seconds(count));
}

Result<SigningKey> ReadKeyFile(const std::string& path, WallTime made) {
  TRY(auto text, ReadPrivateFile(path));
  auto key = ReadSigningKey(text.value_or(""), made);
  if (!key.ok()) {
    return key.error().With(path +
                            ": put the right key back, or remove the file to have the tokens that it signed "
                            "refused");
  }
  return key;
}

Result<std::vector<SigningKey>> ReadKeys(const std::string& directory) {
  std::vector<SigningKey> keys;
  std::error_code failed;
  for (auto file = std::filesystem::directory_iterator(directory, failed);
       !failed && file != std::filesystem::directory_iterator(); file.increment(failed)) {
    const std::optional<WallTime> made = MadeAt(file->path().filename().string());
    if (!made) continue;
    TRY(SigningKey key, ReadKeyFile(file->path().string(), *made));
    keys.push_back(std::move(key));
  }
  if (failed) return ErrnoError("read the directory " + directory, failed.value());
  std::sort(keys.begin(), keys.end(), [](const SigningKey& a, const SigningKey& b) { return a.made > b.made; });
  return keys;
}

std::string PathOf(const std::string& directory, WallTime made) {
  return fmt::format("{}/{}{}", directory, SecondsOf(made), kSuffix);
}

}  // namespace

Result<std::vector<SigningKey>> EnsureKeys(const std::string& directory, WallTime now) {
  TRYV(MakePrivateDirectory(directory));
  TRY(std::vector<SigningKey> keys, ReadKeys(directory));
  if (keys.empty() || keys.front().made + kKeySigns <= now) {
    TRY(const std::string pem, MakePrivateKey());
    const WallTime made = std::chrono::floor<std::chrono::seconds>(now);
    TRYV(WritePrivateFile(PathOf(directory, made), pem));
    TRY(SigningKey key, ReadSigningKey(pem, made));
    keys.insert(keys.begin(), std::move(key));
    log::Info("made a key for service account tokens in {}", directory);
  }
  // A key signed until the next one was made.
  while (keys.size() > 1 && keys[keys.size() - 2].made + kLongestToken <= now) {
    std::error_code ignored;  // it is looked at again at the next start
    std::filesystem::remove(PathOf(directory, keys.back().made), ignored);
    keys.pop_back();
  }
  return keys;
}

}  // namespace ordinal::tokens
