#include "agent/api/text/json.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/text/yaml.h"

namespace ordinal::api {
namespace {

constexpr size_t kSmall = 64 * 1024;
constexpr size_t kShown = 40;  // bytes of a number

/// The library's words without "[json.exception.parse_error.101] ".
std::string WithoutId(std::string_view what) {
  const size_t end = what.starts_with("[json.exception.") ? what.find("] ") : std::string_view::npos;
  return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

/// Builds the document, and stops at what a parse alone would let pass. The library's own parse with a callback goes
/// through all members of an object after each of them (json.hpp 3.11, json_sax_dom_callback_parser::end_object).
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(bool* repeats) : repeats_(repeats) {}

  bool null() override { return Put(nullptr); }
  bool boolean(bool value) override { return Put(value); }
  bool number_integer(number_integer_t value) override { return Put(value); }
  bool number_unsigned(number_unsigned_t value) override { return Put(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return Put(value); }
  bool string(string_t& value) override { return Put(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }  // no text has any
  bool start_object(size_t /*size*/) override { return Open(Json::object()); }
  bool start_array(size_t /*size*/) override { return Open(Json::array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    auto& members = open_.back()->get_ref<Json::object_t&>();
    const auto [member, fresh] = members.try_emplace(name);
    place_ = &member->second;
    if (fresh) return true;
    if (repeats_ == nullptr) complaint_ = "the field \"" + name + "\" is there twice";
    if (repeats_ != nullptr) *repeats_ = true;
    return repeats_ != nullptr;
  }

  bool parse_error(size_t position, const std::string& token, const nlohmann::detail::exception& error) override {
    constexpr int kSyntax = 101, kTooLarge = 406;
    complaint_ = WithoutId(error.what());
    if (error.id == kSyntax) byte_ = position;
    if (error.id == kTooLarge) {
      byte_ = position - token.size() + 1;  // the library tells its last byte
      complaint_ = "the number " + token.substr(0, kShown) + (token.size() > kShown ? "…" : "") + " is too large";
    }
    return false;
  }

  Json& root() { return root_; }
  const std::string& complaint() const { return complaint_; }
  /// Where the text is none, or a number is too large; nothing: something else is wrong, and it is not known where.
  const std::optional<size_t>& byte() const { return byte_; }

 private:
  /// The value's place, which stays until the next one beside it is put.
  Json& Place(Json value) {
    if (open_.empty()) return root_ = std::move(value);
    if (open_.back()->is_object()) return *place_ = std::move(value);
    return open_.back()->emplace_back(std::move(value));
  }
  bool Put(Json value) {
    Place(std::move(value));
    return true;
  }
  bool Open(Json value) {
    open_.push_back(&Place(std::move(value)));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  bool* repeats_;
  Json root_;
  std::vector<Json*> open_;  ///< objects and lists that have not ended, the outermost first
  Json* place_ = nullptr;    ///< of the member whose name came
  std::string complaint_;
  std::optional<size_t> byte_;
};

/// "line 3, column 7" of a byte of the text.
std::string Position(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t start = before.rfind('\n');
  const size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

}  // namespace

Result<Json> ParseJson(std::string_view text, bool* repeats) {
  JsonBounds bounds;
  TRYV(bounds.Take(text));
  Builder builder(repeats);
  if (Json::sax_parse(text, &builder)) return std::move(builder.root());
  const std::string& what = builder.complaint();
  if (builder.byte()) {
    const size_t detail = what.find(": ", what.find("column"));
    return MakeError(ErrorCode::kInvalid, Position(text, *builder.byte()) + ": " +
                                              (detail == std::string::npos ? what : what.substr(detail + 2)));
  }
  // It is not known where that is; the YAML reader sees the same fault, but is slow.
  if (text.size() <= kSmall) {
    if (auto yaml = ParseYaml(text); !yaml.ok()) return std::move(yaml).error();
  }
  return MakeError(ErrorCode::kInvalid, what);
}

}  // namespace ordinal::api
