#include "agent/http/message.h"

namespace ordinal::http {
namespace {

std::string_view First(const std::multimap<std::string, std::string>& values, std::string_view name) {
  const auto found = values.find(std::string(name));
  return found == values.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string_view Request::Header(std::string_view lower_case_name) const { return First(headers, lower_case_name); }

std::string_view Request::Query(std::string_view name) const { return First(query, name); }

bool Request::HasQuery(std::string_view name) const { return query.contains(std::string(name)); }

}  // namespace ordinal::http
