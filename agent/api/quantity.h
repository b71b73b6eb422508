// Quantities ("1Mi", "250m", "0.5", "12e6"), as apimachinery's resource.Quantity reads and writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::api {

/// A quantity held exactly as an integer count of nano-units in 128 bits.
class Quantity {
 public:
  Quantity() = default;
  static Result<Quantity> Parse(std::string_view text);
  /// The form the reference stores a quantity in: "1024Mi" → "1Gi", "0.5" → "500m".
  static Result<std::string> Canonical(std::string_view text);
  /// Units rounded up (bytes of a memory quantity); saturates at the int64 range.
  int64_t Value() const;
  /// Thousandths rounded up (milli-CPU); saturates.
  int64_t MilliValue() const;
  bool IsZero() const { return nano_ == 0; }
  bool IsNegative() const { return nano_ < 0; }
  /// Saturates as Parse does.
  Quantity operator+(const Quantity& other) const;
  Quantity operator-(const Quantity& other) const;
  auto operator<=>(const Quantity& other) const { return nano_ <=> other.nano_; }
  bool operator==(const Quantity& other) const { return nano_ == other.nano_; }

  class Sum;

 private:
  __extension__ typedef __int128 Nano;
  Nano nano_ = 0;
};

/// A total that quantities join and leave: exact however large they are, as long as they are fewer than 2^30.
class Quantity::Sum {
 public:
  void Add(const Quantity& quantity) { nano_ += quantity.nano_; }
  /// What was added before.
  void Take(const Quantity& quantity) { nano_ -= quantity.nano_; }
  /// Saturates as operator+.
  Quantity Total() const;

 private:
  Nano nano_ = 0;
};

}  // namespace ordinal::api
