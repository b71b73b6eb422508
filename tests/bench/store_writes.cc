// store_writes: acknowledged writes a second of the store on disk, through admission and without an API around it, held
// against fdatasync of 4 KiB in the same directory. Both take turns, as a disk has moods; medians are printed, one JSON
// line a number of writers: {"writers": …, "writes": …, "fdatasync": …, "ratio": …, "cpu_us": of one write}.
//
//   store_writes [DIRECTORY [ROUNDS]]      below /tmp; 7 rounds
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "agent/base/together.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/sqlite/sqlite_store.h"
#include "agent/store/volatile_kinds.h"

namespace {

using namespace ordinal;  // NOLINT: a small program of its own
using api::Json;

constexpr auto kTurn = std::chrono::milliseconds(600);

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

double CpuMicroseconds() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Bench {
 public:
  explicit Bench(std::string directory) : directory_(std::move(directory)) {
    auto opened = store::SqliteStore::Open({.directory = directory_ + "/state", .backup = false}, io_.get_executor());
    if (!opened.ok()) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
    client_ = std::make_unique<objects::LocalObjects>(*store_, clock_, random_);
  }

  void Measure(int writers, int rounds) {
    std::vector<double> writes, syncs, ratios, cpu;
    for (int i = 0; i < rounds; ++i) {
      syncs.push_back(Syncs());
      const double before = CpuMicroseconds();
      const size_t made = Writes(writers);
      cpu.push_back((CpuMicroseconds() - before) / static_cast<double>(made));
      writes.push_back(static_cast<double>(made) / Seconds(kTurn));
      ratios.push_back(writes.back() / syncs.back());
    }
    std::cout << Json{{"writers", writers},
                      {"writes", Median(writes)},
                      {"fdatasync", Median(syncs)},
                      {"ratio", Median(ratios)},
                      {"cpu_us", Median(cpu)}}
                     .dump()
              << std::endl;
  }

 private:
  double Syncs() {
    const std::string path = directory_ + "/floor";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const std::string block(4096, 'x');
    const SteadyTime end = clock_.Steady() + kTurn;
    int done = 0;
    for (; clock_.Steady() < end; ++done) {
      if (::write(fd, block.data(), block.size()) < 0 || ::fdatasync(fd) != 0) throw std::runtime_error("no floor");
    }
    ::close(fd);
    ::unlink(path.c_str());
    return done / Seconds(kTurn);
  }

  size_t Writes(int writers) {
    std::vector<Task<Status>> tasks;
    size_t done = 0;
    const SteadyTime end = clock_.Steady() + kTurn;
    for (int i = 0; i < writers; ++i) tasks.push_back(Writer(end, done));
    bool over = false;
    Spawn(io_.get_executor(), "writes", All(std::move(tasks), over));
    while (!over) io_.run_one();
    return done;
  }

  Task<void> All(std::vector<Task<Status>> tasks, bool& over) {
    const Status written = co_await Together(io_.get_executor(), "write", std::move(tasks));
    if (!written.ok()) throw std::runtime_error(written.error().message);
    over = true;
  }

  Task<Status> Writer(SteadyTime end, size_t& done) {
    while (clock_.Steady() < end) {
      Json body = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"data", {{"value", std::string(200, 'x')}}}};
      body["metadata"] = {{"namespace", "default"}, {"name", "map-" + std::to_string(next_++)}};
      const auto made = co_await client_->Create(std::move(body));
      if (!made.ok()) co_return made.error();
      ++done;
    }
    co_return Status();
  }

  const std::string directory_;
  asio::io_context io_;
  asio::executor_work_guard<Executor> busy_{
      io_.get_executor()};  // also while only the writer thread has something to do
  RealClock clock_{io_.get_executor()};
  SystemRandom random_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<objects::LocalObjects> client_;
  int next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string directory =
      std::string(argc > 1 ? argv[1] : "/tmp") + "/store-writes-" + std::to_string(::getpid());
  try {
    std::filesystem::create_directories(directory);
    {
      Bench bench(directory);
      for (const int writers : {1, 16}) bench.Measure(writers, argc > 2 ? std::stoi(argv[2]) : 7);
    }
    std::filesystem::remove_all(directory);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
