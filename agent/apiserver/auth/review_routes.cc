#include "agent/apiserver/auth/review_routes.h"

#include <utility>

#include "agent/apiserver/auth/reviews.h"
#include "agent/apiserver/rest/content.h"
#include "agent/apiserver/rest/read_ahead.h"
#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::auth {
namespace {

// /apis/authorization.k8s.io/v1/namespaces/NAMESPACE/localsubjectaccessreviews
constexpr size_t kNamespaceAt = 4, kLocalReviewLength = 6;

using Reviewing = std::function<Result<api::Json>(const http::Request&, api::Json)>;

http::Response Answer(const Reviewing& review, const http::Request& request) {
  if (request.method != "POST") return rest::Refuse(rest::MethodNotAllowed());
  const auto accept = rest::ParseAccept(request.Header("accept"), /*has_protobuf=*/true, /*has_tables=*/false);
  if (!accept.ok()) return rest::Refuse(rest::RefusalOf(accept.error(), {}, {}));
  rest::Repeats ignored;  // the last one counts
  Result<api::Json> body = rest::DocumentOf(request, request.Header("content-type"), ignored);
  if (body.ok() && !body->is_object()) body = rest::BadRequest("the body is no object");
  const Result<api::Json> answer = body.ok() ? review(request, std::move(*body)) : Result<api::Json>(body.error());
  if (!answer.ok()) return rest::Refuse(rest::RefusalOf(answer.error(), {}, {}));
  http::Response response;
  response.status = 201;
  response.body = answer->dump();
  return response;
}

}  // namespace

void AddReviews(Routes& routes, const Authorizer& access, ReviewOfToken review_token) {
  const std::string authorization = "/apis/authorization.k8s.io/v1/";
  const auto add = [&routes](const std::string& path, Reviewing review) {
    routes.AddPlain(path,
                    [review = std::move(review)](const http::Request& request) { return Answer(review, request); });
  };
  add(authorization + "selfsubjectaccessreviews", [&access](const http::Request& request, api::Json body) {
    return ReviewAccess(access, request.user, std::move(body));
  });
  add(authorization + "selfsubjectrulesreviews", [&access](const http::Request& request, api::Json body) {
    return ReviewRules(access, request.user, std::move(body));
  });
  add(authorization + "subjectaccessreviews",
      [&access](const http::Request&, api::Json body) { return ReviewSubject(access, std::move(body)); });
  const Reviewing local = [&access](const http::Request& request, api::Json body) {
    return ReviewSubjectIn(access, request.segments[kNamespaceAt], std::move(body));
  };
  routes.AddPlain(authorization + "namespaces/", [local](const http::Request& request) {
    const auto& path = request.segments;
    const bool served = path.size() == kLocalReviewLength && path.back() == "localsubjectaccessreviews";
    return served ? Answer(local, request) : rest::Refuse(rest::NoSuchResource());
  });
  add("/apis/authentication.k8s.io/v1/selfsubjectreviews",
      [](const http::Request& request, api::Json body) { return ReviewSelf(request.user, std::move(body)); });
  add("/apis/authentication.k8s.io/v1/tokenreviews",
      [review = std::move(review_token)](const http::Request&, api::Json body) { return review(std::move(body)); });
}

}  // namespace ordinal::apiserver::auth
