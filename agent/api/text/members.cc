#include "agent/api/text/members.h"

#include <algorithm>

#include "agent/api/object.h"

namespace ordinal::api {
namespace {

constexpr size_t kMostComplaints = 100;      // of one text; the rest would only be more of the same
constexpr size_t kMostPathBytes = 4 * 1024;  // long names within each other would add up to gigabytes

/// Follows nlohmann's events of one text (its interface, json_sax).
class Members {
 public:
  explicit Members(const std::set<std::string>& unknown) : unknown_(unknown) {}

  std::vector<std::string> Take() && { return std::move(complaints_); }

  bool null() { return Value(); }
  bool boolean(bool) { return Value(); }
  bool number_integer(Json::number_integer_t) { return Value(); }
  bool number_unsigned(Json::number_unsigned_t) { return Value(); }
  bool number_float(Json::number_float_t, const std::string&) { return Value(); }
  bool string(std::string&) { return Value(); }
  bool binary(Json::binary_t&) { return Value(); }
  bool start_object(size_t) { return Open(false); }
  bool start_array(size_t) { return Open(true); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool parse_error(size_t, const std::string&, const Json::exception&) { return false; }

  bool key(const std::string& name) {
    if (quiet_ > 0) return true;
    Around& around = around_.back();
    around.path = Path(around.base, name);
    around.skip = unknown_.contains(around.path);
    const bool twice = !around.names.insert(name).second;
    if (around.skip || twice) Complain((around.skip ? "unknown field \"" : "duplicate field \"") + around.path + "\"");
    return complaints_.size() < kMostComplaints;
  }

 private:
  /// An object or a list that is open.
  struct Around {
    bool list = false, skip = false;
    size_t index = 0;
    std::string base, path;  ///< its own; that of its member or item now
    std::set<std::string> names = {};
  };

  static std::string Path(const std::string& base, std::string_view name) {
    if (base.size() + name.size() > kMostPathBytes) name = "…";
    return base + (base.empty() ? "" : ".") + std::string(name);
  }

  void Complain(const std::string& text) {
    if (std::find(complaints_.begin(), complaints_.end(), text) == complaints_.end()) complaints_.push_back(text);
  }

  void Enter() {
    if (around_.empty() || !around_.back().list) return;
    Around& list = around_.back();
    list.path = list.base + "[" + std::to_string(list.index++) + "]";
  }

  bool Value() {
    Enter();
    return true;
  }

  bool Open(bool list) {
    Enter();
    const bool skipped = !around_.empty() && around_.back().skip;
    if (quiet_ > 0 || skipped) ++quiet_;
    Around inside;
    inside.list = list;
    if (!around_.empty()) inside.base = around_.back().path;
    around_.push_back(std::move(inside));
    return true;
  }

  bool Close() {
    around_.pop_back();
    if (quiet_ > 0) --quiet_;
    return true;
  }

  const std::set<std::string>& unknown_;
  std::vector<Around> around_;
  int quiet_ = 0;  ///< how many objects and lists within an unknown field are open
  std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> FieldComplaints(std::string_view json, const std::set<std::string>& unknown) {
  Members members(unknown);
  Json::sax_parse(json, &members);
  return std::move(members).Take();
}

}  // namespace ordinal::api
