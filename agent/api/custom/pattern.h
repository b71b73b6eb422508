// Regular expressions of schemas, as RE2 has them: time linear in the text, whoever wrote the expression. What RE2 does
// not have, back references and look-around, the reference's (Go's) has not either.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace re2 {
class RE2;
}

namespace ordinal::api::custom {

class Pattern {
 public:
  /// kInvalid says what is wrong with the expression.
  static Result<std::shared_ptr<const Pattern>> Read(const std::string& text);
  ~Pattern();
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  /// Whether it is found anywhere in `text`. Any thread.
  bool Matches(std::string_view text) const;
  const std::string& text() const;

 private:
  explicit Pattern(std::unique_ptr<re2::RE2> expression);

  std::unique_ptr<re2::RE2> expression_;
};

}  // namespace ordinal::api::custom
