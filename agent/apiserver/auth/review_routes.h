// The paths of the access reviews (reviews.h): each takes a document by POST and answers with it and its status.
#pragma once

#include "agent/apiserver/auth/authorizer.h"
#include "agent/apiserver/rest/routes.h"

namespace ordinal::apiserver::auth {

/// Whose token the one in a TokenReview is (reviews.h).
using ReviewOfToken = std::function<Result<api::Json>(api::Json body)>;

/// `access` outlives the routes.
void AddReviews(Routes& routes, const Authorizer& access, ReviewOfToken review_token);

}  // namespace ordinal::apiserver::auth
