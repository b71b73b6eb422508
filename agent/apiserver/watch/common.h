// What the watches of one Api have in common. Control thread.
#pragma once

#include "agent/apiserver/watch/event_texts.h"
#include "agent/apiserver/watch/pace.h"

namespace ordinal::apiserver::watch {

struct Common {
  explicit Common(Clock& clock) : pace(clock) {}
  EventTexts texts;
  Pace pace;
};

}  // namespace ordinal::apiserver::watch
