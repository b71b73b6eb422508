#include "cri/images/import_record.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "agent/base/whole_file.h"

namespace ordinal::cri {
namespace {

using Json = nlohmann::json;

/// Throws nlohmann's exceptions on what is not an entry.
ImportRecord::Entry ToEntry(const Json& json) {
  ImportRecord::Entry entry;
  entry.stamp.mtime_ns = json.at("mtime").get<int64_t>();
  entry.stamp.size = json.at("size").get<uint64_t>();
  entry.stamp.inode = json.at("inode").get<uint64_t>();
  entry.images = json.at("images").get<std::vector<std::string>>();
  return entry;
}

}  // namespace

ImportRecord ImportRecord::Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  try {
    ImportRecord record;
    const Json parsed = Json::parse(text);
    for (const auto& [name, entry] : parsed.items()) record.files[name] = ToEntry(entry);
    return record;
  } catch (const Json::exception&) {
    return {};
  }
}

Status ImportRecord::Write(const std::string& path) const {
  Json out = Json::object();
  for (const auto& [name, entry] : files) {
    out[name] = {{"mtime", entry.stamp.mtime_ns},
                 {"size", entry.stamp.size},
                 {"inode", entry.stamp.inode},
                 {"images", entry.images}};
  }
  return WriteWhole(path, out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace ordinal::cri
