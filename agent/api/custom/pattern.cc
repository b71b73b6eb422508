#include "agent/api/custom/pattern.h"

#include <re2/re2.h>

namespace ordinal::api::custom {
namespace {

// Of the compiled expression, its caches included; RE2 fails to match, and says so, before it takes more.
constexpr int64_t kMostPatternBytes = 1 << 20;

}  // namespace

Pattern::Pattern(std::unique_ptr<re2::RE2> expression) : expression_(std::move(expression)) {}

Pattern::~Pattern() = default;

Result<std::shared_ptr<const Pattern>> Pattern::Read(const std::string& text) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_max_mem(kMostPatternBytes);
  auto expression = std::make_unique<re2::RE2>(text, options);
  if (!expression->ok()) return MakeError(ErrorCode::kInvalid, expression->error());
  return std::shared_ptr<const Pattern>(new Pattern(std::move(expression)));
}

bool Pattern::Matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

const std::string& Pattern::text() const { return expression_->pattern(); }

}  // namespace ordinal::api::custom
