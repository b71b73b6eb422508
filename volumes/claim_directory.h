// The directory of a claim whose volume is made here. Blocks; any thread, one call at a time.
#pragma once

#include <string>
#include <vector>

#include "agent/base/result.h"
#include "volumes/layout.h"

namespace ordinal::volumes {

struct ClaimDirectory {
  std::string path{};
  std::string passed_over{};  ///< the directory of the claim's name, when what is in it is not this claim's
};

/// Makes <volumes-dir>/<namespace>/<claim>, mode 0777. An empty one that is there already is taken: an agent that was
/// killed here made it. One with content, or one that a volume of `taken` (their directories) shows, holds the data of
/// an earlier claim of that name and is never handed to this one: the name gets the beginning of the claim's uid.
Result<ClaimDirectory> MakeClaimDirectory(const Layout& layout, const std::string& ns, const std::string& claim,
                                          const std::string& uid, const std::vector<std::string>& taken);

}  // namespace ordinal::volumes
