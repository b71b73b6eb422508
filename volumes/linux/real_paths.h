// RealPaths: many paths without their symlinks, for the price of the directories they lie in. What is found is good for
// the moment in which it was asked: made for one comparison, and kept no longer.
//
//   /v/shop/data-0  ┐                     /v, /v/shop: once
//   /v/shop/data-1  ├─ 1,500 volumes ──>  the names in /v/shop: in one go, with which of them are no symlinks
//   …               ┘
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace ordinal::volumes {

/// Without symlinks as far as it exists, without a slash at its end.
std::string RealPath(const std::string& path);

class RealPaths {
 public:
  /// As RealPath().
  std::string Of(const std::string& path);
  /// How often a file system was asked for something.
  size_t asked() const { return asked_; }

 private:
  struct Directory {
    std::string real;
    size_t looked_for = 0;                          ///< names in it, one by one
    std::optional<std::set<std::string>> no_links;  ///< names in it that are known to be no symlinks
    bool not_read = false;                          ///< it is too large, or could not be read to its end
  };
  std::string Whole(const std::string& path);
  Directory& In(const std::string& parent);
  bool IsLink(Directory& directory, const std::string& path, const std::string& name);
  void Read(Directory& directory);

  std::map<std::string, Directory> directories_;  // by their names as they are written
  size_t asked_ = 0;
};

}  // namespace ordinal::volumes
