#include "cri/images/reference.h"

#include <gtest/gtest.h>

#include <string>

namespace ordinal::cri {
namespace {

const std::string kHex(64, 'a');

TEST(NormalizeReference, WritesTheFullForm) {
  const struct {
    std::string text, full;
  } kCases[] = {
      {"busybox", "docker.io/library/busybox:latest"},
      {"busybox:1.36", "docker.io/library/busybox:1.36"},
      {"luksa/kubia-pet", "docker.io/luksa/kubia-pet:latest"},
      {"docker.io/busybox", "docker.io/library/busybox:latest"},
      {"index.docker.io/library/busybox", "docker.io/library/busybox:latest"},
      {"localhost/x", "localhost/x:latest"},
      {"localhost:5000/x/y:v1", "localhost:5000/x/y:v1"},
      {"registry.k8s.io/pause:3.6", "registry.k8s.io/pause:3.6"},
      {"[::1]:5000/x", "[::1]:5000/x:latest"},
      {"a.b/c__d/e-f--g.h:T_a.g-1", "a.b/c__d/e-f--g.h:T_a.g-1"},
      {"busybox@sha256:" + kHex, "docker.io/library/busybox@sha256:" + kHex},
      {"busybox:1@sha256:" + kHex, "docker.io/library/busybox:1@sha256:" + kHex},
      {"ordinal.test/pause:1", "ordinal.test/pause:1"},
  };
  for (const auto& [text, full] : kCases) {
    const auto normalized = NormalizeReference(text);
    ASSERT_TRUE(normalized.ok()) << text << ": " << normalized.error().message;
    EXPECT_EQ(*normalized, full) << text;
    EXPECT_EQ(*NormalizeReference(full), full) << "it is stable";
  }
}

TEST(NormalizeReference, RefusesWhatIsNoName) {
  const std::string kCases[] = {
      "",
      ":",
      ":tag",
      "UPPER/bad",
      "Busybox",
      "a//b",
      "a/",
      "/a",
      "-a",
      "a.-b/c..d",
      "a b",
      "busybox:",
      "busybox:ta g",
      "busybox:" + std::string(129, 'x'),
      "busybox@sha256:12",
      "busybox@",
      "busybox@sha256:" + std::string(64, 'Z'),
      "host:port/x",
      "docker.io/" + std::string(300, 'x'),
      "http://host/x",
      kHex,
  };
  for (const std::string& text : kCases) {
    const auto normalized = NormalizeReference(text);
    ASSERT_FALSE(normalized.ok()) << text << " became " << *normalized;
    EXPECT_EQ(normalized.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(normalized.error().reason, "InvalidImageName");
  }
}

}  // namespace
}  // namespace ordinal::cri
