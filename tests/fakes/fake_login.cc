#include "tests/fakes/fake_login.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

extern char** environ;

namespace ordinal::fakes {
namespace {

using std::chrono::steady_clock;

constexpr uint64_t kUsualDelay = 5'000'000;  // microseconds: InhibitDelayMaxSec of logind.conf(5)
constexpr const char *kPath = "/org/freedesktop/login1", *kInterface = "org.freedesktop.login1.Manager";

}  // namespace

struct FakeLogin::State {
  std::string address, configuration;
  std::function<void(const std::string&)> say;
  sd_bus* bus = nullptr;
  std::vector<int> locks;  ///< the ends that see a lock's last copy being closed
  uint64_t delay = kUsualDelay;
  int preparing = 0;
  std::optional<steady_clock::time_point> down_at;
  std::string line;

  static int GetDelay(sd_bus*, const char*, const char*, const char*, sd_bus_message* answer, void* self,
                      sd_bus_error*) {
    return sd_bus_message_append(answer, "t", static_cast<State*>(self)->delay);
  }

  static int GetPreparing(sd_bus*, const char*, const char*, const char*, sd_bus_message* answer, void* self,
                          sd_bus_error*) {
    return sd_bus_message_append(answer, "b", static_cast<State*>(self)->preparing);
  }

  static int Inhibit(sd_bus_message* call, void* self, sd_bus_error* error) {
    auto* state = static_cast<State*>(self);
    const char *what = nullptr, *who = nullptr, *why = nullptr, *mode = nullptr;
    if (const int read = sd_bus_message_read(call, "ssss", &what, &who, &why, &mode); read < 0) return read;
    if (std::string(what) != "shutdown" || std::string(mode) != "delay") {
      return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, "only shutdown and delay are known here");
    }
    // logind: while one is under way no lock is given that would delay it.
    if (state->preparing) {
      return sd_bus_error_set(error, "org.freedesktop.login1.OperationInProgress", "The operation is in progress");
    }
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -errno;
    state->locks.push_back(ends[0]);
    state->say(std::string("inhibited ") + who);
    const int replied = sd_bus_reply_method_return(call, "h", ends[1]);
    ::close(ends[1]);
    return replied;
  }

  static int Kill(sd_bus_message* call, void* self, sd_bus_error* error) {
    auto* state = static_cast<State*>(self);
    const char *unit = nullptr, *who = nullptr;
    int number = 0;
    if (const int read = sd_bus_message_read(call, "ssi", &unit, &who, &number); read < 0) return read;
    if (std::string(unit) != "systemd-logind.service" || number != SIGHUP) {
      return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, "no such unit");
    }
    std::ifstream file(state->configuration);
    for (std::string text; std::getline(file, text);) {
      if (text.starts_with("InhibitDelayMaxSec=")) state->delay = std::stoull(text.substr(19)) * 1'000'000;
    }
    state->say("reloaded");
    return sd_bus_reply_method_return(call, "");
  }

  void Prepare(bool begins) {
    preparing = begins ? 1 : 0;
    down_at.reset();
    if (begins) down_at = steady_clock::now() + std::chrono::microseconds(delay);
    sd_bus_emit_signal(bus, kPath, kInterface, "PrepareForShutdown", "b", preparing);
  }

  /// False at their end.
  bool ReadCommands(int commands) {
    char buffer[64];
    const ssize_t size = ::read(commands, buffer, sizeof buffer);
    if (size <= 0) return false;
    for (const char c : std::string(buffer, static_cast<size_t>(size))) {
      if (c != '\n') {
        line += c;
        continue;
      }
      if (line == "shutdown") Prepare(true);
      if (line == "cancel") Prepare(false);
      line.clear();
    }
    return true;
  }

  void LookAtLocks() {
    std::erase_if(locks, [this](int lock) {
      char byte = 0;
      if (::read(lock, &byte, 1) != 0) return false;
      ::close(lock);
      say("released");
      return true;
    });
    const bool down = down_at && (locks.empty() || steady_clock::now() >= *down_at);
    if (down) say("down");
    if (down) down_at.reset();
  }
};

namespace {

const sd_bus_vtable kManagerTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Inhibit", "ssss", "h", &FakeLogin::State::Inhibit, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_PROPERTY("InhibitDelayMaxUSec", "t", &FakeLogin::State::GetDelay, 0, 0),
    SD_BUS_PROPERTY("PreparingForShutdown", "b", &FakeLogin::State::GetPreparing, 0, 0),
    SD_BUS_SIGNAL("PrepareForShutdown", "b", 0),
    SD_BUS_VTABLE_END,
};
const sd_bus_vtable kSystemdTable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("KillUnit", "ssi", "", &FakeLogin::State::Kill, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

}  // namespace

FakeLogin::FakeLogin(std::string address, std::string configuration, std::function<void(const std::string&)> say)
    : state_(std::make_unique<State>()) {
  state_->address = std::move(address);
  state_->configuration = std::move(configuration);
  state_->say = std::move(say);
}

FakeLogin::~FakeLogin() {
  for (const int lock : state_->locks) ::close(lock);
  if (state_->bus != nullptr) sd_bus_close_unref(state_->bus);
}

bool FakeLogin::Serve(int commands) {
  State& state = *state_;
  if (sd_bus_new(&state.bus) < 0) return false;
  sd_bus_set_address(state.bus, state.address.c_str());
  sd_bus_set_bus_client(state.bus, 1);
  sd_bus_negotiate_fds(state.bus, 1);
  if (sd_bus_start(state.bus) < 0) return false;
  sd_bus_add_object_vtable(state.bus, nullptr, kPath, kInterface, kManagerTable, &state);
  sd_bus_add_object_vtable(state.bus, nullptr, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
                           kSystemdTable, &state);
  for (const char* name : {"org.freedesktop.login1", "org.freedesktop.systemd1"}) {
    if (sd_bus_request_name(state.bus, name, 0) < 0) return false;
  }
  state.say("ready");
  while (true) {
    int more = 1;
    while (more > 0) more = sd_bus_process(state.bus, nullptr);
    if (more < 0) return false;
    state.LookAtLocks();
    std::vector<pollfd> fds{{sd_bus_get_fd(state.bus), static_cast<short>(sd_bus_get_events(state.bus)), 0},
                            {commands, POLLIN, 0}};
    for (const int lock : state.locks) fds.push_back({lock, POLLIN, 0});
    ::poll(fds.data(), fds.size(), /*milliseconds=*/100);
    if (fds[1].revents != 0 && !state.ReadCommands(commands)) return true;
  }
}

PrivateBus::PrivateBus(const std::string& directory) {
  const std::string config = directory + "/bus.conf", socket = directory + "/bus";
  std::ofstream(config) << "<busconfig><type>system</type><listen>unix:path=" << socket
                        << "</listen><auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\"/>"
                           "<allow receive_sender=\"*\"/><allow own=\"*\"/><allow user=\"*\"/></policy></busconfig>";
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  std::string name = "dbus-daemon", file = "--config-file=" + config, fork = "--nofork", print = "--print-address=1";
  char* arguments[] = {name.data(), file.data(), fork.data(), print.data(), nullptr};
  const bool started = ::posix_spawnp(&process_, name.c_str(), &actions, nullptr, arguments, environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  char byte = 0;
  if (!started) process_ = -1;
  if (started && ::read(ends[0], &byte, 1) == 1) address_ = "unix:path=" + socket;  // it listens when it prints
  ::close(ends[0]);
}

PrivateBus::~PrivateBus() {
  if (process_ <= 0) return;
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
}

}  // namespace ordinal::fakes
