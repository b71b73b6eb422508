#include "agent/metrics/network.h"

#include <algorithm>
#include <array>

#include "agent/base/kernel_file.h"
#include "agent/base/utf8.h"

namespace ordinal::metrics {
namespace {

constexpr size_t kLongestName = 64;  // bytes; the kernel has 15, each of which may become U+FFFD
constexpr size_t kMostHostInterfaces = 1024;

/// bytes packets errs drop, and the rest of a direction's eight columns.
InterfaceUse::Direction TakeDirection(std::string_view& line) {
  std::array<uint64_t, 8> columns{};
  for (uint64_t& column : columns) column = TakeNumber(line).value_or(0);
  return {columns[0], columns[1], columns[2], columns[3]};
}

bool Counted(std::string_view name) { return name != "lo" && !name.starts_with("veth") && !name.starts_with("docker"); }

}  // namespace

std::vector<InterfaceUse> ReadInterfaces(std::string_view net_dev) {
  std::vector<InterfaceUse> interfaces;
  EachLine(net_dev, [&interfaces](std::string_view line) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;  // the two lines of headings
    if (interfaces.size() >= kMostHostInterfaces) return;
    std::string_view before = line.substr(0, colon);
    line.remove_prefix(colon + 1);
    InterfaceUse use;
    use.name = ValidText(TakeWord(before), kLongestName);
    use.received = TakeDirection(line);
    use.sent = TakeDirection(line);
    // Two that differ in what is no text would be told as one.
    const auto same = [&use](const InterfaceUse& other) { return other.name == use.name; };
    if (!Counted(use.name) || std::any_of(interfaces.begin(), interfaces.end(), same)) return;
    interfaces.push_back(std::move(use));
  });
  return interfaces;
}

}  // namespace ordinal::metrics
