// Small files of procfs, sysfs and cgroups, which the kernel writes when they are read. Blocks for microseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ordinal {

/// All of it, up to `most` bytes; empty when it cannot be read.
std::string ReadKernelFile(const std::string& path, size_t most = 256 * 1024);

/// A file that holds one number. Nothing for "max", or what is no number.
std::optional<uint64_t> ReadNumber(const std::string& path);

/// The next line, taken away from the text.
std::string_view TakeLine(std::string_view& text);
/// The next word and the next number of a line, taken away from it.
std::string_view TakeWord(std::string_view& line);
std::optional<uint64_t> TakeNumber(std::string_view& line);

void EachLine(std::string_view text, const std::function<void(std::string_view line)>& look);

/// The number behind `name` in a file of lines "name number" or "name: number"; nothing when there is none.
std::optional<uint64_t> FieldOf(std::string_view text, std::string_view name);

/// The same of /proc/meminfo, "MemTotal:       32778588 kB", in bytes.
std::optional<uint64_t> BytesOf(std::string_view meminfo, std::string_view name);

}  // namespace ordinal
