#include "agent/http/answer_text.h"

#include <functional>
#include <string_view>
#include <utility>

#include "agent/base/log.h"
#include "agent/http/gzip.h"
#include "agent/http/target.h"

namespace ordinal::http {
namespace {

bool Has(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return true;
  }
  return false;
}

void Compress(const Request& request, size_t from, Response& response, std::string& text) {
  if (text.size() < from || Has(response, "Content-Encoding")) return;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (!AcceptsGzip(request.Header("accept-encoding"))) return;
  auto packed = Gzip(text);
  if (!packed.ok()) return;  // as it is, then
  text = std::move(packed).value();
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

Result<std::string> MakeText(Response& response) {
  if (auto* text = std::get_if<std::string>(&response.body)) return std::move(*text);
  // With the text there, what it was made of is of no use.
  const auto make = std::exchange(std::get<std::function<std::string()>>(response.body), nullptr);
  try {
    return make();
  } catch (const std::exception& error) {
    return MakeError(ErrorCode::kInternal, error.what());
  }
}

std::string TextOf(Shared& shared, const Request& request, Response& response) {
  auto made = MakeText(response);
  if (!made.ok()) {
    log::Error("http: {} {}: the answer could not be written: {}", request.method, PathOf(request.target),
               made.error().message);
    response = shared.failure(500, "the answer could not be written; the agent's log says why");
    made = std::get<std::string>(response.body);
  }
  std::string text = std::move(made).value();
  if (request.method == "GET") shared.sizes.Was(request.target, text.size());
  Compress(request, shared.limits.compress_from, response, text);
  return text;
}

}  // namespace ordinal::http
