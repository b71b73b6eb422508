// The directory of a claim whose volume is made here. Blocks; any thread, one call at a time.
#pragma once

#include <string>
#include <vector>

#include "agent/base/layout.h"
#include "agent/base/result.h"

namespace ordinal::volumes {

/// What becomes of a directory that has the name of a claim, holds data and belongs to no volume. A person decides.
enum class FoundData {
  kAsk,    ///< nothing is made
  kAdopt,  ///< the claim gets it with what is in it
  kNew,    ///< it stays as it is, and the claim gets an empty one beside it
};

struct ClaimDirectory {
  std::string path{};
  std::string passed_over{};  ///< the directory of the claim's name, when what is in it is not this claim's
  bool adopted = false;       ///< `path` held data when it was taken
};

/// The reason of the error that asks.
inline constexpr const char* kDataFound = "DirectoryHoldsData";

/// Makes <volumes-dir>/<namespace>/<claim>, mode 0777. An empty one that is there already is taken: an agent that was
/// killed here made it. One that a volume of `taken` (their directories) shows is that volume's: the name gets the
/// beginning of the claim's uid.
///
/// One with content that no volume shows may hold the data of this very claim, of which the store knows nothing any
/// more, or of an earlier one that somebody deleted: `found` decides. kFailedPrecondition with reason kDataFound: it
/// asks, naming both directories. kFailedPrecondition also when kAdopt has nothing that could be taken over.
Result<ClaimDirectory> MakeClaimDirectory(const Layout& layout, const std::string& ns, const std::string& claim,
                                          const std::string& uid, const std::vector<std::string>& taken,
                                          FoundData found = FoundData::kAsk);

}  // namespace ordinal::volumes
