// Keyring: which credentials are shown to which registry. Chosen as a kubelet chooses them (pkg/credentialprovider,
// keyring.go). Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cri/runtime.h"

namespace ordinal::podsync {

class Keyring {
 public:
  /// `registry` is what a Docker configuration has for it: "registry.example.com", "https://registry.example.com/v1/",
  /// "registry.example.com:5000/team", "*.example.com". One that can match no image is left out.
  void Add(std::string_view registry, cri::ImageAuth auth);

  /// Those whose registry has the image: its host equal part by part (each may be a pattern with * and [a-z]), its
  /// port equal, its path the beginning of the image's. Longer paths come before shorter ones, then in the order of
  /// Add(). Images of docker.io also take what is meant for https://index.docker.io/v1/. At most kMost.
  std::vector<cri::ImageAuth> For(const std::string& image) const;

  bool empty() const { return by_registry_.empty(); }

  /// Each is a question to the registry, one after another.
  static constexpr size_t kMost = 16;

 private:
  std::map<std::string, std::vector<cri::ImageAuth>, std::greater<>> by_registry_;  ///< without scheme
};

/// Whether `text` matches `pattern`: * is any number of characters, ? is one, [a-c] or [^a-c] one of (not) these,
/// \ takes the next one as it is (Go's path.Match, for texts without a slash). A pattern that is none matches nothing.
bool MatchesGlob(std::string_view pattern, std::string_view text);

}  // namespace ordinal::podsync
