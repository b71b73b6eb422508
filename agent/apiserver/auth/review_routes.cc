#include "agent/apiserver/auth/review_routes.h"

#include <utility>

#include "agent/apiserver/auth/reviews.h"
#include "agent/apiserver/rest/read_ahead.h"
#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::auth {
namespace {

using Reviewing = std::function<Result<api::Json>(const http::User&, api::Json)>;

http::Response Answer(const Reviewing& review, const http::Request& request) {
  if (request.method != "POST") return rest::Refuse(rest::MethodNotAllowed());
  rest::Repeats ignored;  // the last one counts
  Result<api::Json> body = rest::DocumentOf(request, request.Header("content-type"), ignored);
  if (body.ok() && !body->is_object()) body = rest::BadRequest("the body is no object");
  const Result<api::Json> answer = body.ok() ? review(request.user, std::move(*body)) : Result<api::Json>(body.error());
  if (!answer.ok()) return rest::Refuse(rest::RefusalOf(answer.error(), {}, {}));
  http::Response response;
  response.status = 201;
  response.body = answer->dump();
  return response;
}

}  // namespace

void AddReviews(Routes& routes, ReviewOfToken review_token) {
  const std::string authorization = "/apis/authorization.k8s.io/v1/";
  const auto add = [&routes](const std::string& path, Reviewing review) {
    routes.AddPlain(path,
                    [review = std::move(review)](const http::Request& request) { return Answer(review, request); });
  };
  add(authorization + "selfsubjectaccessreviews", ReviewAccess);
  add(authorization + "selfsubjectrulesreviews", ReviewRules);
  add(authorization + "subjectaccessreviews",
      [](const http::User&, api::Json body) { return ReviewSubject(std::move(body)); });
  add("/apis/authentication.k8s.io/v1/selfsubjectreviews", ReviewSelf);
  add("/apis/authentication.k8s.io/v1/tokenreviews",
      [review = std::move(review_token)](const http::User&, api::Json body) { return review(std::move(body)); });
}

}  // namespace ordinal::apiserver::auth
