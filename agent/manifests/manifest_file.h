// One manifest file: its text → the objects it asks for, and what is wrong with it. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/api/decode.h"

namespace ordinal::manifests {

/// One document that decoded without a fault.
struct ManifestObject {
  const api::KindInfo* kind = nullptr;
  api::ObjectKey key;
  /// As written: old versions converted and the namespace filled in, but no defaults, no status, and nothing that only
  /// the store writes.
  api::Json body;
  int line = 1;
  std::map<std::string, int> lines;  ///< of every field, as in api::Document

  /// "line 12: spec.replicas: message".
  std::string Locate(std::string_view field, std::string_view message) const;
};

struct ManifestFile {
  std::vector<ManifestObject> objects;
  std::vector<std::string> errors;    ///< "line 12: spec.replicas: must be a whole number, not a string"
  std::vector<std::string> warnings;  ///< "line 1: apiVersion: apps/v1beta1 is an old version, …"
};

/// A document with a fault is left out and reported; the others are kept. A text without any object, or one that was
/// cut off in a way that shows, is a fault as a whole: it is what a full disk or an editor in the middle of its work
/// leaves, and must not pass for a wish to remove everything.
ManifestFile ReadManifest(std::string_view text);

/// Whether a directory entry is a manifest: *.yaml, *.yml, *.json, no hidden file and no editor's backup.
bool IsManifestName(std::string_view name);

}  // namespace ordinal::manifests
