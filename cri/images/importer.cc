#include "cri/images/importer.h"

#include <fmt/format.h>

#include <filesystem>

#include "agent/base/log.h"
#include "cri/images/archive.h"
#include "cri/images/reference.h"
#include "cri/images/tar_reader.h"
#include "cri/pause/pause_image.h"

namespace ordinal::cri {
namespace {

constexpr size_t kChunk = 1 << 20;  // gRPC messages to containerd may have 16 MiB
constexpr std::chrono::hours kLeaseLife{6};
constexpr std::chrono::milliseconds kVisiblePoll{5};
constexpr std::chrono::seconds kVisibleDeadline{5};

/// "images/kubia-1.0.tar.gz" → "kubia-1.0"
std::string Stem(const std::string& path) {
  std::string name = std::filesystem::path(path).filename();
  for (const std::string_view ending : {".gz", ".tgz", ".tar", ".oci"}) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  return name;
}

/// A tarball that is being read a second time, entry by entry. Used by one pool thread at a time.
struct OpenTarball {
  std::unique_ptr<ByteSource> bytes;
  std::unique_ptr<TarReader> reader;
  std::vector<char> buffer;
};

NextBytes BytesOf(const std::string& content) {
  auto left = std::make_shared<std::string>(content);
  return [left]() -> Task<Result<std::string>> {
    return [](std::shared_ptr<std::string> rest) -> Task<Result<std::string>> {
      std::string chunk = rest->substr(0, kChunk);
      rest->erase(0, chunk.size());
      co_return chunk;
    }(left);
  };
}

/// The rest of the current entry.
NextBytes BytesOf(BlockingPool& pool, std::shared_ptr<OpenTarball> tarball) {
  return [&pool, tarball]() {
    auto read = [tarball]() -> Result<std::string> {
      TRY(const size_t got, tarball->reader->Read(tarball->buffer));
      return std::string(tarball->buffer.data(), got);
    };
    return pool.Run(std::move(read));
  };
}

Result<std::shared_ptr<OpenTarball>> Reopen(const std::string& path) {
  auto tarball = std::make_shared<OpenTarball>();
  TRY(tarball->bytes, OpenBytes(path));
  tarball->reader = std::make_unique<TarReader>(*tarball->bytes);
  tarball->buffer.resize(kChunk);
  return tarball;
}

}  // namespace

ImageImporter::ImageImporter(std::shared_ptr<Connection> connection, BlockingPool& pool, Clock& clock, Random& random)
    : store_(std::move(connection)), pool_(pool), clock_(clock), random_(random) {}

Task<Result<std::vector<std::string>>> ImageImporter::ImportFile(std::string path) {
  const SteadyTime started = clock_.Steady();
  auto inspect = [path]() -> Result<ImagePlan> {
    TRY(const Archive archive, IndexArchive(path));
    return PlanImages(archive, Stem(path), HostArchitecture());
  };
  auto plan = co_await pool_.Run(std::move(inspect));
  if (!plan.ok()) co_return plan.error().With(path);

  std::vector<std::string> names;
  uint64_t size = 0;
  for (const NamedImage& image : plan->images) names.push_back(image.name);
  for (const auto& [digest, blob] : plan->blobs) size += blob.size;
  log::Info("importing {} from {} bytes={} blobs={}", fmt::join(names, ", "), path, size, plan->blobs.size());

  std::map<std::string, std::string> labels{{"io.ordinal.imported", std::filesystem::path(path).filename()}};
  const Status imported = co_await Import(path, std::move(*plan), std::move(labels));
  if (!imported.ok()) co_return imported.error().With(path);
  log::Info("imported {} from {} took={}ms", fmt::join(names, ", "), path,
            std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Steady() - started).count());
  co_return names;
}

Task<Status> ImageImporter::ImportPause(std::string name) {
  CO_TRY(const std::string normalized, NormalizeReference(name));
  CO_TRY(const bool there, co_await store_.RuntimeSees(normalized));
  if (there) co_return Status();
  std::map<std::string, std::string> labels{{"io.ordinal.imported", "built-in"}};
  const Status imported = co_await Import(std::string(), MakePauseImage(normalized), std::move(labels));
  if (!imported.ok()) co_return imported.error().With("import the built-in sandbox image as " + normalized);
  log::Info("imported the built-in sandbox image as {}", normalized);
  co_return Status();
}

Task<Status> ImageImporter::Import(std::string path, ImagePlan plan, std::map<std::string, std::string> labels) {
  labels["io.cri-containerd.image"] = "managed";  // what the CRI plugin puts on its own images
  const std::string lease = "ordinal-import-" + NewUid(random_);
  CO_TRYV(co_await store_.CreateLease(lease, clock_.Now() + kLeaseLife));
  Status done = co_await WriteBlobs(path, lease, plan);
  for (const NamedImage& image : plan.images) {
    if (done.ok()) done = co_await store_.PutImage(image, labels);
  }
  const Status dropped = co_await store_.DeleteLease(lease);
  if (!dropped.ok()) log::Warning("{}; it ends by itself in {} hours", dropped.error().message, kLeaseLife.count());
  for (const NamedImage& image : plan.images) {
    if (done.ok()) done = co_await AwaitVisible(image.name);
  }
  co_return done;
}

Task<Status> ImageImporter::WriteBlobs(std::string path, std::string lease, const ImagePlan& plan) {
  std::map<std::string, std::string> from_file;  // name of the entry → digest
  for (const auto& [digest, blob] : plan.blobs) {
    if (!blob.bytes.empty()) {
      CO_TRYV(co_await store_.Write(lease, digest, blob, BytesOf(blob.bytes)));
      continue;
    }
    CO_TRY(const bool there, co_await store_.Has(digest));
    // Written again, it is recognised at once and gets its labels and the lease; but reading it can be spared.
    if (there) {
      CO_TRYV(co_await store_.Write(lease, digest, blob, BytesOf(std::string())));
    } else {
      from_file.emplace(blob.file, digest);
    }
  }
  if (from_file.empty()) co_return Status();
  co_return co_await WriteFromFile(std::move(path), std::move(lease), plan, std::move(from_file));
}

Task<Status> ImageImporter::WriteFromFile(std::string path, std::string lease, const ImagePlan& plan,
                                          std::map<std::string, std::string> missing) {
  auto open = [path] { return Reopen(path); };
  CO_TRY(const auto tarball, co_await pool_.Run(std::move(open)));
  while (!missing.empty()) {
    auto advance = [tarball] { return tarball->reader->Next(); };
    CO_TRY(const auto entry, co_await pool_.Run(std::move(advance)));
    if (!entry) co_return MakeError(ErrorCode::kInvalid, "the file changed while it was imported");
    const auto wanted = missing.find(entry->name);
    if (wanted == missing.end() || entry->type != TarEntry::Type::kFile) continue;
    const std::string& digest = wanted->second;
    CO_TRYV(co_await store_.Write(lease, digest, plan.blobs.at(digest), BytesOf(pool_, tarball)));
    missing.erase(wanted);
  }
  co_return Status();
}

Task<Status> ImageImporter::AwaitVisible(std::string name) {
  const SteadyTime deadline = clock_.Steady() + kVisibleDeadline;
  for (;;) {
    CO_TRY(const bool seen, co_await store_.RuntimeSees(name));
    if (seen) co_return Status();
    if (clock_.Steady() >= deadline) break;
    co_await Sleep(clock_, kVisiblePoll);
  }
  co_return MakeError(ErrorCode::kDeadlineExceeded,
                      fmt::format("image {} is in containerd, but its CRI plugin does not see it", name));
}

}  // namespace ordinal::cri
