// What the allocator keeps after a burst goes back to the system once the agent is quiet again: objects that came and
// went, connections, bodies and their answers leave free memory between what stays, which an allocator keeps for
// itself.
#pragma once

#include <functional>

#include "agent/base/clock.h"
#include "agent/base/task.h"

namespace ordinal {

/// How busy the process was, as the trimmer sees it.
struct Work {
  Duration since_trim{};  ///< processor time used since memory was last given back
  Duration lately{};      ///< of that, in the last interval
  int intervals = 0;      ///< since then
};

/// Every so often it is asked whether memory is to be given back.
inline constexpr std::chrono::seconds kTrimInterval{10};
/// After some work, once it is quiet; in the middle of work that does not end, each minute.
bool TrimDue(const Work& work);

/// For ever. A trim takes some milliseconds on the control thread, a tenth of a second after hundreds of megabytes.
/// `before` is called ahead of each: it frees what need not be kept.
Task<void> TrimMemory(Clock& clock, std::function<void()> before);

/// At once all documents that nobody holds, after a start, when all of them were read: 10 ms for a thousand.
void RestAllDocuments();

/// For ever, after `first`: documents that nobody looked at for some 20 to 40 ms (where few are awake, some seconds)
/// are kept as text alone (api/resting.h). Less often while nothing changes.
Task<void> LetDocumentsRest(Clock& clock, Duration first = {});

}  // namespace ordinal
