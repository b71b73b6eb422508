#include "agent/apiserver/rest/routes.h"

#include "agent/http/target.h"

namespace ordinal::apiserver {

void Routes::Add(std::string path, http::Handler handler) { paths_[std::move(path)] = std::move(handler); }

void Routes::AddPlain(std::string path, std::function<http::Response(const http::Request&)> answer) {
  Add(std::move(path),
      [answer = std::move(answer)](std::shared_ptr<const http::Request> request) -> Task<http::Response> {
        http::Response response = answer(*request);
        co_return response;
      });
}

void Routes::AddSubresource(std::string plural, std::string subresource, http::Handler handler) {
  subresources_[{std::move(plural), std::move(subresource)}] = std::move(handler);
}

const http::Handler* Routes::Find(const http::Request& request) const {
  if (!http::PlainSegments(request.segments)) return nullptr;
  std::string path;
  for (const std::string& segment : request.segments) path += "/" + segment;
  if (path.empty()) path = "/";
  if (const auto exact = paths_.find(path); exact != paths_.end()) return &exact->second;
  for (size_t end = path.rfind('/'); end != std::string::npos && end > 0; end = path.rfind('/', end - 1)) {
    const auto below = paths_.find(path.substr(0, end + 1));
    if (below != paths_.end()) return &below->second;
  }
  return nullptr;
}

const http::Handler* Routes::FindSubresource(const std::string& plural, const std::string& subresource) const {
  const auto found = subresources_.find({plural, subresource});
  return found == subresources_.end() ? nullptr : &found->second;
}

}  // namespace ordinal::apiserver
