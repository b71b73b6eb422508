#include "cri/images/tar_writer.h"

#include <fmt/format.h>

#include <utility>

namespace ordinal::cri {
namespace {

constexpr size_t kBlock = 512;

}  // namespace

void TarWriter::AddFile(std::string_view name, std::string_view content, unsigned mode) {
  AddHeader(name, content.size(), mode, '0');
  bytes_.append(content);
  bytes_.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

void TarWriter::AddDirectory(std::string_view name) { AddHeader(fmt::format("{}/", name), 0, 0755, '5'); }

void TarWriter::AddSymlink(std::string_view name, std::string_view target) { AddHeader(name, 0, 0777, '2', target); }

std::string TarWriter::Finish() {
  bytes_.append(2 * kBlock, '\0');
  return std::exchange(bytes_, {});
}

// Field offsets of POSIX ustar.
void TarWriter::AddHeader(std::string_view name, size_t size, unsigned mode, char type, std::string_view link) {
  std::string header(kBlock, '\0');
  const auto put = [&header](size_t at, std::string_view text) { header.replace(at, text.size(), text); };
  put(0, name.substr(0, 100));
  put(100, fmt::format("{:07o}", mode));
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", size));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = type;
  put(157, link.substr(0, 100));
  put(257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  bytes_ += header;
}

}  // namespace ordinal::cri
