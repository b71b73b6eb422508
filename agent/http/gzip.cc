#include "agent/http/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "agent/http/bearer.h"

namespace ordinal::http {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// "q=0", "q=0.0": not wanted.
bool Refused(std::string_view weight) {
  weight = Trim(weight);
  if (!weight.starts_with("q=")) return false;
  return weight.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  for (const std::string_view coding : WordsOf(accept_encoding)) {
    const size_t semicolon = std::min(coding.find(';'), coding.size());
    if (Trim(coding.substr(0, semicolon)) != "gzip") continue;
    return semicolon == coding.size() || !Refused(coding.substr(semicolon + 1));
  }
  return false;
}

Result<std::string> Gzip(std::string_view text) {
  z_stream stream{};
  constexpr int kGzipFormat = 16;  // added to the window bits: a gzip header and trailer (zlib.h, deflateInit2)
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzipFormat, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return MakeError(ErrorCode::kInternal, "zlib does not start");
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int done = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (done != Z_STREAM_END) return MakeError(ErrorCode::kInternal, "zlib does not finish a body");
  return packed;
}

}  // namespace ordinal::http
