#include "agent/node/pulled_images.h"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <utility>

#include "agent/api/object.h"
#include "agent/api/read.h"
#include "agent/api/text/json.h"
#include "agent/base/log.h"
#include "agent/base/whole_file.h"
#include "cri/images/reference.h"

namespace ordinal::node {
namespace {

constexpr WholeFile kDurable{.durable = true};

/// None where there is no file. Blocks.
Result<PulledNames> ReadNames(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file && errno == ENOENT) return PulledNames();
  if (!file) return ErrnoError("open it", errno);
  std::ostringstream text;
  text << file.rdbuf();
  if (text.bad()) return MakeError(ErrorCode::kInternal, "it cannot be read");
  TRY(const api::Json document, api::ParseJson(text.str()));
  PulledNames names;
  const api::Json& images = api::Member(document, "images");
  if (!images.is_object()) return MakeError(ErrorCode::kInvalid, "it has no list of images");
  for (const auto& [id, list] : images.items()) {
    const std::vector<std::string> read = api::ReadStrings(images, id);
    names[id].insert(read.begin(), read.end());
  }
  return names;
}

std::string TextOf(const PulledNames& names) {
  api::Json document = {{"images", api::Json::object()}};
  for (const auto& [id, list] : names) document["images"][id] = list;
  return document.dump(-1, ' ', false, api::Json::error_handler_t::replace);
}

}  // namespace

PulledImages::PulledImages(BlockingPool& pool, std::string file) : pool_(pool), file_(std::move(file)) {}

bool PulledImages::Add(const std::string& reference, const std::string& id) {
  const Result<std::string> name = cri::NormalizeReference(reference);
  if (!name.ok() || id.empty() || !names_[id].insert(*name).second) return false;
  written_ = false;
  return true;
}

bool PulledImages::Keep(const std::vector<cri::Image>& there) {
  std::set<std::string> ids, missing;
  for (const cri::Image& image : there) ids.insert(image.id);
  for (const auto& [id, names] : names_) {
    if (!ids.contains(id)) missing.insert(id);
  }
  const auto gone = [&](const auto& item) { return missing.contains(item.first) && missing_.contains(item.first); };
  const bool any = std::erase_if(names_, gone) > 0;
  if (any) written_ = false;
  missing_ = std::move(missing);
  return any;
}

bool PulledImages::Forget(const std::string& id) {
  missing_.erase(id);
  if (names_.erase(id) == 0) return false;
  written_ = false;
  return true;
}

Task<void> PulledImages::Read() {
  auto read = [file = file_] { return ReadNames(file); };
  Result<PulledNames> known = co_await pool_.Run(std::move(read));
  if (!known.ok()) {
    log::Warning("{}: {}: images that were pulled before are not collected", file_, known.error().message);
    co_return;
  }
  for (auto& [id, list] : *known) names_[id].merge(list);
}

Task<Status> PulledImages::Write() {
  if (std::exchange(written_, true)) co_return Status();
  auto write = [file = file_, text = TextOf(names_)] { return WriteWhole(file, text, kDurable); };
  Status written = co_await pool_.Run(std::move(write));
  if (!written.ok()) written_ = false;
  co_return written;
}

}  // namespace ordinal::node
