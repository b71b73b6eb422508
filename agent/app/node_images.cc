#include "agent/app/node_images.h"

#include "agent/base/log.h"
#include "cri/images/reference.h"
#include "cri/images/sandbox_image.h"

namespace ordinal {

Task<void> PrepareSandboxImage(cri::ImageImporter& importer, BlockingPool& pool, cri::RuntimeStatus status,
                               std::string endpoint) {
  std::string name = status.sandbox_image;
  if (name.empty()) {
    auto ask = [endpoint] { return cri::SandboxImageOfRuntime(endpoint); };
    const Result<std::string> told = co_await pool.Run(std::move(ask));
    if (told.ok()) name = *told;
    if (!told.ok()) log::Info("the sandbox image is made when a pod needs it: {}", told.error().message);
  }
  if (name.empty()) co_return;
  const Status made = co_await importer.ImportPause(name);
  if (!made.ok()) log::Error("sandbox image {}: {}", name, made.error().message);
}

podsync::Images::Tarballs TarballsOf(const cri::ImageDirectory& directory) {
  using Coming = cri::ImageDirectory::Coming;
  const auto coming = [&directory](const std::string& reference) {
    const Result<std::string> name = cri::NormalizeReference(reference);
    return name.ok() ? directory.IsComing(*name) : Coming::kNo;
  };
  podsync::Images::Tarballs tarballs;
  tarballs.brought = [&directory](const std::string& reference) {
    const Result<std::string> name = cri::NormalizeReference(reference);
    return name.ok() && directory.IsImported(*name);
  };
  tarballs.may_bring = [coming](const std::string& reference) { return coming(reference) != Coming::kNo; };
  tarballs.will_bring = [coming](const std::string& reference) { return coming(reference) == Coming::kYes; };
  return tarballs;
}

}  // namespace ordinal
