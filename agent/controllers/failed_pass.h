// What a controller says of an object when its pass ended with an exception: a Warning event, so that the object's
// owner learns of it where he looks. The work queue tries the object again with backoff.
#pragma once

#include <string>

#include "agent/controllers/workqueue.h"
#include "agent/events/recorder.h"
#include "agent/objects/any_cache.h"

namespace ordinal::controllers {

/// For queues whose keys are those of key.h, or bare names of cluster-scoped objects. `recorder` and `cache` outlive
/// the queue; an object that the cache does not hold any more hears nothing.
WorkQueue::ExceptionHandler SayFailedPass(events::Recorder& recorder, const objects::AnyCache& cache);

/// The Warning of a creation that failed, about who wanted it; none where the namespace is being deleted, as in the
/// reference.
void SayFailedCreate(events::Recorder& recorder, const api::Object& about, std::string message, const Error& error);

/// The event about one object.
void SayFailedPass(events::Recorder& recorder, const api::Object& about, const Error& error);

}  // namespace ordinal::controllers
