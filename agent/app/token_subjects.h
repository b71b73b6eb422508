// Which service accounts and pods there are, told to whoever decides whether a token counts. Part of the composition
// root.
#pragma once

#include "agent/objects/caches.h"
#include "agent/tokens/subjects.h"

namespace ordinal {

/// Before the caches run. Both outlive what runs of them.
void FollowSubjects(objects::Caches& caches, tokens::Subjects& subjects);

/// Ends when the caches have all there is.
Task<void> CompleteSubjects(const objects::Caches& caches, tokens::Subjects& subjects);

}  // namespace ordinal
