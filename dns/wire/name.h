// Name: a domain name in uncompressed wire form, held inline (no allocation).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/result.h"
#include "dns/wire/types.h"

namespace ordinal::dns::wire {

class Name {
 public:
  /// The root name.
  Name() = default;

  /// From "kubia-0.kubia.default.svc.cluster.local", final dot optional, `\.` and `\DDD` escapes (RFC 1035
  /// section 5.1). kInvalid for an empty label, a label over 63 bytes or a name over 255.
  static Result<Name> FromText(std::string_view text);

  /// The name `label`.`this`; nothing when the label is empty or either size limit is broken. Dots in `label`
  /// belong to the label.
  std::optional<Name> Child(std::string_view label) const;
  /// The name without its first label; the root is its own parent.
  Name Parent() const;
  Name Lower() const;

  /// With a final dot and with escapes, as dig prints it.
  std::string ToText() const;

  /// Wire form: length-prefixed labels and the root's zero byte.
  std::string_view wire() const { return {reinterpret_cast<const char*>(bytes_.data()), size_}; }
  size_t size() const { return size_; }
  bool IsRoot() const { return size_ == 1; }

  /// Without case, as names are compared everywhere (RFC 4343).
  bool operator==(const Name& other) const;
  bool IsAtOrBelow(const Name& ancestor) const;

  /// Appends one label while reading; false when the name would become too long. Used by Reader.
  bool Append(const uint8_t* label, size_t size);

 private:
  std::array<uint8_t, kMaxNameSize> bytes_{};
  uint8_t size_ = 1;
};

/// True when the wire-form name `name` is `ancestor` or below it. Both in lower case.
bool EndsWithName(std::string_view name, std::string_view ancestor);

}  // namespace ordinal::dns::wire
