// What the watches of one Api have in common. Control thread.
#pragma once

#include "agent/apiserver/watch/event_texts.h"
#include "agent/apiserver/watch/pace.h"
#include "agent/apiserver/watch/rings.h"

namespace ordinal::apiserver::watch {

struct Common {
  explicit Common(Clock& clock) : pace(clock), rings(clock) {}
  EventTexts texts;
  Pace pace;
  Rings rings;
};

}  // namespace ordinal::apiserver::watch
