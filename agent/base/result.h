// Result<T>: a value, or an Error that says what was tried, on what, and what to do next.
//
// Nothing inside the agent throws across a function boundary; exceptions of libraries are caught where
// the library is called and turned into an Error there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace ordinal {

/// What kind of failure this is; decides whether a caller retries, waits or gives up.
enum class ErrorCode {
  kInvalid,             ///< The input is wrong; the same call will fail again.
  kNotFound,            ///< The named thing does not exist.
  kAlreadyExists,       ///< The named thing exists already.
  kConflict,            ///< The thing changed since it was read; read again and retry.
  kExpired,             ///< The revision asked for is no longer kept; list again.
  kUnavailable,         ///< The other side does not answer now; retry later.
  kDeadlineExceeded,    ///< No answer in time; the call may or may not have had its effect.
  kCancelled,           ///< The caller gave up.
  kNotSupported,        ///< A known gap, listed in docs/limits.md.
  kPermissionDenied,    ///< The host or the other side refused.
  kFailedPrecondition,  ///< The thing is in a state that does not allow the call.
  kInternal,            ///< Anything else.
};

/// The lower-case word for a code, as it appears in logs ("not-found").
std::string_view ToString(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  ///< For people: what was tried, on what, what would help.
  std::string reason;   ///< CamelCase reason that ends in a status or event ("ErrImagePull"); may be empty.

  /// The same error with `context` put before the message: "context: message".
  Error With(std::string_view context) const&;
  Error With(std::string_view context) &&;
};

inline Error MakeError(ErrorCode code, std::string message, std::string reason = {}) {
  return Error{code, std::move(message), std::move(reason)};
}

/// An Error made from errno: "what: strerror". Maps ENOENT, EEXIST, EACCES and EPERM to their codes.
Error ErrnoError(std::string_view what, int error_number);

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace ordinal

#define ORDINAL_CAT_(a, b) a##b
#define ORDINAL_CAT(a, b) ORDINAL_CAT_(a, b)

// TRY(auto x, Call());        x = the value, or return the error.
// CO_TRY(auto x, co_await Call());   the same inside a coroutine.
#define ORDINAL_TRY_IMPL(tmp, ret, decl, ...) \
  auto tmp = (__VA_ARGS__);                   \
  if (!tmp.ok()) ret std::move(tmp).error();  \
  decl = std::move(tmp).value()
#define TRY(decl, ...) ORDINAL_TRY_IMPL(ORDINAL_CAT(try_, __COUNTER__), return, decl, __VA_ARGS__)
#define CO_TRY(decl, ...) ORDINAL_TRY_IMPL(ORDINAL_CAT(try_, __COUNTER__), co_return, decl, __VA_ARGS__)
// For Result<void>: TRYV(Call()); CO_TRYV(co_await Call());
#define TRYV(...)                                                              \
  do {                                                                         \
    if (auto tryv = (__VA_ARGS__); !tryv.ok()) return std::move(tryv).error(); \
  } while (false)
#define CO_TRYV(...)                                                              \
  do {                                                                            \
    if (auto tryv = (__VA_ARGS__); !tryv.ok()) co_return std::move(tryv).error(); \
  } while (false)
