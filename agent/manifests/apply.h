// One object of a manifest → what is stored.
#pragma once

#include <string>
#include <vector>

#include "agent/manifests/manifest_file.h"
#include "agent/objects/objects.h"

namespace ordinal::manifests {

inline constexpr const char* kFieldManager = "ordinald";                ///< who applies (metadata.managedFields)
inline constexpr const char* kManifestFile = "ordinald/manifest-file";  ///< annotation: the file's name
/// Annotation: the document as it was last applied, as a hash, so that it is applied when it changes and not each time.
inline constexpr const char* kManifestHash = "ordinald/manifest-hash";

struct Outcome {
  enum class Kind {
    kApplied,   ///< the store holds it
    kWaits,     ///< the old object is going; to be applied again when `uid` is gone
    kRejected,  ///< `errors` say why
    kRetry,     ///< the store does not answer now, or what the object names is not there yet
  };
  Kind kind = Kind::kApplied;
  std::string uid;                  ///< of kWaits
  uint64_t revision = 0;            ///< of kWaits: the object's going is an event after this one
  std::vector<std::string> errors;  ///< of kRejected and kRetry
  std::string done;                 ///< of kApplied: "created", "updated"; empty when nothing had to change
};

/// The file that the object was last applied from; empty when it came from none. An annotation that was copied from
/// another object (kubectl debug --copy-to, an edited export) does not count: nobody applied it.
std::string FileOf(const api::Object& live);

/// Creates the object, or applies the document to the stored one (server-side apply, as field manager `ordinald`): what
/// it says becomes so, whoever said otherwise, what it stopped saying goes unless somebody else owns it by now, and
/// everything else stays. A pod whose change is to a field that may not change is deleted, to be created anew when it
/// is gone. An object that a controller made is left alone.
Task<Outcome> Apply(objects::Objects& client, std::string file, ManifestObject object, WallTime now);

}  // namespace ordinal::manifests
