#include "agent/base/capabilities.h"

#include <fstream>
#include <string>

namespace ordinal {

bool HasCapability(int number) {
  std::ifstream file("/proc/self/status");
  std::string key;
  while (file >> key) {
    if (key != "CapEff:") continue;
    uint64_t bits = 0;
    file >> std::hex >> bits;
    return (bits >> number & 1) != 0;
  }
  return true;
}

}  // namespace ordinal
