// The paths of the access reviews (reviews.h): each takes a document by POST and answers with it and its status.
#pragma once

#include "agent/apiserver/rest/routes.h"

namespace ordinal::apiserver::auth {

void AddReviews(Routes& routes);

}  // namespace ordinal::apiserver::auth
