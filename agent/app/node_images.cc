#include "agent/app/node_images.h"

#include <utility>

#include "agent/api/kinds/pod/view.h"
#include "agent/app/host_runtime.h"
#include "agent/base/disk_use.h"
#include "agent/base/log.h"
#include "cri/images/reference.h"
#include "cri/images/sandbox_image.h"

namespace ordinal {

Task<std::string> PrepareSandboxImage(cri::ImageImporter& importer, BlockingPool& pool, cri::RuntimeStatus status,
                                      std::string endpoint) {
  std::string name = status.sandbox_image;
  if (name.empty()) {
    auto ask = [endpoint] { return cri::SandboxImageOfRuntime(endpoint); };
    const Result<std::string> told = co_await pool.Run(std::move(ask));
    if (told.ok()) name = *told;
    if (!told.ok()) log::Info("the sandbox image is made when a pod needs it: {}", told.error().message);
  }
  if (name.empty()) co_return name;
  const Status made = co_await importer.ImportPause(name);
  if (!made.ok()) log::Error("sandbox image {}: {}", name, made.error().message);
  co_return name;
}

podsync::Images::Tarballs TarballsOf(cri::ImageDirectory& directory) {
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
  tarballs.is_missing = [&directory](const std::string& reference) {
    const Result<std::string> name = cri::NormalizeReference(reference);
    if (name.ok()) directory.IsMissing(*name);
  };
  return tarballs;
}

node::NamesInUse NamesInUse(const HostRuntime& runtime, const objects::Cache<api::Pod>& pods,
                            const std::string& node_name) {
  node::NamesInUse names;
  names.is_kept = [&runtime](const std::string& name) {
    const cri::ImageDirectory& folder = runtime.images_folder();
    return folder.IsImported(name) || folder.IsComing(name) != cri::ImageDirectory::Coming::kNo ||
           runtime.IsSandboxImage(name);
  };
  pods.ForEach("", [&](const api::Ref<api::Pod>& pod) {
    if (pod->spec.node_name != node_name || pod->Terminal()) return;
    for (const auto* list : {&pod->spec.init_containers, &pod->spec.containers, &pod->spec.ephemeral_containers}) {
      for (const api::Container& container : *list) {
        const Result<std::string> name = cri::NormalizeReference(container.image);
        if (name.ok()) names.Want(*name);
      }
    }
    for (const api::Volume& volume : pod->spec.volumes) {
      if (volume.source != "image") continue;
      const Result<std::string> name = cri::NormalizeReference(api::ReadString(volume.spec, "reference"));
      if (name.ok()) names.Want(*name);
    }
  });
  return names;
}

node::CollectionPolicy CollectionPolicyOf(const Config& config) {
  node::CollectionPolicy policy;
  policy.high_percent = config.image_gc_high;
  policy.low_percent = config.image_gc_low;
  policy.minimum_age = std::chrono::seconds(config.image_minimum_gc_age);
  policy.maximum_age = std::chrono::seconds(config.image_maximum_gc_age);
  policy.period = std::chrono::seconds(config.image_gc_period);
  return policy;
}

Result<node::DiskUse> DiskUseAt(const std::string& path) {
  TRY(const FilesystemUse use, UseOfFilesystem(path));
  return node::DiskUse{use.capacity, use.available};
}

}  // namespace ordinal
