#include "agent/api/text/valid.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/utf8.h"

namespace ordinal::api {
namespace {

bool Valid(const std::string& text) { return FirstBadByte(text) == text.size(); }

/// Of any length: how long a text may be is for those to say who take it in.
std::string Mended(const std::string& text) { return ValidText(text, 3 * text.size()); }

void Mend(Json& value, const std::string& path, std::vector<std::string>& mended) {
  if (value.is_string()) {
    if (Valid(value.get_ref<const std::string&>())) return;
    value = Mended(value.get_ref<const std::string&>());
    mended.push_back(path);
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) Mend(value[i], fmt::format("{}[{}]", path, i), mended);
  } else if (value.is_object()) {
    std::vector<std::string> bad_names;
    for (auto& [name, member] : value.items()) {
      const std::string field = Mended(name);
      if (field != name) bad_names.push_back(name);
      Mend(member, path.empty() ? field : path + "." + field, mended);
    }
    for (const std::string& name : bad_names) {
      const std::string field = Mended(name);
      Json member = std::move(value[name]);
      value.erase(name);
      value[field] = std::move(member);
      mended.push_back(path.empty() ? field : path + "." + field);
    }
  }
}

/// As nearly all are: nothing is made on the way.
bool AllValid(const Json& value) {
  if (value.is_string()) return Valid(value.get_ref<const std::string&>());
  if (value.is_array()) return std::all_of(value.begin(), value.end(), AllValid);
  if (!value.is_object()) return true;
  const auto& members = value.get_ref<const Json::object_t&>();
  return std::all_of(members.begin(), members.end(),
                     [](const auto& member) { return Valid(member.first) && AllValid(member.second); });
}

}  // namespace

std::vector<std::string> MakeValid(Json& document) {
  if (AllValid(document)) return {};
  std::vector<std::string> mended;
  Mend(document, "", mended);
  return mended;
}

}  // namespace ordinal::api
