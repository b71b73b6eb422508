// The row of a job.
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

/// Name, status, completions ("1/3"), duration, age; containers, images, selector.
Json JobCells(const Json& body, WallTime now);

}  // namespace ordinal::api
