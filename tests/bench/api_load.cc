// api_load: what clients of a busy API see. Prints one line of JSON.
//
//   api_load PKI-DIRECTORY mixed SECRETS RATE SECONDS   SECRETS are made, then RATE requests a second: half of them
//       reads of one, a tenth lists of 100, the rest updates, creations and deletions. A request's time counts from
//       when it was due, so that one that waited for a slow one before it counts as slow.
//   api_load PKI-DIRECTORY clients CLIENTS WRITES       that many connections, which all create at once, and one watch
//       that has to see every object once, in the order of revisions.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "tests/bench/tls_client.h"

namespace {

using namespace ordinal::bench;  // NOLINT: a program of one file
constexpr const char* kSecrets = "/api/v1/namespaces/default/secrets";
constexpr const char* kMaps = "/api/v1/namespaces/default/configmaps";
constexpr int kLanes = 20;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

std::string SecretText(const std::string& name, int value) {
  return fmt::format(R"({{"metadata":{{"name":"{}"}},"stringData":{{"value":"{}"}}}})", name, value);
}

struct Tally {
  static constexpr int kMostErrors = 100;
  std::mutex mutex;
  std::condition_variable given_up;
  std::vector<double> milliseconds;
  int errors = 0;

  void Add(double took, bool good) {
    const std::scoped_lock lock(mutex);
    milliseconds.push_back(took);
    errors += good ? 0 : 1;
    if (errors > kMostErrors) given_up.notify_all();
  }
  /// Waits for the time; false: so much failed that nobody goes on.
  bool Await(Clock::time_point due) {
    std::unique_lock lock(mutex);
    return !given_up.wait_until(lock, due, [this] { return errors > kMostErrors; });
  }
};

/// What one lane does next: made secrets of its own are deleted again, so that their number stays.
class Mix {
 public:
  Mix(int lane, int secrets) : random_(static_cast<unsigned>(lane)), lane_(lane), secrets_(secrets) {}

  std::string Next() {
    const unsigned dice = random_() % 10;
    const std::string one = fmt::format("{}/s-{}", kSecrets, random_() % static_cast<unsigned>(secrets_));
    if (dice < 5) return RequestText("GET", one);
    if (dice == 5) return RequestText("GET", fmt::format("{}?limit=100", kSecrets));
    if (dice < 8) return RequestText("PUT", one, SecretText(one.substr(one.rfind('/') + 1), static_cast<int>(dice)));
    if (made_ > gone_) return RequestText("DELETE", fmt::format("{}/own-{}-{}", kSecrets, lane_, gone_++));
    return RequestText("POST", kSecrets, SecretText(fmt::format("own-{}-{}", lane_, made_++), 1));
  }

