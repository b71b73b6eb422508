// Urgency: which requests wait for their turn among those of other users (agent/http/turns.h), as API Priority and
// Fairness has it in the reference: all but those of system:masters, who repair what others broke, and those that ask
// for health. What goes on for long (watches, followed logs, sessions) counts until it has begun.
#pragma once

#include "agent/http/settings.h"

namespace ordinal::apiserver {

/// Of a request whose user is known. Any thread.
http::Urgency UrgencyOf(const http::Request& request);

}  // namespace ordinal::apiserver
