// What to do so that the store holds what the files ask for. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/manifests/manifest_file.h"

namespace ordinal::manifests {

using Files = std::map<std::string, ManifestFile>;     ///< by file name: the first of two files wins
using Owners = std::map<api::ObjectKey, std::string>;  ///< object → the file it was last applied from

struct Wanted {
  std::string file;
  const ManifestObject* object = nullptr;  ///< points into Files
};

struct Plan {
  std::vector<Wanted> apply;           ///< what has no namespace first; by file, then as written
  std::vector<api::ObjectKey> remove;  ///< owned, asked for by no file, and their file is gone or without a fault
  std::map<std::string, std::vector<std::string>> errors;  ///< by file: objects that another file has already
};

Plan MakePlan(const Files& files, const Owners& owned);

}  // namespace ordinal::manifests
