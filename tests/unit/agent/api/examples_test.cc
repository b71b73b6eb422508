// The examples' manifests are read, in their old spelling.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(Examples, OfKubiaAreRead) {
  std::map<std::string, int> kinds;
  std::vector<std::string> warnings;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(ORDINAL_SOURCE_DIR) + "/examples/kubia")) {
    if (entry.path().extension() != ".yaml") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    auto documents = ParseManifest(text.str());
    ASSERT_TRUE(documents.ok()) << entry.path() << ": " << documents.error().message;
    for (const auto& document : *documents) {
      const Decoded decoded = MustDecode(document.body);
      ASSERT_NE(decoded.kind, nullptr) << entry.path();
      ++kinds[std::string(decoded.kind->kind)];
      EXPECT_EQ(decoded.body["apiVersion"], ApiVersion(*decoded.kind));
      warnings.insert(warnings.end(), decoded.warnings.begin(), decoded.warnings.end());
    }
  }
  EXPECT_EQ(kinds, (std::map<std::string, int>{{"PersistentVolume", 3}, {"Service", 1}, {"StatefulSet", 1}}));
  EXPECT_THAT(warnings, Contains(HasSubstr("apps/v1beta1 is an old version")));
}

}  // namespace
}  // namespace ordinal::api
