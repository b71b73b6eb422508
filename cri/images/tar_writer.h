// TarWriter: a tar archive in memory, the same bytes for the same content (no times, no owners).
#pragma once

#include <string>
#include <string_view>

namespace ordinal::cri {

class TarWriter {
 public:
  /// `name` has at most 100 bytes, `mode` is as in chmod.
  void AddFile(std::string_view name, std::string_view content, unsigned mode = 0644);
  void AddDirectory(std::string_view name);
  void AddSymlink(std::string_view name, std::string_view target);
  /// The archive with its closing blocks; called once.
  std::string Finish();

 private:
  void AddHeader(std::string_view name, size_t size, unsigned mode, char type, std::string_view link = {});
  std::string bytes_;
};

}  // namespace ordinal::cri
