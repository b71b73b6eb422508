// Amounts of many resources, as quotas count them: exact, and written as the reference writes a sum. Pure.
#pragma once

#include <map>
#include <string>

#include "agent/api/object.h"
#include "agent/api/quantity.h"

namespace ordinal::api {

struct Amount {
  Quantity quantity;
  bool binary = false;  ///< written with Ki, Mi …, as what it was made of

  static Amount Of(int64_t count);
  /// Of a member of a document; zero when it is malformed.
  static Amount Read(const Json& written);
  /// As resource.Quantity writes it: "1536Mi", "250m".
  std::string Text() const;
};

/// By the names of resources.
using Amounts = std::map<std::string, Amount>;

/// Adds `more`; a sum is written as its first part that is not zero.
void AddTo(Amounts& total, const Amounts& more);
/// The larger of both, resource by resource.
Amounts Larger(const Amounts& a, const Amounts& b);
/// What `now` has more than `before`; nothing where it has less or the same.
Amounts Growth(const Amounts& now, const Amounts& before);
/// "pods=1,requests.cpu=500m".
std::string TextOf(const Amounts& amounts);

}  // namespace ordinal::api