 private:
  std::mt19937 random_;
  int lane_, secrets_, made_ = 0, gone_ = 0;
};

void Fill(SSL_CTX* context, int secrets) {
  std::vector<std::thread> threads;
  for (int lane = 0; lane < kLanes; ++lane) {
    threads.emplace_back([context, lane, secrets] {
      SSL* link = Connect(context);
      for (int i = lane; i < secrets; i += kLanes) {
        const bool sent = Send(link, RequestText("POST", kSecrets, SecretText(fmt::format("s-{}", i), i)));
        if (!sent || Status(link) != 201) Fail("a secret could not be made");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void Mixed(SSL_CTX* context, int secrets, int rate, int seconds) {
  Fill(context, secrets);
  Tally tally;
  std::vector<std::thread> threads;
  const Clock::time_point begin = Clock::now();
  for (int lane = 0; lane < kLanes; ++lane) {
    threads.emplace_back([&tally, context, lane, secrets, rate, seconds, begin] {
      SSL* link = Connect(context);
      Mix mix(lane, secrets);
      for (int i = lane; i < rate * seconds; i += kLanes) {
        const auto due = begin + std::chrono::seconds(1) + i * std::chrono::nanoseconds(1'000'000'000 / rate);
        if (!tally.Await(due)) return;
        const int status = Send(link, mix.Next()) ? Status(link) : 0;
        tally.Add(Milliseconds(Clock::now() - due).count(), status == 200 || status == 201);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double>& all = tally.milliseconds;
  std::sort(all.begin(), all.end());
  double sum = 0;
  for (const double each : all) sum += each;
  std::cout << fmt::format(R"({{"requests":{},"errors":{},"mean":{:.3f},"p50":{:.3f},"p99":{:.3f},"most":{:.3f}}})",
                           all.size(), tally.errors, sum / static_cast<double>(all.size()), all[all.size() / 2],
                           all[all.size() * 99 / 100], all.back())
            << std::endl;
}

/// What a watch of config maps showed, until it has shown `wanted` of them or ends.
class Seen {
 public:
  void Follow(SSL* link, size_t wanted) {
    char buffer[65536];
    while (names_.size() + twice_ < wanted) {
      const int got = SSL_read(link, buffer, sizeof(buffer));
      if (got <= 0) return;
      text_.append(buffer, static_cast<size_t>(got));
      Read();
    }
  }
  std::string Summary() const {
    return fmt::format(R"("events":{},"twice":{},"disordered":{})", names_.size(), twice_, disordered_);
  }

 private:
  static constexpr std::string_view kName = "\"name\":\"w-", kRevision = "\"resourceVersion\":\"";

  /// Takes the whole lines; an event is one, whatever chunks it came in.
  void Read() {
    size_t end;
    while ((end = text_.find("}\n")) != std::string::npos) {
      const std::string_view line(text_.data(), end);
      const size_t name = line.find(kName), revision = line.find(kRevision);
      if (name != std::string_view::npos && revision != std::string_view::npos) {
        const std::string_view rest = line.substr(name + kName.size());
        twice_ += names_.insert(std::string(rest.substr(0, rest.find('"')))).second ? 0 : 1;
        const uint64_t number = std::strtoull(text_.c_str() + revision + kRevision.size(), nullptr, 10);
        disordered_ += number > last_ ? 0 : 1;
        last_ = number;
      }
      text_.erase(0, end + 2);
    }
  }

  std::string text_;
  std::set<std::string> names_;
  size_t twice_ = 0, disordered_ = 0;
  uint64_t last_ = 0;
};

void Clients(SSL_CTX* context, int clients, int writes) {
  SSL* watch = Connect(context);
  if (!Send(watch, RequestText("GET", std::string(kMaps) + "?watch=true&resourceVersion=0"))) Fail("no watch");
  Seen seen;
  const size_t wanted = static_cast<size_t>(clients) * static_cast<size_t>(writes);
  std::thread watcher([&seen, watch, wanted] { seen.Follow(watch, wanted); });
  Tally tally;
  std::latch together(clients);
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&tally, &together, context, client, writes] {
      SSL* link = Connect(context);
      together.arrive_and_wait();
      for (int i = 0; i < writes; ++i) {
        const std::string body = fmt::format(R"({{"metadata":{{"name":"w-{}-{}"}}}})", client, i);
        const auto sent = Clock::now();
        const bool good = Send(link, RequestText("POST", kMaps, body)) && Status(link) == 201;
        tally.Add(Milliseconds(Clock::now() - sent).count(), good);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (tally.errors > 0) Fail(fmt::format("{} of {} writes failed", tally.errors, wanted));
  watcher.join();
  std::cout << fmt::format(R"({{"writes":{},"errors":{},{}}})", tally.milliseconds.size(), tally.errors, seen.Summary())
            << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 2 ? argv[2] : "";
  SSL_CTX* context = ContextOf(argc > 1 ? argv[1] : "");
  if (what == "mixed" && argc == 6) {
    Mixed(context, std::atoi(argv[3]), std::atoi(argv[4]), std::atoi(argv[5]));
  } else if (what == "clients" && argc == 5) {
    Clients(context, std::atoi(argv[3]), std::atoi(argv[4]));
  } else {
    Fail("PKI-DIRECTORY mixed SECRETS RATE SECONDS | clients CLIENTS WRITES");
  }
  std::_Exit(0);
}
