// Ref: a typed view that nobody changes any more, shared by everybody who looks at it. Copying one costs as much as
// copying a pointer; what it refers to lives as long as any of its Refs.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace ordinal::api {

template <class T>
class Ref {
 public:
  /// Refers to nothing.
  Ref() = default;
  Ref(T value) : value_(std::make_shared<const T>(std::move(value))) {}         // NOLINT: stands for the value
  Ref(std::shared_ptr<const T> shared) noexcept : value_(std::move(shared)) {}  // NOLINT

  explicit operator bool() const { return value_ != nullptr; }
  /// Only when it refers to something.
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  operator const T&() const { return *value_; }  // NOLINT: reads as the value
  /// Null when it refers to nothing.
  const T* get() const { return value_.get(); }
  const std::shared_ptr<const T>& shared() const { return value_; }

 private:
  std::shared_ptr<const T> value_;
};

template <class T>
using Refs = std::vector<Ref<T>>;

}  // namespace ordinal::api
