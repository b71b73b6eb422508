#include "volumes/pod_volumes.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "volumes/execute.h"
#include "volumes/linux/directories.h"
#include "volumes/plan.h"

namespace ordinal::volumes {
namespace {

Status MountNow(const Layout& layout, const PodVolumesSpec& spec, Mounter& mounter) {
  TRY(const Found found, FindVolumes(layout, spec.uid, mounter));
  TRY(const std::vector<SetUpStep> steps, PlanSetUp(layout, spec, found));
  TRYV(MakeDirectories(layout.Pod(spec.uid), kPrivateDirectory));
  return Execute(steps, mounter);
}

Status BindNow(const std::vector<SubPathBinding>& bindings, Mounter& mounter) {
  for (const SubPathBinding& binding : bindings) TRYV(Execute(binding, mounter));
  return {};
}

Status UnmountNow(const Layout& layout, const std::string& uid, Mounter& mounter) {
  TRYV(CheckPathComponent("pod uid", uid));
  TRY(const std::vector<std::string> mounts, mounter.ListMounts(layout.Pod(uid)));
  TRY(const std::vector<TearDownAction> actions, PlanTearDown(layout, uid, mounts));
  return Execute(actions, mounter);
}

Result<std::vector<std::string>> KnownNow(const Layout& layout) {
  std::vector<std::string> uids;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(layout.Pods(), error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;  // gone meanwhile
    if (entry->symlink_status(ignored).type() == std::filesystem::file_type::directory) {
      uids.push_back(entry->path().filename().string());
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) return ErrnoError("read " + layout.Pods(), error.value());
  std::sort(uids.begin(), uids.end());
  return uids;
}

Status WithReason(Status status) {
  if (status.ok()) return status;
  Error error = std::move(status).error();
  if (error.reason.empty()) error.reason = kFailedMount;
  return error;
}

class PooledPodVolumes final : public PodVolumes {
 public:
  PooledPodVolumes(Layout layout, Mounter& mounter, BlockingPool& pool)
      : layout_(std::move(layout)), mounter_(mounter), pool_(pool) {}

  // Each lambda owns copies of what it uses: the agent may stop while it runs.
  Task<Status> Mount(PodVolumesSpec spec) override {
    auto work = [layout = layout_, &mounter = mounter_, spec = std::move(spec)] {
      return WithReason(MountNow(layout, spec, mounter));
    };
    co_return co_await pool_.Run(std::move(work));
  }

  Task<Result<std::vector<ReadyMount>>> MountContainer(PodVolumesSpec spec, std::string container) override {
    CO_TRY(ContainerPlan plan, PlanContainer(layout_, spec, container));
    if (!plan.bindings.empty()) {  // most containers have none, and need no trip to the pool
      auto work = [&mounter = mounter_, bindings = plan.bindings] { return BindNow(bindings, mounter); };
      CO_TRYV(co_await pool_.Run(std::move(work)));
    }
    co_return std::move(plan.mounts);
  }

  Task<Status> Unmount(std::string uid) override {
    auto work = [layout = layout_, &mounter = mounter_, uid = std::move(uid)] {
      return WithReason(UnmountNow(layout, uid, mounter));
    };
    co_return co_await pool_.Run(std::move(work));
  }

  Task<Result<std::vector<std::string>>> KnownPods() override {
    auto work = [layout = layout_] { return KnownNow(layout); };
    co_return co_await pool_.Run(std::move(work));
  }

 private:
  Layout layout_;
  Mounter& mounter_;
  BlockingPool& pool_;
};

}  // namespace

std::unique_ptr<PodVolumes> MakePodVolumes(Layout layout, Mounter& mounter, BlockingPool& pool) {
  return std::make_unique<PooledPodVolumes>(std::move(layout), mounter, pool);
}

}  // namespace ordinal::volumes
