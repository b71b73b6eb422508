// How a fuzzer says that a rule is broken.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace ordinal::fuzz {

inline void Expect(bool holds, const std::string& rule) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", rule.c_str());
  std::abort();
}

}  // namespace ordinal::fuzz
