// Reads what was compressed, as gzip(1) does.
#pragma once

#include <zlib.h>

#include <array>
#include <string>

namespace ordinal {

inline std::string Gunzipped(const std::string& path) {
  std::string text;
  const gzFile file = gzopen(path.c_str(), "rb");
  std::array<char, 4096> buffer;
  for (int got = 1; file != nullptr && got > 0;) {
    got = gzread(file, buffer.data(), buffer.size());
    if (got > 0) text.append(buffer.data(), static_cast<size_t>(got));
    if (got < 0) text += " (damaged)";
  }
  if (file != nullptr) gzclose(file);
  return text;
}

}  // namespace ordinal
